"""Why is a date not moved, or a strand or the clocks of a dossier not changed?"""

from web.reasons.sentence import N_, Sentences

DATES: Sentences = {
    ("asked", ""): (N_("More time has been asked for already, and is not answered yet."),),
    ("day", ""): (N_("Say until which day more time is given."),),
    ("day", "already"): (N_("The deadline is on %(day)s already."),),
    ("day", "needed"): (N_("The last day, %(day)s, is past: say until which day a new version may come."),),
    ("day", "to come"): (N_("%(day)s is still to come."),),
    ("day", "past"): (N_("%(day)s is past."),),
    ("fired", ""): (N_("This moment has passed. What it did is not undone by more time."),),
    ("past", ""): (N_("That is in the past."),),
    ("same", ""): (N_("It is on that date already."),),
    ("stands", "fired"): (N_("What hangs on it has happened by its new date. Move it once more, with a reason."),),
    ("stands", "letter"): (N_("The letter to %(address)s has left. Move it once more, with a reason."),),
    ("stands", "moved"): (N_("It has been moved or done since."),),
    ("stands", "never"): (N_("This cannot be taken back. Move it once more, with a reason."),),
    ("stands", "over"): (N_("The time to take it back is over. Move it once more, with a reason."),),
    ("clocks", "owed"): (
        N_("“%(obligation)s” was due by one of these clocks only. What has passed stays passed."),
    ),
    ("clocks", "passed"): (
        N_("“%(phase)s” has opened or closed by one of these clocks only. What has passed stays passed."),
    ),
    ("clocks", "round"): (N_("Nothing here goes by the clocks of an applicant."),),
    ("clocks", "same"): (N_("The dossier goes by these clocks already."),),
    ("clocks", "unknown"): (N_("There is no time zone “%(zone)s”."),),
    ("strand", ""): (N_("The dossier stands in “%(strand)s”, and this is for “%(wanted)s”."),),
    ("strand", "both"): (N_("Say for which dossiers, or for which strand."),),
    ("strand", "clocks"): (N_("“%(phase)s” is moved for all strands: it goes by the clocks of each applicant."),),
    ("strand", "cut"): (N_("“%(phase)s” is cut into batches, and is moved for all strands."),),
    ("strand", "full"): (N_("Places of “%(strand)s” in “%(state)s”: %(cap)s, and all are taken."),),
    ("strand", "no strands"): (N_("This programme has no strands."),),
    ("strand", "no edge"): (N_("This is moved for all, or for single dossiers, and not for a strand."),),
    ("strand", "none"): (N_("Say in which strand the dossier stands: %(strands)s."),),
    ("strand", "places"): (N_("“%(phase)s” is moved for all strands: its places are given to all who wait."),),
    ("strand", "release"): (N_("“%(phase)s” is moved for all strands: what is approved goes together."),),
    ("strand", "same"): (N_("The dossier stands in this strand already."),),
    ("strand", "share"): (
        N_("With one dossier less there would be fewer places of “%(strand)s” in “%(state)s” than are held."),
    ),
    ("strand", "unknown"): (N_("There is no strand “%(strand)s”."),),
    ("strand", "which"): (N_("Each strand has dates of its own in “%(phase)s”. Say for which it is moved."),),
}  # fmt: skip
