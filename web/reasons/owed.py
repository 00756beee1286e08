"""Why is something that is owed or paid not taken, or not taken back?"""

from web.reasons.sentence import N_, Sentences

OWED: Sentences = {
    ("amount", "cents"): (N_("This is not an amount. Write for example 45000 or 45000.50."),),
    ("amount", "more"): (N_("%(amount)s is more than the %(amount_left)s that are left."),),
    ("amount", "nothing"): (N_("A payment is more than nothing."),),
    ("obligation", ""): (N_("Nothing such is open for this dossier."),),
    ("obligation", "in review"): (N_("“%(deliverable)s” was handed in, and we are reading it."),),
    ("obligation", "state"): (
        N_("“%(deliverable)s” is not handed in while the dossier is “%(state)s”."),
    ),
    ("obligation", "not asked"): (N_("“%(deliverable)s” is not asked of this dossier now."),),
    ("paid", ""): (N_("%(amount)s of it was paid already: it cannot become less."),),
    ("payment", "none"): (N_("No row %(position)s of “%(promise)s” was promised to this dossier."),),
    ("payment", "state"): (N_("The dossier is “%(state)s”: “%(promise)s” is not owed there."),),
    ("payment", "unknown"): (N_("There is no such dossier, or no such promise."),),
    ("payment", "waits"): (N_("“%(promise)s” is not to be paid yet: what it waits for has not come."),),
    ("reference", ""): (N_("A reference has %(most)s characters at most."),),
    ("reviewed", "not in review"): (N_("Nothing awaits review here any more."),),
    ("reviewed", "accepted"): (N_("%(by)s has accepted this already."),),
    ("reviewed", "changes asked"): (N_("%(by)s has asked for changes already."),),
}  # fmt: skip
