"""Which words may stand in `only_if`?"""

from engine.files.vocabulary.shapes import Key

GUARDS = (
    Key("form", "complete", "every question of the dossier that is required has an answer"),
    Key("answer", "answers", "these questions are asked, and answered so"),
    Key("delivered", "deliverables", "these have been handed in"),
    Key("attended", "meeting", "the applicant was there, or is excused"),
    Key("fulfilled", "all", "every obligation is fulfilled or excused"),
    Key("recommendation", "written", "the committee has written a recommendation"),
    Key("reason", "written", "whoever acts gives a reason"),
    Key("verdict", "missing", "the committee has not decided yet"),
    Key("score", "written or missing", "somebody has given every mark, or nobody has"),
    Key("quorum", "count", "so many members without a conflict have given every mark"),
    Key("majority", "marks", "for each of these criteria, more than half of the members without a conflict who gave a "
        "mark gave this one"),
    Key("score_at_least", "limit", "the mean score is at least this"),
    Key("rank_at_most", "places", "it ranks among the best so many of all who stand there at that moment"),
    Key("at_most", "places", "no more than this many places are held in the state it leads to"),
    Key("budget_left", "money question", "the money that is asked in this question is still there, of the `budget` "
        "that the round gives"),
    Key("strand", "strands", "the dossier stands in this strand, or in one of these"),
    Key("once_per", "once", "one for each person or organisation, across rounds"),
    Key("clear_of", "recent", "no earlier dossier of the applicant entered this state so recently"),
    Key("follows", "recent", "an earlier dossier of the applicant entered this state so recently"),
    Key("member_of", "committee", "the one who acts sits in this committee"),
)
