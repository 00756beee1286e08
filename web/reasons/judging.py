"""Why is a member's word, or what is done about it, not taken?"""

from web.reasons.sentence import N_, Sentences

JUDGING: Sentences = {
    ("agreed", ""): (N_("No score is agreed on here. Open the page again."),),
    ("assign", "conflict"): (N_("%(member)s has a conflict with %(number)s."),),
    ("assign", "contact"): (N_("%(member)s speaks for %(number)s."),),
    ("assign", "member"): (N_("%(member)s does not sit in this committee."),),
    ("assign", "state"): (N_("The committee does not decide on %(number)s now."),),
    ("conflict", ""): (N_("You have declared a conflict with this dossier."),),
    ("conflict", "chair"): (
        N_("You have a conflict with this dossier. The staff can minute what the others decide."),
    ),
    ("conflict", "contact"): (N_("You speak for this dossier, and do not judge it."),),
    ("conflict", "payment"): (N_("You speak for this dossier, and pay it nothing."),),
    ("conflict", "slot"): (N_("You have declared a conflict with a dossier that would change places."),),
    ("conflict", "tied"): (N_("You have a conflict with dossier %(number)s."),),
    ("conflict", "declared"): (N_("%(member)s has declared this conflict already."),),
    ("conflict", "since"): (N_("The chair who recorded the verdict has since declared a conflict."),),
    ("order", "elsewhere"): (N_("%(number)s does not stand there any more. Open the page again."),),
    ("order", "none"): (N_("The rules ask for no order by hand here."),),
    ("order", "tied"): (
        N_("You have a conflict with a dossier that would be placed. The staff minute the order of the others."),
    ),
    ("order", "twice"): (N_("A dossier is placed twice."),),
    ("order", ""): (N_("It would close before it opens."),),
    ("nobody", "answered"): (N_("Everybody has answered, or was reminded today."),),
    ("nobody", ""): (N_("Nothing is wanted of these members, or they were reminded today."),),
    ("own marks", ""): (N_("What the others say is shown once you have given every mark."),),
    ("reader", ""): (N_("This dossier is scored by those members to whom it was given."),),
    ("set_aside", "already"): (N_("The marks of %(member)s are set aside already."),),
    ("set_aside", "count"): (N_("The marks of %(member)s count."),),
    ("set_aside", "no mark"): (N_("%(member)s has given no mark."),),
    ("set_aside", "nobody"): (N_("The rules let nobody set marks aside here."),),
    ("unanswered", ""): (N_("Say first whether you know the applicant."),),
    ("undecided", ""): (N_("Observers see the marks once the decision of the committee is known."),),
}  # fmt: skip
