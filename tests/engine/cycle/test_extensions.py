"""Does everything that hangs on a moved date move, and nothing else, and do those concerned hear of it?"""

from datetime import date, datetime

import pytest
from databases import fresh
from stage import CALL, CHAIR, CLOSES, GRACE, READING, SETTLE, STAFF, Stage, applicant, at, programme, refused

from engine.cycle import Upload
from engine.database.records import ExtensionRow, ObligationRow
from engine.errors import Unknown

LATER = date(2030, 3, 8)
LATER_CLOSES = at("2030-03-09T00:00")
WAIT = GRACE + SETTLE


def extend(stage: Stage, what: str, to: date, *, dossier: str | None = None, now: int = CALL, by: str = STAFF) -> None:
    stage.cycle.extend(stage.key, what, to, reason="snow", by=by, now=now, dossier=dossier)


def when(day: str, hour: str | None = None) -> dict[str, object]:
    return {"day": day, "hour": hour, "edge": "closes"}


def told(stage: Stage) -> list[tuple[tuple[str, ...], dict[str, object]]]:
    """(dossiers, extension) of every letter about an extension."""
    return [
        ((numbers_of(stage, dossier),), facts["extension"])
        for heard in stage.ear.of("deadline-extended")
        for dossier, facts in heard.told.facts_of.items()
    ]


def numbers_of(stage: Stage, dossier_id: int) -> str:
    return list(stage.states())[dossier_id - 1]


# ── For all ──────────────────────────────────────────────────────────────────


def test_an_extension_for_all_moves_the_close_and_what_hangs_on_it(either: Stage) -> None:
    draft, handed = either.draft("anna"), either.handed_in("bert")
    extend(either, "call closes", LATER)
    moved = {key: row.due_at for key, row in either.deadlines().items() if "call closes" in row.moment}
    assert moved == {
        "edge call closes": LATER_CLOSES,
        "transition lapse": LATER_CLOSES,
        "transition take_up": LATER_CLOSES,
        "reminder unfinished 1": at("2030-02-22T09:00"),
        "reminder unfinished 2": at("2030-03-05T09:00"),
    }
    either.cycle.advance(CLOSES + WAIT)
    assert either.states() == {draft: "draft", handed: "handed"}
    assert either.cycle.act(either.key, draft, "submit", by=applicant("anna"), now=LATER_CLOSES - 1) == "handed"
    either.cycle.advance(LATER_CLOSES + WAIT)
    assert either.states() == {draft: "read", handed: "read"}


def test_an_extension_is_a_recorded_decision_and_told_to_those_who_gain_time(either: Stage) -> None:
    draft, handed = either.draft("anna"), either.handed_in("bert")
    extend(either, "call closes", LATER)
    assert [
        (row.of, row.old_day, row.new_day, row.reason, row.decided_at, row.dossier_id)
        for row in either.rows(ExtensionRow)
    ] == [("call closes", "2030-03-01", "2030-03-08", "snow", CALL, None)]
    assert [(row.actor, row.details) for row in either.journal("extended")] == [
        (STAFF, {"of": "call closes", "old": "2030-03-01", "new": "2030-03-08", "reason": "snow"})
    ]
    assert told(either) == [
        ((draft,), {"of": "Call", "old": when("2030-03-01"), "new": when("2030-03-08"), "reason": "snow"})
    ]
    (letter,) = either.ear.of("deadline-extended")
    assert (letter.leaves_at, letter.shared["phases"]["call"]["closes"]) == (CALL, when("2030-03-08"))
    assert handed not in letter.numbers


def test_an_extension_may_state_an_hour(stage: Stage) -> None:
    draft = stage.draft("anna")
    extend(stage, "call closes", datetime(2030, 3, 4, 12, 0))
    late = at("2030-03-04T12:00") + GRACE + 1
    with refused("late"):
        stage.cycle.act(stage.key, draft, "submit", by=applicant("anna"), now=late)
    assert stage.journal("extended")[0].details["new"] == "2030-03-04 12:00:00"
    assert told(stage)[0][1]["new"] == when("2030-03-04", "12:00:00")


def test_an_extension_reaches_drafts_that_start_after_it(stage: Stage) -> None:
    extend(stage, "call closes", LATER)
    late = stage.draft("anna", CLOSES + GRACE)
    assert stage.cycle.act(stage.key, late, "submit", by=applicant("anna"), now=CLOSES + GRACE) == "handed"


# ── For one ──────────────────────────────────────────────────────────────────


def test_an_extension_for_one_dossier_leaves_the_others_on_time(either: Stage) -> None:
    one, other, third = either.draft("anna"), either.draft("bert"), either.draft("cleo")
    extend(either, "call closes", LATER, dossier=one)
    extend(either, "call closes", LATER, dossier=third)
    either.cycle.advance(CLOSES + WAIT)
    assert either.states() == {one: "draft", other: "lapsed", third: "draft"}
    with refused("state", "late"):
        either.cycle.act(either.key, other, "submit", by=applicant("bert"), now=CLOSES + WAIT)
    with refused("late"):
        either.draft("dora", CLOSES + WAIT)
    either.cycle.act(either.key, one, "submit", by=applicant("anna"), now=LATER_CLOSES + GRACE - 1)
    assert either.state(one) == "handed"
    either.cycle.advance(LATER_CLOSES + WAIT)
    assert either.transitions()[-3:] == [
        (one, "submit", "draft", "handed", LATER_CLOSES + GRACE - 1),
        (third, "lapse", "draft", "lapsed", LATER_CLOSES),
        (one, "take_up", "handed", "read", LATER_CLOSES),
    ]
    assert [numbers for numbers, _ in told(either)] == [(one,), (third,)]


def test_the_reminders_of_an_extended_dossier_move_with_it(either: Stage) -> None:
    one, other = either.draft("anna"), either.draft("bert")
    extend(either, "call closes", LATER, dossier=one)
    for day in ("2030-02-15", "2030-02-22", "2030-02-26", "2030-03-05"):
        either.cycle.advance(at(f"{day}T09:00"))
    assert [(heard.numbers, heard.at) for heard in either.ear.of("unfinished")] == [
        ((other,), at("2030-02-15T09:00")),
        ((one,), at("2030-02-22T09:00")),
        ((other,), at("2030-02-26T09:00")),
        ((one,), at("2030-03-05T09:00")),
    ]
    assert either.ear.of("unfinished")[-1].facts["phases"]["call"]["closes"] == when("2030-03-08")


def test_a_reminder_that_hangs_on_another_edge_still_reaches_an_extended_dossier() -> None:
    edits = {
        'when  = ["14 days before call closes", "3 days before call closes"]':
        'when  = ["3 days before call closes", "40 days after call opens"]'
    }  # fmt: skip
    stage = Stage(fresh(), programme(edits=edits)).open()
    one = stage.draft("anna")
    extend(stage, "call closes", LATER, dossier=one)
    stage.cycle.advance(at("2030-02-16T09:00"))
    assert [heard.numbers for heard in stage.ear.of("unfinished")] == [(one,)]


def test_a_longer_extension_for_all_reaches_the_dossier_that_had_a_shorter_one(either: Stage) -> None:
    short, long, plain = either.draft("anna"), either.draft("bert"), either.draft("cleo")
    extend(either, "call closes", date(2030, 3, 5), dossier=short)
    extend(either, "call closes", date(2030, 3, 20), dossier=long)
    before = len(told(either))
    extend(either, "call closes", LATER, now=CALL + 1)
    assert [(numbers, facts["old"]["day"], facts["new"]["day"]) for numbers, facts in told(either)[before:]] == [  # type: ignore[index]
        ((short,), "2030-03-05", "2030-03-08"), ((plain,), "2030-03-01", "2030-03-08"),
    ]  # fmt: skip
    either.cycle.advance(LATER_CLOSES + WAIT - 1)
    assert set(either.states().values()) == {"draft"}
    either.cycle.advance(LATER_CLOSES + WAIT)
    assert either.states() == {short: "lapsed", long: "draft", plain: "lapsed"}
    either.cycle.advance(at("2030-03-21T00:00") + WAIT)
    assert either.state(long) == "lapsed"


def test_the_form_of_an_extended_dossier_stays_open_for_it_alone(stage: Stage) -> None:
    one, other = stage.draft("anna"), stage.draft("bert")
    extend(stage, "call closes", LATER, dossier=one)
    stage.cycle.answer(stage.key, one, {"title": "New"}, by=applicant("anna"), now=LATER_CLOSES - 1)
    with refused("state"):
        stage.cycle.answer(stage.key, other, {"title": "New"}, by=applicant("bert"), now=LATER_CLOSES - 1)


# ── Obligations ──────────────────────────────────────────────────────────────


def last_days(stage: Stage, number: str) -> dict[str, str]:
    dossier_id = list(stage.states()).index(number) + 1
    return {
        f"{row.name} {row.position}": row.last_day
        for row in stage.rows(ObligationRow)
        if row.dossier_id == dossier_id and row.name != "kick_off"
    }


def test_an_obligation_is_extended_for_one_dossier_with_its_reminders(either: Stage) -> None:
    one, two = either.working("anna", "bert")
    now = at("2031-05-10T10:00")
    extend(either, "report 1", date(2031, 7, 15), dossier=one, now=now)
    assert last_days(either, one)["report 1"] == "2031-07-15"
    assert last_days(either, two)["report 1"] == "2031-06-02"
    assert told(either)[-1] == (
        (one,), {"of": "Report", "old": when("2031-06-02"), "new": when("2031-07-15"), "reason": "snow"},
    )  # fmt: skip
    heard = len(either.ear.heard)
    either.cycle.advance(at("2031-06-10T10:00"))
    assert {row.details["obligation"] for row in either.journal("overdue")} == {"accounts 1", "report 1"}
    assert [row.dossier_id for row in either.journal("overdue")] == [1, 2, 2]
    for day in ("2031-06-15", "2031-07-08"):
        either.cycle.advance(at(f"{day}T09:00"))
    reminded = [
        (one_heard.at, one_heard.numbers, [owed["name"] for owed in one_heard.facts["reminded"]])
        for one_heard in either.ear.heard[heard:]
        if one_heard.letter == "obligation-reminder" and one_heard.at > at("2031-06-10T00:00")
    ]
    assert reminded == [
        (at("2031-06-15T09:00"), (one,), ["report"]), (at("2031-07-08T09:00"), (one,), ["report"]),
    ]  # fmt: skip


def test_an_overdue_obligation_that_is_extended_is_open_again(stage: Stage) -> None:
    (number,) = stage.working("anna")
    extend(stage, "report", date(2031, 8, 1), dossier=number, now=at("2031-07-01T10:00"))
    assert last_days(stage, number)["report 1"] == "2031-08-01"
    stage.cycle.deliver(
        stage.key, number, "report", {}, files={"report": Upload("r.pdf", b"%PDF")}, by=applicant("anna"),
        now=at("2031-08-02T00:00") - 1,
    )  # fmt: skip
    assert stage.journal("delivered")[-1].details == {"deliverable": "report", "obligation": "report 1"}


def test_an_obligation_is_extended_for_all_who_owe_it(stage: Stage) -> None:
    one, two = stage.working("anna", "bert")
    extend(stage, "accounts 2", date(2032, 9, 1), now=at("2031-07-01T10:00"))
    assert {last_days(stage, number)["accounts 2"] for number in (one, two)} == {"2032-09-01"}
    assert len(stage.rows(ExtensionRow)) == 2


def test_what_is_owed_until_an_edge_follows_it(either: Stage) -> None:
    one, two = either.working("anna", "bert")
    now = at("2031-07-01T10:00")
    extend(either, "report 2", date(2032, 6, 20), dossier=two, now=now)
    before = len(told(either))
    extend(either, "work closes", date(2032, 7, 31), now=now + 1)
    assert last_days(either, one) == {
        "report 1": "2031-06-02", "report 2": "2032-07-31", "accounts 1": "2031-06-02", "accounts 2": "2032-07-31",
    }  # fmt: skip
    assert last_days(either, two)["report 2"] == "2032-06-20"
    assert [numbers for numbers, _ in told(either)[before:]] == [(one,), (two,)]
    assert either.deadlines()[f"overdue {one} 2032-07-31"].due_at == at("2032-08-01T00:00")
    assert f"overdue {one} 2032-06-02" not in either.deadlines()


# ── Refused ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("what", "to", "reason", "by", "codes"),
    [
        ("call closes", LATER, "snow", CHAIR, ("role",)),
        ("call closes", LATER, "  ", STAFF, ("reason",)),
        ("call closes", LATER, "", CHAIR, ("role", "reason")),
        ("call closes", date(2030, 3, 1), "snow", STAFF, ("same",)),
        ("call closes", date(2030, 1, 31), "snow", STAFF, ("past",)),
        ("call closes", date(2030, 1, 6), "snow", STAFF, ("past", "order")),
        ("call opens", LATER, "snow", STAFF, ("fired", "order")),
        ("notice opens", date(2030, 4, 6), "snow", STAFF, ("order",)),
        ("report", LATER, "snow", STAFF, ("obligation",)),
    ],
)
def test_an_extension_is_refused_with_every_reason_and_changes_nothing(
    stage: Stage, what: str, to: date, reason: str, by: str, codes: tuple[str, ...]
) -> None:
    stage.draft("anna")
    before = stage.dump()
    with refused(*codes):
        stage.cycle.extend(stage.key, what, to, reason=reason, by=by, now=CALL)
    assert stage.dump() == before


def test_what_has_fired_is_not_moved(stage: Stage) -> None:
    number = stage.draft("anna")
    before = stage.dump(READING)
    for dossier in (None, number):
        with refused("fired"):
            extend(stage, "call closes", date(2030, 4, 1), dossier=dossier, now=READING)
    assert stage.dump() == before


def test_until_the_close_has_fired_it_can_still_be_extended(stage: Stage) -> None:
    number = stage.draft("anna")
    extend(stage, "call closes", LATER, dossier=number, now=CLOSES + WAIT - 1)
    stage.cycle.advance(CLOSES + WAIT)
    assert stage.state(number) == "draft"


def test_an_unknown_moment_is_told_with_the_nearest_one(stage: Stage) -> None:
    with pytest.raises(Unknown) as unknown:
        extend(stage, "cal closes", LATER)
    assert str(unknown.value) == 'there is no moment or obligation "cal closes"; did you mean "call closes"?'


def test_a_call_that_is_shortened_so_far_reminds_at_once_and_that_is_no_disorder() -> None:
    stage = Stage(fresh()).open()
    now = at("2030-01-10T10:00")
    stage.draft("anna", now)
    stage.cycle.extend(stage.key, "call closes", date(2030, 1, 14), reason="a fire", by=STAFF, now=now)
    stage.cycle.advance(now)
    fired = [row.details["name"] for row in stage.journal("due")]
    assert (fired.index("edge call opens") < fired.index("reminder unfinished 1"), stage.broken()) == (True, [])
