"""Why is somebody's part, address or name not changed?"""

from web.reasons.sentence import N_, Sentences

PEOPLE: Sentences = {
    ("address", "elsewhere"): (N_("%(email)s takes part in a round that you do not run."),),
    ("address", "factor"): (N_("%(email)s signs in with a second step. Ask them in person."),),
    ("address", "none"): (N_("This is not one e-mail address."),),
    ("address", "reached"): (N_("No letter has come back from %(email)s since they last signed in."),),
    ("address", "same"): (N_("This is the address from which letters come back."),),
    ("address", "staff"): (N_("The address of somebody on the staff is not corrected here."),),
    ("address", "taken"): (N_("%(email)s is the address of somebody else here."),),
    ("contact", ""): (N_("%(email)s does not speak for this dossier."),),
    ("contact", "last"): (N_("Somebody must speak for this dossier, and %(email)s is the last who does."),),
    ("factor", ""): (N_("%(email)s has no second step of signing in."),),
    ("last", ""): (N_("Somebody must run this round, and this is the last person who does."),),
    ("names", "already"): (N_("These two names are one organisation already."),),
    ("names", "alone"): (N_("This name is not joined to another one."),),
    ("names", "blank"): (N_("A name has letters or digits."),),
    ("organisation", ""): (N_("Say first on whose behalf the dossier is handed in."),),
    ("own", ""): (N_("Nobody takes their own second step away here. Set up a new one on your account’s page."),),
}  # fmt: skip
