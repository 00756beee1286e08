"""Which words may stand in `only_if`?"""

from engine.files.vocabulary.shapes import Key, later

GUARDS = (
    Key("form", "complete", "every question of the dossier that is required has an answer"),
    Key("delivered", "deliverables", "these have been handed in"),
    Key("attended", "meeting", "the applicant was there, or is excused"),
    Key("fulfilled", "all", "every obligation is fulfilled or excused"),
    Key("recommendation", "written", "the committee has written a recommendation"),
    Key("reason", "written", "whoever acts gives a reason"),
    Key("verdict", "missing", "the committee has not decided yet"),
    Key("score_at_least", "limit", "the mean score is at least this"),
    Key("at_most", "places", "no more than this many places are held in the state it leads to"),
    Key("strand", "strands", "the dossier stands in this strand, or in one of these"),
    later("score", "a score is written, or missing"),
    later("quorum", "so many members have scored, conflicts left out"),
    later("rank_at_most", "among the best so many of the cohort"),
    later("budget_left", "the money asked in this question is still there"),
    later("once_per", "one for each person or organisation, across rounds"),
    later("answer", "a question was answered so"),
    later("member_of", "the one who acts sits in this committee"),
    later("clear_of", "no earlier dossier of the applicant entered this state so recently"),
    later("follows", "an earlier dossier of the applicant entered this state so recently"),
    later("majority", "most members gave this mark"),
)
