"""Which tables and keys does a workflow file have?"""

from engine.files.vocabulary.shapes import Key, Table, later

WINDOW = (
    Key("during", "phase", "while this phase is open", "always"),
    Key("between", "between", "from the one moment to the other", "always"),
)
WITHIN = Key("within", "span", "for so long after the dossier came into the state it stands in", "always")

QUESTION = (
    Key("ask", "text", "the question as people read it", required=True),
    Key("kind", "question kind", "what the answer is", "`text`"),
    Key("required", "yes or no", "whether the form is complete without it", "`false`"),
    Key("at_most", "ceiling", "the largest number or amount (kinds `number`, `money`), or the most that the rows of a "
        "`schedule` may come to", "no limit"),
    Key("at_least", "least", "the smallest, likewise", "no limit"),
    Key("max_words", "count", "the longest answer (kinds `text` and `long_text`)", "no limit"),
    Key("accept", "endings", "which files (kind `file`)", "any file"),
    Key("choices", "choices", "what one may choose from; required with the kind `choice`", "–"),
    Key("help", "text", "an explanation under the question", "none"),
    Key("only_if", "guards", "when it is asked: only with the guards `strand` and `answer`, about questions before it",
        "always"),
    later("shown_to", "who reads the answer besides staff and committee"),
    later("each_costs", "a price for each"),
)

WORKFLOW = (
    Table("workflow", "one", "The programme as a whole.", (
        Key("title", "text", "what the programme is called", required=True),
        Key("format", "format", "the version of this format", required=True),
        Key("language", "language", "the language of the titles in this file", required=True),
        Key("languages", "languages", "the languages that people are written to in", required=True),
        Key("begins_in", "state", "where a new dossier stands", required=True),
        Key("ends_in", "states", "where a dossier rests for good; the way to the first of them is drawn straight, "
            "and is what applicants see ahead", required=True),
        Key("currency", "currency", "required where money is asked", "none"),
    ), required=True),
    Table("committee", "named", "People who judge. The name is a role: it may act, and letters may be told to it.", (
        Key("title", "text", "what the committee is called", required=True),
        Key("observers", "texts", "who attends and reads along, and never decides", "none"),
        Key("quorum", "count", "how many members must be free to judge a dossier", "none"),
        Key("per", "divided", "one committee for each strand or answer, with people of its own; each sees its own "
            "dossiers only", "one committee"),
        later("members_of", "the people in a state of another programme act as this role"),
    )),
    Table("phase", "texts", "The windows of the calendar, each with its title. A round gives each its dates.",
          required=True),
    Table("strand", "texts", "Kinds of dossier that are judged apart. If there are any, each dossier stands in exactly "
          "one."),
    Table("state", "entries", "Where a dossier can stand. It always stands in exactly one.", (
        Key("title", "text", "what staff read", required=True),
        Key("phase", "phase", "the phase under which people see it", "none"),
        Key("shown", "text", "what applicants read", "the title"),
        Key("ahead", "text", "what it is called while still to come", "the title"),
        Key("frees_place", "yes or no", "whether entering it gives back the place that was held", "`false`"),
        later("erase", "personal answers are erased so long after entering"),
    ), required=True),
    Table("question", "named", "A question of the dossier's own form.", QUESTION),
    Table("deliverable", "named", "What is handed in besides the dossier's own form: a report, a contract.", (
        Key("title", "text", "what it is called", required=True),
        Key("question", "questions", "the questions it answers, each with the keys of a question", required=True),
        Key("open_to", "states", "the states in which it may be handed in unasked, and anew",
            "only when an obligation asks for it"),
        Key("by", "actor", "who hands it in; with `open_to`", "`applicant`"),
        later("many", "several people each hand one in"),
    )),
    Table("criterion", "named", "What a committee member scores.", (
        Key("title", "text", "what it is called", required=True),
        Key("scale", "scale", "the worst mark and the best, or every mark in words", required=True),
        Key("weight", "weight", "how much it counts beside the others; with 0 it is asked and does not count", "`1`"),
    )),
    Table("assessment", "named", "Who scores which dossiers, when and on what. Without any, the committee that decides "
          "scores on every criterion.", (
        Key("title", "text", "what it is called", required=True),
        Key("by", "committee", "whose members score", required=True),
        Key("about", "states", "the states whose dossiers they score", required=True),
        *WINDOW,
        WITHIN,
        Key("readers", "count", "how many members each dossier is given to; they alone score it", "all members"),
        Key("reads", "seen", "the questions whose answers the committee sees, and the deliverables it reads", "all"),
        Key("criteria", "scored criteria", "what they give marks for; with `[]` a written report is all", "all"),
        Key("score", "score", "how marks become one score: weighted over criteria and then members; the members' means "
            "times their weights, added up; or one that they agree on, entered by the chair", "`mean`"),
        Key("spread", "scored question", "by whose answers the list is counted; it refuses nothing", "none"),
        Key("set_aside", "reviewer", "who may set the marks of a member aside, for a written reason: they stay, and "
            "count no more", "nobody"),
    )),
    Table("meeting", "named", "An occasion to come to. The round says on which days and where.", (
        Key("title", "text", "what it is called", required=True),
        Key("open_to", "open to", "whose dossiers it is for", required=True),
        *WINDOW,
        Key("within", "span", "for each dossier by itself: for so long after it came into one of these states", "–"),
        Key("slots", "slots", "how many turns, of how many minutes, with which pause between", "none"),
        Key("seats", "seats", "how many may come; whoever asks later waits in a list, in order", "no limit"),
        Key("answer_within", "span", "how long a seat that frees is kept for whoever it is offered to; with `seats`",
            "it is theirs at once"),
        Key("book_with", "bookable", "whose free hours people book as their slot; with `slots`", "slots are given"),
        Key("per", "divided", "one meeting for each strand or answer, with days of its own, for its own dossiers",
            "one meeting"),
        later("every", "how often it takes place"),
        later("times", "how many times it takes place"),
    )),
    Table("transition", "named", "A move of a dossier from one state to another, by a person or by the calendar.", (
        Key("from", "states", "the states it leads out of", required=True),
        Key("to", "state", "the state it leads to", required=True),
        Key("by", "actor", "who does it; either this, `when` or `after`", "–"),
        Key("when", "when", "when the calendar does it; either this, `by` or `after`", "–"),
        Key("after", "span", "the calendar does it so long after the dossier came into the state it stands in", "–"),
        *WINDOW,
        WITHIN,
        Key("only_if", "guards", "what must hold for it, all of it", "nothing"),
        Key("if_not", "if not", "who hears when the guards do not hold, or which transition is tried next; required "
            "with guards beside `when`, `after` or `takes_effect`", "nobody"),
        Key("per", "per", "over what places, ranks and money are counted", "the whole round"),
        Key("order", "order", "who comes first under `at_most`, `rank_at_most` or `budget_left`; required with `when` "
            "and `after`", "–"),
        Key("ties", "ties", "what happens to dossiers that come equal at the last place", "`ask`: staff decide"),
        Key("takes_effect", "own moment", "when a committee's verdict becomes the state", "at once"),
        Key("release", "release", "whether staff approve the letters first, and how many of them", "`auto`"),
        Key("tell", "letters", "who hears of it", "nobody"),
        Key("sets", "set", "whoever acts gives it a new value; with `by`, at once", "nothing"),
    ), required=True),
    Table("obligation", "named", "What a dossier owes once it stands in a state.", (
        Key("owed_by", "states", "the states in which it is owed", required=True),
        Key("during", "phase", "the phase in which it is owed; this, `between`, `within` or `each` is required", "–"),
        Key("between", "between", "from the one moment to the other, instead of `during`", "–"),
        Key("within", "span", "for so long after the dossier came there, instead of `during`", "–"),
        Key("each", "schedule", "one for each row of this schedule, until its day, instead of `during`", "–"),
        Key("only_if", "guards", "owed only by those of whom all of it holds as they come there", "by all"),
        Key("every", "every", "owed anew each year, month or week of the phase", "once"),
        Key("times", "count", "how many of them, each time", "`1`"),
        Key("attend", "meeting", "the meeting to come to; either this or `deliver`", "–"),
        Key("deliver", "deliverable", "what to hand in; either this or `attend`", "–"),
        Key("remind", "reminders", "how long before the last day, or after it, applicants are reminded", "never"),
        Key("accepted_by", "reviewer", "who must accept it before it counts; with `deliver`", "counts on delivery"),
        Key("if_not", "letters", "who hears that it is overdue", "nobody"),
        later("pay", "the money to be paid"),
    )),
    Table("reminder", "named", "A letter to those who stand in a state, some time before it matters.", (
        Key("about", "states", "the states whose dossiers it is about", required=True),
        Key("when", "moments", "when it is sent; either this or `after`", "–"),
        Key("after", "spans", "so long after a dossier came into the state it stands in", "–"),
        Key("only_if", "guards", "about which dossiers only", "all"),
        Key("tell", "letters", "who is reminded", required=True),
    )),
    Table("promise", "named", "What the funder owes by a moment. It is kept when no dossier stands in `about`; with "
          "`pay`, when the money was paid.", (
        Key("title", "text", "what is promised", required=True),
        Key("before", "own moment", "by when", "with `pay`, "
            "the day of each row of the schedule; else it is required"),
        Key("about", "states", "the states that must be empty by then; with `pay`, those in which the money is owed",
            required=True),
        Key("tell", "letters", "who hears when it is not kept", required=True),
        Key("pay", "paid question", "the money that is owed: of a question of the kind `money`, or of each row of a "
            "`schedule`", "none"),
    )),
    Table("announcement", "named", "One text for everyone concerned, at a moment of the calendar.", (
        Key("when", "announced", "when it is sent", required=True),
        Key("tell", "letters", "who hears it", required=True),
        later("by", "sent when this role wishes"),
        Key("about", "states", "the states concerned: `everyone` are then those who speak for a dossier in one of "
            "them, each once", "`everyone` are those who asked to be told"),
    )),
)  # fmt: skip
