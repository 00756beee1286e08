"""Why does a round that runs not go on by other rules?"""

from web.reasons.sentence import N_, Sentences

RULES: Sentences = {
    ("answers", "rules"): (
        N_("%(count)s dossiers have answered “%(name)s”, which would be another kind of question."),
    ),
    ("changed", "rules"): (N_("The round was given other rules since you looked. Look at the plan again."),),
    ("committee", "seats"): (
        N_("%(count)s people have the part “%(name)s” for “%(scope)s”, and the new rules have none for that."),
    ),
    ("committee", "rules"): (N_("%(count)s people have the part “%(name)s”, which the new rules do not have."),),
    ("fired", "rules"): (N_("%(edge)s has passed. What it did is not undone by another date."),),
    ("language", "rules"): (N_("%(count)s letters were written in “%(name)s”, which the new rules leave out."),),
    ("map", "from"): (N_("No state of the round is called “%(name)s”."),),
    ("map", "to"): (N_("The new rules have no state “%(name)s”."),),
    ("marks", "rules"): (N_("Marks that were given for “%(name)s” lie outside its new scale."),),
    ("meeting", "rules"): (
        N_("“%(name)s” is held on %(day)s, and the new rules have no such meeting. Cancel it first."),
    ),
    ("obligation", "begun"): (N_("“%(name)s” was begun or fulfilled by %(count)s: accept or excuse that first."),),
    ("past", "rules"): (N_("%(edge)s would lie in the past. Nobody is made late afterwards."),),
    ("request", "rules"): (N_("Somebody waits for more time (%(edge)s), and that goes. Answer it first."),),
    ("round", ""): (N_("These files are not of this round."),),
    ("round", "number"): (N_("The number of a round that runs stays “%(was)s”."),),
    ("round", "zone"): (N_("The time zone of a round that runs stays “%(was)s”."),),
    ("round", "currency"): (N_("The currency of a round that runs stays “%(was)s”."),),
    ("slots", "rules"): (N_("%(count)s slots of “%(name)s” are given, and the new rules give none there."),),
    ("stranded", "no state"): (
        N_("The new rules have no state “%(name)s”, in which dossiers stand (%(count)s). Say where they go."),
    ),
    ("stranded", "no way out"): (
        N_("No way leads out of “%(name)s” by the new rules and dates (%(count)s dossiers)."),
    ),
    ("payment", "rules"): (
        N_("%(count)s dossiers were paid by “%(name)s”, which the new rules lack. Take those payments back first."),
    ),
    ("strand", "rules"): (N_("%(count)s dossiers stand in the strand “%(name)s”, and the new rules have no such."),),
    ("verdict", "rules"): (
        N_("The verdict “%(name)s” stands (%(count)s dossiers), and the new rules lack it. Withdraw it first."),
    ),
}  # fmt: skip
