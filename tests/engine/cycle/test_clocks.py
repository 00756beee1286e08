"""Does a phase that goes by the clocks of each applicant open and close for each dossier by its own?"""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from databases import fresh
from stage import CALL, GRACE, SETTLE, STAFF, Stage, applicant, ask_what_must_hold, at, programme

from engine.cycle import Imported
from engine.database.connection import Database
from engine.database.records import DeadlineRow, DossierRow, ObligationRow
from engine.errors import Refused
from engine.rules.moments import day_starts

AUCKLAND, HONOLULU, LONDON = "Pacific/Auckland", "Pacific/Honolulu", "Europe/London"
BY_THEIRS = {'grace = "60 seconds" }': 'grace = "60 seconds", zone = "applicant" }'}
AFTER = date(2030, 3, 2)
"""the day after the last one of the call"""


@pytest.fixture
def memory() -> Iterator[Database]:
    """A database of SQLite, where no question is asked that is not asked of both elsewhere."""
    database = fresh()
    yield database
    ask_what_must_hold()
    database.close()


def ends(zone: str, day: date = AFTER) -> int:
    return day_starts(day, zone)


def opened(database: Database, edits: dict[str, str] | None = None) -> Stage:
    return Stage(database, programme(edits=BY_THEIRS | (edits or {}))).open()


def draft(stage: Stage, who: str, zone: str | None, now: int = CALL) -> str:
    email = applicant(who)
    number = stage.cycle.start_dossier(
        stage.key, organisation=f"House of {who}", email=email, name=who, language="en", by=email, now=now,
        clocks=zone,
    )  # fmt: skip
    stage.cycle.answer(stage.key, number, {"title": f"Work of {who}", "amount": 4000}, by=email, now=now)
    return number


def hand_in(stage: Stage, number: str, who: str, now: int) -> list[str]:
    try:
        stage.cycle.act(stage.key, number, "submit", by=applicant(who), now=now)
    except Refused as against:
        return [one.code for one in against.reasons]
    return []


def test_the_call_closes_for_each_at_the_end_of_its_own_day_on_both_sides_of_the_date_line(
    database: Database,
) -> None:
    stage = opened(database)
    zones = {"anna": AUCKLAND, "bert": HONOLULU, "carl": None}
    numbers = {who: draft(stage, who, zone) for who, zone in zones.items()}
    closes = {"anna": at("2030-03-01T12:00"), "carl": at("2030-03-02T00:00"), "bert": at("2030-03-02T11:00")}
    assert closes == {"anna": ends(AUCKLAND), "carl": ends("Europe/Brussels"), "bert": ends(HONOLULU)}
    lapsed: list[str] = []
    for who, closing in closes.items():
        late = closing + GRACE + SETTLE
        stage.cycle.advance(late - 1)
        assert [one for one, state in stage.states().items() if state == "lapsed"] == lapsed
        stage.cycle.advance(late)
        lapsed.append(numbers[who])
        assert sorted(one for one, state in stage.states().items() if state == "lapsed") == sorted(lapsed)
    told = {one.numbers: one.leaves_at for one in stage.ear.of("draft-lapsed")}
    assert set(told) == {(number,) for number in numbers.values()}


def test_each_hands_in_until_the_last_microsecond_of_its_day_and_no_later(database: Database) -> None:
    stage = opened(database)
    for who, zone in (("anna", AUCKLAND), ("bert", "Europe/Brussels"), ("carl", HONOLULU)):
        early, late = draft(stage, who, zone), draft(stage, f"{who}2", zone)
        closing = ends(zone)
        assert hand_in(stage, early, who, closing - 1) == []
        assert hand_in(stage, late, f"{who}2", closing + GRACE) == ["late"]


def change(stage: Stage, number: str, zone: str, now: int, by: str = STAFF) -> list[str]:
    try:
        stage.cycle.change_clocks(stage.key, number, zone, by=by, now=now)
    except Refused as against:
        return [str(one.facts["because"]) for one in against.reasons if one.facts]
    return []


def test_the_clocks_change_as_long_as_nothing_passes_or_comes_back_by_it(database: Database) -> None:
    stage = opened(database)
    anna, bert = draft(stage, "anna", AUCKLAND), draft(stage, "bert", None)
    day_before = at("2030-02-28T10:00")
    assert change(stage, anna, HONOLULU, day_before, applicant("anna")) == []
    assert change(stage, anna, "Mars/Olympus", day_before) == ["unknown"]
    assert change(stage, anna, HONOLULU, day_before) == ["same"]
    between = ends(AUCKLAND) + 60 * 1_000_000  # it is over in Auckland, and nowhere else
    assert change(stage, bert, AUCKLAND, between) == ["passed"]
    assert change(stage, bert, LONDON, between, applicant("bert")) == []
    over = ends(LONDON)
    assert change(stage, bert, HONOLULU, over) == ["passed"]
    assert {row.number: row.clocks for row in stage.rows(DossierRow)} == {anna: HONOLULU, bert: LONDON}
    assert [(row.details.get("before"), row.details.get("clocks")) for row in stage.journal("clocks changed")] == [
        (AUCKLAND, HONOLULU), (None, LONDON),
    ]  # fmt: skip
    stage.cycle.advance(ends(HONOLULU) + GRACE + SETTLE)
    assert set(stage.states().values()) == {"lapsed"}


def test_only_those_who_speak_for_a_dossier_and_staff_change_its_clocks(database: Database) -> None:
    stage = opened(database)
    anna = draft(stage, "anna", None)
    draft(stage, "bert", None)
    with pytest.raises(Refused):
        stage.cycle.change_clocks(stage.key, anna, AUCKLAND, by=applicant("bert"), now=CALL)
    assert change(stage, anna, AUCKLAND, CALL, STAFF) == []
    assert change(stage, anna, "Europe/Brussels", CALL, applicant("anna")) == []
    assert [row.clocks for row in stage.rows(DossierRow)] == [None, None]


def test_one_dossier_and_then_all_get_more_time_by_their_own_clocks(database: Database) -> None:
    stage = opened(database)
    anna, bert = draft(stage, "anna", AUCKLAND), draft(stage, "bert", HONOLULU)
    stage.cycle.extend(
        stage.key, "call closes", date(2030, 3, 4), reason="ill", by=STAFF, now=CALL, dossier=anna
    )  # fmt: skip
    stage.cycle.extend(stage.key, "call closes", date(2030, 3, 2), reason="flood", by=STAFF, now=CALL + 1)
    assert {row.key for row in stage.rows(DeadlineRow) if row.dossier_id is not None and row.kind == "edge"} == {
        f"edge call closes {anna}"
    }
    after = {"anna": ends(AUCKLAND, date(2030, 3, 5)), "bert": ends(HONOLULU, date(2030, 3, 3))}
    stage.cycle.advance(after["bert"] + GRACE + SETTLE - 1)
    assert stage.states() == {anna: "draft", bert: "draft"}
    stage.cycle.advance(after["bert"] + GRACE + SETTLE)
    assert stage.states() == {anna: "draft", bert: "lapsed"}
    assert hand_in(stage, anna, "anna", after["anna"] - 1) == []


def test_a_close_that_has_come_by_some_clocks_is_moved_for_nobody_but_single_dossiers(database: Database) -> None:
    stage = opened(database)
    bert, anna = draft(stage, "bert", HONOLULU), draft(stage, "anna", AUCKLAND)
    draft(stage, "carl", "America/New_York")
    now = ends(AUCKLAND) + GRACE + SETTLE
    stage.cycle.advance(now)
    assert stage.states()[anna] == "lapsed"

    def extend(dossier: str | None) -> list[str]:
        try:
            stage.cycle.extend(
                stage.key, "call closes", date(2030, 3, 8), reason="flood", by=STAFF, now=now, dossier=dossier
            )  # fmt: skip
        except Refused as against:
            return [one.code for one in against.reasons]
        return []

    assert (extend(None), extend(anna), extend(bert)) == (["fired"], ["fired"], [])
    stage.cycle.advance(ends(HONOLULU, date(2030, 3, 8)))
    assert hand_in(stage, bert, "bert", ends(HONOLULU, date(2030, 3, 9)) - 1) == []


def test_who_is_brought_in_by_other_clocks_is_late_by_these(database: Database) -> None:
    stage = opened(database)
    now = ends(AUCKLAND) + GRACE + SETTLE
    rows = [
        Imported(f"House of {who}", applicant(who), who, "en", state="draft", clocks=zone, answers={"title": who})
        for who, zone in (("anna", AUCKLAND), ("bert", HONOLULU))
    ]
    numbers = stage.cycle.import_dossiers(stage.key, rows, by=STAFF, now=now)
    assert [stage.states()[number] for number in numbers] == ["draft", "draft"]
    assert hand_in(stage, numbers[0], "anna", now + 1)[0] == "late"
    stage.cycle.answer(stage.key, numbers[1], {"amount": 400}, by=applicant("bert"), now=now + 2)
    assert hand_in(stage, numbers[1], "bert", now + 3) == []


OWED = {
    '[obligation.kick_off]': (
        '[deliverable.note]\ntitle = "Note"\nquestion = { words = { ask = "Which?", required = true } }\n\n'
        '[obligation.note]\nowed_by = "handed"\nduring = "call"\ndeliver = "note"\nremind = ["3 days"]\n\n'
        '[obligation.kick_off]'
    )
}


def test_what_is_owed_during_such_a_phase_is_owed_until_the_end_of_its_last_day_there(database: Database) -> None:
    stage = opened(database, OWED)
    for who, zone in (("anna", AUCKLAND), ("bert", HONOLULU), ("carl", None)):
        assert hand_in(stage, draft(stage, who, zone), who, CALL) == []
    owed = [(row.due_at, row.last_day) for row in stage.rows(ObligationRow)]
    assert owed == [(ends(zone), "2030-03-01") for zone in (AUCKLAND, HONOLULU, "Europe/Brussels")]
    assert change(stage, "SG30-001", LONDON, CALL + 1) == []
    assert stage.rows(ObligationRow)[0].due_at == ends(LONDON)


def test_a_deadline_is_one_for_each_zone_however_many_dossiers_have_it(database: Database) -> None:
    stage = opened(database)
    for who, zone in (("anna", AUCKLAND), ("bert", AUCKLAND), ("carl", HONOLULU), ("dora", "Europe/Paris")):
        draft(stage, who, zone)
    rows = [row for row in stage.rows(DeadlineRow) if row.key.startswith("transition lapse")]
    assert {row.clocks: row.due_at for row in rows} == {
        None: ends("Europe/Brussels"), AUCKLAND: ends(AUCKLAND), HONOLULU: ends(HONOLULU),
    }  # fmt: skip
    stage.cycle.advance(ends(AUCKLAND) + GRACE + SETTLE)
    moved = [row.details["name"] for row in stage.journal("due") if "clocks" in str(row.details["name"])]
    assert moved[:1] == [f"edge call closes clocks {AUCKLAND}"]
    assert sorted(stage.states().values()) == ["draft", "draft", "lapsed", "lapsed"]


LATER = {
    "to = 2030-03-01, ": "to = {hour}, ", "from = 2030-03-04, to = 2030-03-29": "from = 2030-04-10, to = 2030-04-26",
    "on = 2030-04-05": "on = 2030-04-30",
}  # fmt: skip


@pytest.mark.parametrize(
    ("zone", "hour", "last"),
    [
        # the clocks there skip the hour at which the call closes: it closes so much later
        ("America/New_York", "2030-03-10T02:30:00", datetime(2030, 3, 10, 7, 30, tzinfo=UTC)),
        # and here they show it twice: the later one counts
        ("Australia/Lord_Howe", "2030-04-07T01:45:00", datetime(2030, 4, 6, 15, 15, tzinfo=UTC)),
    ],
)
def test_an_hour_that_some_clocks_skip_or_show_twice_favours_the_applicant(
    database: Database, zone: str, hour: str, last: datetime
) -> None:
    edits = BY_THEIRS | {old: new.format(hour=hour) for old, new in LATER.items()}
    stage = Stage(database, programme(edits=edits)).open()
    closes = int(last.timestamp()) * 1_000_000
    early, late = draft(stage, "anna", zone), draft(stage, "bert", zone)
    assert hand_in(stage, early, "anna", closes) == []
    assert hand_in(stage, late, "bert", closes + GRACE + 1) == ["late"]


def test_a_year_that_is_over_by_some_clocks_is_not_begun_again_by_others(database: Database) -> None:
    by_theirs = {"to = 2032-06-02 }": 'to = 2032-06-02, zone = "applicant" }'}
    stage = Stage(database, programme(edits=by_theirs)).open()
    (number,) = stage.cycle.import_dossiers(
        stage.key, [Imported("House of anna", applicant("anna"), "anna", "en", state="working", clocks=AUCKLAND)],
        by=STAFF, now=at("2030-06-10T10:00"),
    )  # fmt: skip
    first = ends(AUCKLAND, date(2031, 6, 3))
    assert first in {row.due_at for row in stage.rows(ObligationRow)}
    between = first + 60 * 1_000_000
    stage.cycle.advance(between)
    assert change(stage, number, HONOLULU, between) == ["owed"]
    over = ends(HONOLULU, date(2031, 6, 3)) + SETTLE
    stage.cycle.advance(over)
    assert change(stage, number, HONOLULU, over) == []
    years = [(row.due_at, row.overdue_at is not None) for row in stage.rows(ObligationRow) if row.name == "report"]
    assert years == [(ends(HONOLULU, date(2031, 6, 3)), True), (ends(HONOLULU, date(2032, 6, 3)), False)]
    stage.cycle.advance(ends(HONOLULU, date(2032, 6, 3)) + SETTLE)
    assert [row.overdue_at is not None for row in stage.rows(ObligationRow) if row.name == "report"] == [True, True]


def test_what_opens_by_clocks_opens_by_the_new_ones(memory: Database) -> None:
    by_theirs = {"work     = { from = 2030-06-03, to = 2032-06-02 }":
                 'work     = { from = 2030-06-03, to = 2032-06-02, zone = "applicant" }'}  # fmt: skip
    owed = {"[obligation.report]": (
        '[deliverable.start]\ntitle = "Start"\nquestion = { words = { ask = "Words?", required = true } }\n\n'
        '[obligation.start]\nowed_by = "chosen"\nduring = "work"\ndeliver = "start"\n\n[obligation.report]'
    )}  # fmt: skip
    stage = Stage(memory, programme(edits=by_theirs | owed)).open()
    now = at("2030-05-01T10:00")
    (number,) = stage.cycle.import_dossiers(
        stage.key, [Imported("House of anna", applicant("anna"), "anna", "en", state="chosen", clocks=AUCKLAND)],
        by=STAFF, now=now,
    )  # fmt: skip
    assert change(stage, number, HONOLULU, now) == []
    opens = day_starts(date(2030, 6, 3), HONOLULU)
    assert [row.opens_at for row in stage.rows(ObligationRow) if row.name == "start"] == [opens]


def test_a_last_day_of_its_own_ends_by_the_clocks_that_a_dossier_has_then(memory: Database) -> None:
    stage = opened(memory, OWED)
    number = draft(stage, "anna", HONOLULU)
    assert hand_in(stage, number, "anna", CALL) == []
    stage.cycle.extend(stage.key, "note", date(2030, 3, 5), reason="ill", by=STAFF, now=CALL + 1, dossier=number)
    assert change(stage, number, AUCKLAND, CALL + 2) == []
    (row,) = stage.rows(ObligationRow)
    assert (row.last_day, row.due_at) == ("2030-03-05", ends(AUCKLAND, date(2030, 3, 6)))
    assert change(stage, number, HONOLULU, CALL + 3) == []
    over_there = ends(AUCKLAND, date(2030, 3, 6))
    stage.cycle.advance(over_there)
    assert change(stage, number, AUCKLAND, over_there) == ["owed"]


def test_what_is_owed_until_an_hour_is_owed_until_that_hour_there(memory: Database) -> None:
    stage = opened(memory, OWED | {"to = 2030-03-01, ": "to = 2030-03-01T17:00:00, "})
    assert hand_in(stage, draft(stage, "anna", LONDON), "anna", CALL) == []
    assert [row.due_at for row in stage.rows(ObligationRow)] == [at("2030-03-01T18:00") + 1]  # of Brussels
    assert change(stage, "SG30-001", "Europe/Helsinki", CALL + 1) == []
    assert [row.due_at for row in stage.rows(ObligationRow)] == [at("2030-03-01T16:00") + 1]
