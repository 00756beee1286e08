"""Does a verdict take effect, and is a promise kept, by a day that each dossier has for itself?"""

from datetime import date, timedelta

from as_they_come import neighbours
from stage import CALL, CHAIR, MEMBER, NOTICE, READING, STAFF, VISITED, Stage, applicant, at, programme
from test_own_windows import CAME, asked, codes, opened, score, wanted

from engine.cycle.opinions import scoring_refusal
from engine.cycle.verdicts import effect_of
from engine.database.connection import Database
from engine.database.pages.judging import not_scored_now
from engine.database.records import DeadlineRow, DeliveryRow, VerdictRow
from engine.rules.assessing import assessment_in
from engine.rules.moments import day_starts

HEARD = at("2030-04-02T09:00")
"""three weeks after a visit on 12 March, when letters leave"""


def visited(database: Database, *days: str | None) -> tuple[Stage, list[str]]:
    """Dossiers that the jury reads, of `anna`, `bert` and so on, with the day of the visit that each has named."""
    stage = Stage(database, programme(edits=VISITED)).open()
    numbers = []
    for who, day in zip(("anna", "bert", "carl"), days, strict=False):
        number = stage.draft(who)
        if day:
            stage.cycle.answer(stage.key, number, {"visit": day}, by=applicant(who), now=CALL)
        stage.cycle.act(stage.key, number, "submit", by=applicant(who), now=CALL)
        numbers.append(number)
    for number in numbers:
        stage.cycle.recommend(stage.key, number, "good", by=MEMBER, now=READING)
    return stage, numbers


def decide(stage: Stage, number: str, name: str = "choose", now: int = READING) -> None:
    stage.cycle.verdict(stage.key, number, name, by=CHAIR, now=now)


def stand(stage: Stage) -> list[tuple[str, str | None]]:
    return [(row.transition, row.ending) for row in stage.rows(VerdictRow)]


def own(stage: Stage, word: str) -> list[tuple[int, str | None]]:
    """What the calendar does with each dossier by itself: when, and how it ended."""
    return [(row.due_at, row.ending) for row in stage.rows(DeadlineRow) if row.key.startswith(word)]


def test_verdicts_take_effect_when_their_day_comes_those_of_one_day_together(database: Database) -> None:
    stage, (anna, bert, carl) = visited(database, "2030-03-12", "2030-03-12", "2030-03-20")
    decide(stage, anna)
    decide(stage, bert, "decline")
    decide(stage, carl, "decline")
    stage.cycle.advance(HEARD - 1)
    assert set(stage.states().values()) == {"read"}
    stage.cycle.advance(HEARD)
    assert stage.states() == {anna: "chosen", bert: "declined", carl: "read"}
    assert [(one.numbers, one.leaves_at) for one in stage.ear.of("granted")] == [((anna,), HEARD)]
    assert [(one.numbers, one.leaves_at) for one in stage.ear.of("not-granted")] == [((bert,), HEARD)]
    stage.cycle.advance(at("2030-04-10T09:00"))
    assert stage.states()[carl] == "declined"
    assert stand(stage) == [("choose", "took effect"), ("decline", "took effect"), ("decline", "took effect")]


def test_a_verdict_waits_for_a_day_that_nobody_has_named_and_follows_it_when_it_moves(database: Database) -> None:
    stage, (anna,) = visited(database, None)
    decide(stage, anna)
    assert own(stage, "timer verdicts") == []
    for day in ("2030-03-26", "2030-03-20"):
        stage.cycle.act(
            stage.key, anna, "plan_visit", by=STAFF, now=at("2030-03-18T10:00"), answers={"visit": day}
        )  # fmt: skip
    due = at("2030-04-10T09:00")
    assert own(stage, "timer verdicts choose") == [(due, None)]
    with stage.database.reading() as session:
        scene = stage.cycle.look(session, stage.key, at("2030-03-19T10:00"))
        assert effect_of(scene, scene.dossier(anna), scene.workflow.transitions["choose"]) == due
    stage.cycle.advance(due)
    assert stage.states() == {anna: "chosen"}


def test_a_verdict_whose_day_is_past_takes_effect_at_once(database: Database) -> None:
    stage, (anna, bert) = visited(database, "2030-03-05", "2030-03-05")
    stage.cycle.advance(at("2030-03-27T10:00"))
    decide(stage, anna, now=at("2030-03-27T10:00"))
    assert stage.states() == {anna: "chosen", bert: "read"}
    assert [one.leaves_at for one in stage.ear.of("granted")] == [at("2030-03-27T10:00")]


def test_a_verdict_whose_dossier_goes_before_its_day_is_held_back_then_and_staff_hear_why(database: Database) -> None:
    stage, (anna,) = visited(database, "2030-03-12")
    decide(stage, anna)
    left = at("2030-03-21T10:00")
    stage.cycle.act(stage.key, anna, "leave", by=applicant("anna"), now=left)
    assert stand(stage) == [("choose", "held back")]
    assert [(one.numbers, one.leaves_at) for one in stage.ear.of("verdict-held-back")] == [((anna,), left)]
    assert own(stage, "timer") == []
    stage.cycle.advance(NOTICE)
    assert stage.states() == {anna: "withdrawn"}


def test_a_promise_by_a_day_of_its_own_is_found_not_kept_once_and_for_whom_it_was(database: Database) -> None:
    stage, (anna, bert, _) = visited(database, "2030-03-12", "2030-03-12", "2030-03-12")
    decide(stage, anna)
    late = at("2030-04-16T09:00")
    stage.cycle.advance(late - 1)
    assert stage.ear.of("late-answer") == []
    stage.cycle.advance(late)
    (told,) = stage.ear.of("late-answer")
    assert (len(told.numbers), told.leaves_at, told.told.extras["promise"]["before"]) == (
        2, late, {"day": "2030-04-16", "hour": None, "edge": "opens"}
    )  # fmt: skip
    assert anna not in told.numbers
    assert [row.details["name"] for row in stage.journal("promise not kept")] == ["answer", "after_the_visit"]
    stage.cycle.advance(late + 7 * 86_400_000_000)
    assert len(stage.ear.of("late-answer")) == 1
    assert bert in told.numbers


def test_what_was_promised_by_a_day_that_is_past_is_owed_by_the_end_of_the_day_on_which_it_came(
    database: Database,
) -> None:
    stage, _ = visited(database, "2030-01-10")
    assert own(stage, "timer promise") == [(at("2030-03-11T09:00"), None)]


SAME_WORDS = {
    'between      = ["reading opens", "notice opens"]\nonly_if': (
        'between      = ["reading opens", "2 weeks after call closes"]\nonly_if'
    ),
    'takes_effect = "notice opens"\ntell         = { applicant = "granted"': (
        'takes_effect = "2 weeks after call closes"\ntell         = { applicant = "granted"'
    ),
}
"""edits of the small round: a verdict falls due with the very words with which its window ends"""


def test_a_verdict_takes_effect_when_the_window_that_ends_with_the_same_words_has_closed(
    database: Database,
) -> None:
    stage = Stage(database, programme(edits=SAME_WORDS)).open()
    number, other = stage.handed_in(), stage.handed_in("bert")
    closed, due = at("2030-03-16T00:00"), at("2030-03-16T09:00")
    for one in (number, other):
        stage.cycle.recommend(stage.key, one, "good", by=MEMBER, now=READING)
    decide(stage, number, now=closed - 1)
    assert codes(lambda: decide(stage, other, now=closed)) == ["late"]
    stage.cycle.approve(stage.key, "2 weeks after call closes", by=STAFF, now=closed)
    stage.cycle.advance(due - 1)
    assert stage.states() == {number: "read", other: "read"}
    stage.cycle.advance(due)
    assert stage.states() == {number: "chosen", other: "read"}


OF_EACH = (
    ('within = "3 weeks"', 'between = ["first_day", "2 weeks after first_day"]'),
    ('after = "4 weeks"', 'after = "30 weeks"'),
)


def between(*edits: tuple[str, str]) -> str:
    rules = neighbours().files["workflow.toml"]
    for old, new in edits:
        assert rules.count(old) == 1, old
        rules = rules.replace(old, new)
    return rules


def test_each_dossier_is_scored_between_days_of_its_own_and_members_are_asked_then(database: Database) -> None:
    stage = opened(database, neighbours(between(*OF_EACH)))
    first, unknown = asked(stage, first_day="2030-02-10"), asked(stage, "bert")
    opens, closes = at("2030-02-10T00:00"), at("2030-02-24T00:00")
    assert [score(stage, first, now) for now in (opens - 1, opens, closes - 1, closes)] == [["early"], [], [], ["late"]]
    assert score(stage, unknown, opens) == ["early"]
    assert [wanted(stage, now) for now in (opens - 1, closes)] == [[], []]
    another = asked(stage, "carl", first_day="2030-02-10")
    assert [wanted(stage, now) for now in (opens, closes - 1)] == [[first, another]] * 2


def closed(stage: Stage, state: str, now: int) -> dict[str, bool]:
    """Whether each dossier in a state cannot be scored now, as the act says; what members see says the same."""
    numbers = [number for number, stands in stage.states().items() if stands == state]
    with stage.database.reading() as session:
        scene = stage.cycle.look(session, stage.key, now)
        assessment = assessment_in(scene.workflow, state)
        assert assessment is not None
        shut = not_scored_now(session, scene.workflow, scene.round_id, [state], scene.calendar, now)
        by_act = {one: scoring_refusal(scene, scene.dossier(one), assessment) is not None for one in numbers}
        assert {one: one in shut for one in numbers} == by_act
        return by_act


def test_the_list_of_what_is_to_be_scored_says_what_the_act_says_on_each_day(database: Database) -> None:
    edits = (
        ('within = "3 weeks"', 'between = ["1 month before first_day", "10 working days after first_day"]'), OF_EACH[1],
    )  # fmt: skip
    stage = opened(database, neighbours(between(*edits)))
    for number, day in enumerate(("2030-03-29", "2030-03-31", "2030-04-01", None)):
        asked(stage, f"who{number}", **({} if day is None else {"first_day": day}))
    days = [date(2030, 2, 25) + timedelta(days=number) for number in range(56)]
    found = [sum(closed(stage, "asked", day_starts(day, "Europe/Brussels")).values()) for day in days]
    assert (found[0], min(found), found[-1]) == (4, 1, 4)


def test_what_is_accepted_of_a_dossier_opens_its_reading_once_the_last_of_it_is(database: Database) -> None:
    edits = (
        (
            'about  = "asked"\nwithin = "3 weeks"',
            'about = "granted"\nbetween = ["plan accepted", "1 week after plan accepted"]',
        ),
        ('only_if = { score_at_least = 6 }\nsets    = "amount"\n', ""),
        ("[transition.finish]", (
            '[deliverable.plan]\ntitle = "Plan"\nquestion = { words = { ask = "Which?", required = true } }\n\n'
            '[obligation.plan]\nowed_by = "granted"\nwithin = "3 months"\ndeliver = "plan"\naccepted_by = "staff"\n\n'
            "[transition.finish]")),
    )  # fmt: skip
    stage = opened(database, neighbours(between(*edits)))
    number = asked(stage)
    stage.cycle.act(stage.key, number, "grant", by="chair@jury.example", now=CAME + 1)
    assert closed(stage, "granted", CAME + 2) == {number: True}
    now = at("2030-02-05T10:00")
    stage.cycle.deliver(stage.key, number, "plan", {"words": "This"}, by="anna@applicant.example", now=now)
    (delivery,) = [row.id for row in stage.rows(DeliveryRow)]
    stage.cycle.review(stage.key, number, delivery, accepted=True, words="", to=None, by=STAFF, now=now)
    opens, closes = at("2030-02-06T00:00"), at("2030-02-13T00:00")
    told = [closed(stage, "granted", one)[number] for one in (opens - 1, opens, closes - 1, closes)]
    assert told == [True, False, False, True]
    assert codes(lambda: stage.cycle.score(stage.key, number, {"worth": 8}, by=MEMBER, now=opens)) == []
