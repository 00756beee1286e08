"""Who may not do something to a dossier, or not now, and what is not taken back any more?"""

from web.reasons.sentence import N_, Sentences

MOVES: Sentences = {
    ("approved", ""): (N_("You have approved exactly this already."),),
    ("approved", "none to take back"): (N_("You have not approved this."),),
    ("calendar", ""): (N_("The calendar does this by itself, and nobody else."),),
    ("early", ""): (N_("This is possible from %(opens)s."),),
    ("early", "no day"): (N_("This is possible once the day of “%(question)s” is known."),),
    ("early", "sitting"): (N_("This meeting is on %(day)s. Who came is noted from then on."),),
    ("early", "meeting"): (N_("“%(meeting)s” begins on %(day)s."),),
    ("empty", ""): (N_("Nothing is held there now."),),
    ("gone", ""): (N_("This has taken effect already. Only a correcting act with a reason helps now."),),
    ("held", ""): (N_("This cannot be taken back, and everything such is held until the staff have looked."),),
    ("late", ""): (N_("This was possible until %(closed)s."),),
    ("late", "day"): (N_("The last day was %(day)s."),),
    ("left", ""): (N_("The letter “%(letter)s” to %(address)s left on %(at)s. Only a correcting act helps now."),),
    ("left", "calendar"): (N_("The calendar went on from it at once. Only a correcting act helps now."),),
    ("left", "dates"): (N_("A date of the round has been moved since. Only a correcting act helps now."),),
    ("left", "over"): (N_("It could be undone until %(at)s. Only a correcting act helps now."),),
    ("left", "money"): (N_("Money that was given back is given to others. Only a correcting act helps now."),),
    ("left", "place"): (
        N_("A place in “%(state)s” that was given back is taken. Only a correcting act helps now."),
    ),
    ("left", "sent"): (N_("Somebody let the letters leave, on %(at)s. Only a correcting act helps now."),),
    ("lift", "already"): (N_("This is not held against the dossier already."),),
    ("lift", "none"): (N_("This is held against the dossier already."),),
    ("lift", "unknown"): (N_("The rules ask no such thing."),),
    ("role", ""): (N_("This is not for you to do."),),
    ("role", "chair"): (N_("Only the chair of “%(committee)s” does this, or staff who minute it."),),
    ("role", "contact"): (N_("Only those who speak for the dossier do this."),),
    ("role", "member"): (N_("Only members of the committee that decides on this dossier do this."),),
    ("role", "no part"): (N_("This person has no part in the round."),),
    ("role", "none to take"): (N_("This person has no such part in the round."),),
    ("role", "scope"): (
        N_(
            "%(email)s sits in “%(committee)s” for %(has)s already, and would for %(wanted)s too. End the one part "
            "first."
        ),
    ),
    ("role", "staff"): (N_("Only the staff of the programme do this."),),
    ("state", ""): (N_("The dossier is “%(state)s” now: this is not possible from there."),),
    ("state", "at its end"): (N_("The dossier is “%(state)s”: nothing is asked of it any more."),),
    ("state", "handed in"): (N_("The dossier is “%(state)s”: what was handed in is not changed any more."),),
    ("state", "meeting"): (N_("“%(meeting)s” is not open to this dossier."),),
    ("state", "not under decision"): (N_("No committee decides on this dossier now."),),
    ("state", "nothing hangs on it"): (N_("Nothing of this dossier hangs on that moment any more."),),
    ("undone", ""): (N_("This has been undone, and its letters were cancelled."),),
    ("verdict", ""): (N_("There is a verdict on this dossier already."),),
    ("verdict", "a move"): (N_("This is no verdict of a committee."),),
    ("verdict", "decided"): (
        N_(
            "A verdict of “%(committee)s” stands on %(number)s (“%(state)s”), and it would lie before another "
            "committee of that name. Take the verdict back first."
        ),
    ),
    ("verdict", "none"): (N_("No verdict stands on this dossier."),),
}  # fmt: skip
