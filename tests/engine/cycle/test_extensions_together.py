"""Is an extension of several dossiers one decision, and is it as if it had never been once it is taken back?"""

from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa
from databases import fresh
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from played_rounds import UNDO
from sqlmodel import col
from stage import CALL, CHAIR, CLOSES, GRACE, MEMBER, SETTLE, STAFF, STAFF_2, Stage, applicant, at, refused

from engine.cycle.decided import NotForAll
from engine.cycle.trying import trying
from engine.database.records import ExtensionRow, NotificationRow
from engine.errors import Refused, Unknown

LATER = date(2030, 3, 8)
WAIT = GRACE + SETTLE
REMINDED = at("2030-02-26T09:00")
"""when the small round reminds of an unfinished draft, three days before the call closes"""


def extend(
    stage: Stage, *numbers: str, to: date | datetime = LATER, of: str = "call closes", now: int = CALL,
    undo_for: int | None = UNDO, once: str | None = None, everyone: bool = False,
) -> int:  # fmt: skip
    return stage.cycle.extend_each(
        stage.key, of, to, reason="snow", by=STAFF, now=now, dossiers=None if everyone else numbers,
        undo_for=undo_for, once=once,
    )  # fmt: skip


def take_back(stage: Stage, extension: int, now: int = CALL + 1) -> None:
    stage.cycle.take_back(stage.key, extension, by=STAFF_2, now=now)


def letters(stage: Stage) -> list[tuple[str, str, int]]:
    """(address, status, leaves at) of every letter about an extension."""
    return [
        (row.address, row.status, row.leaves_at)
        for row in stage.rows(NotificationRow)
        if row.letter == "deadline-extended"
    ]


def due(stage: Stage) -> dict[str, tuple[int, int, int | None, str | None]]:
    return {key: (row.due_at, row.fires_at, row.valid_until, row.ending) for key, row in stage.deadlines().items()}


# ── Several as one ───────────────────────────────────────────────────────────


def test_several_dossiers_get_a_date_by_one_decision(stage: Stage) -> None:
    one, other, third = (stage.draft(who) for who in ("anna", "bert", "cleo"))
    number = extend(stage, one, third, undo_for=None)
    rows = stage.rows(ExtensionRow)
    assert [(row.id, row.first_id, row.new_day) for row in rows] == [
        (number, None, "2030-03-08"), (number + 1, number, "2030-03-08"),
    ]  # fmt: skip
    assert [(address, at) for address, _, at in letters(stage)] == [
        (applicant("anna"), CALL), (applicant("cleo"), CALL),
    ]  # fmt: skip
    stage.cycle.advance(CLOSES + WAIT)
    assert stage.states() == {one: "draft", other: "lapsed", third: "draft"}


def test_when_one_cannot_have_it_nobody_gets_it(stage: Stage) -> None:
    one, other = stage.draft("anna"), stage.draft("bert")
    extend(stage, other, undo_for=None)
    before = stage.dump()
    with pytest.raises(NotForAll) as told:
        extend(stage, one, other)
    assert {number: [reason.code for reason in against] for number, against in told.value.against.items()} == {
        other: ["same"]
    }
    assert stage.dump() == before


@pytest.mark.parametrize(
    ("to", "codes"),
    [(date(2030, 2, 1), ("past", "order")), (date(2030, 3, 1), ("same",)), (datetime(2030, 3, 31, 2, 30), None)],
    ids=["past", "same", "lost hour"],
)
def test_a_date_that_will_not_do_is_refused_for_everybody_and_nothing_is_kept(
    either: Stage, to: date, codes: tuple[str, ...] | None
) -> None:
    now = at("2030-02-20T10:00")
    either.draft("anna")
    before = either.dump(now)
    if codes is None:
        with pytest.raises(Exception, match="does not exist in Europe/Brussels"):
            extend(either, to=to, now=now, everyone=True)
    else:
        with refused(*codes[:1]):
            extend(either, to=to, now=now, everyone=True)
    assert either.dump() == before


def test_nobody_chosen_or_no_such_dossier_is_refused(either: Stage) -> None:
    one = either.draft("anna")
    before = either.dump()
    with refused("chosen"):
        extend(either)
    with pytest.raises(Unknown):
        extend(either, one, "SG30-999")
    with pytest.raises(Unknown):
        extend(either, one, of="call shuts")
    assert either.dump() == before


def test_whoever_has_a_conflict_with_a_dossier_extends_it_no_more(either: Stage) -> None:
    number = either.handed_in("anna")
    either.cycle.add_person(
        either.key, email=MEMBER, name="", language="en", role="staff", by=STAFF, now=CALL
    )  # fmt: skip
    either.cycle.advance(CLOSES + WAIT)
    either.cycle.declare_conflict(either.key, number, by=MEMBER, now=CLOSES + WAIT)
    with pytest.raises(Unknown):
        either.cycle.extend_each(
            either.key, "reading closes", date(2030, 4, 2), reason="snow", by=MEMBER, now=CLOSES + WAIT + 1,
            dossiers=[number],
        )  # fmt: skip
    assert CHAIR != MEMBER


def test_the_same_form_sent_twice_is_one_decision(either: Stage) -> None:
    one, other = either.draft("anna"), either.draft("bert")
    first = extend(either, one, other, once="a key")
    assert extend(either, other, one, once="a key", now=CALL + 5) == first
    assert len(either.rows(ExtensionRow)) == 2
    with refused("once"):
        extend(either, one, once="a key", now=CALL + 6)


# ── Taken back ───────────────────────────────────────────────────────────────


@pytest.mark.parametrize("everyone", [False, True])
def test_what_is_taken_back_is_as_if_it_had_never_been(stage: Stage, everyone: bool) -> None:
    one, other = stage.draft("anna"), stage.draft("bert")
    extend(stage, other, to=date(2030, 3, 5), undo_for=None)
    before = due(stage)
    number = extend(stage, everyone=True) if everyone else extend(stage, one, other)
    assert due(stage) != before
    assert {(status, leaves) for _, status, leaves in letters(stage)[1:]} == {("waiting", CALL + UNDO)}
    take_back(stage, number)
    assert due(stage) == before
    assert {status for _, status, _ in letters(stage)[1:]} == {"cancelled"}
    take_back(stage, number, CALL + 2)  # what is taken back stays so
    (noted,) = stage.journal("extension taken back")
    assert (noted.actor, noted.details) == (STAFF_2, {"extension": number, "letters": 2})
    stage.cycle.advance(CLOSES + WAIT)
    assert stage.states() == {one: "lapsed", other: "draft"}


def test_an_obligation_goes_back_too_with_its_reminders(stage: Stage) -> None:
    (number, other), now = stage.working("anna", "bert"), at("2030-06-10T10:00")
    before = due(stage)
    extension = stage.cycle.extend_each(
        stage.key, "report", date(2031, 8, 1), reason="ill", by=STAFF, now=now, dossiers=[number, other], undo_for=UNDO
    )
    assert due(stage) != before
    take_back(stage, extension, now + UNDO - 1)
    assert due(stage) == before


def test_what_hangs_on_an_edge_goes_back_with_it(stage: Stage) -> None:
    stage.working("anna", "bert")
    now, before = at("2030-06-10T10:00"), due(stage)
    extension = extend(stage, of="work closes", to=date(2032, 8, 1), now=now, everyone=True)
    assert due(stage) != before
    take_back(stage, extension, now + 1)
    assert due(stage) == before


def test_a_reminder_that_all_others_got_meanwhile_is_made_up_for(either: Stage) -> None:
    one, other = either.draft("anna"), either.draft("bert")
    now = REMINDED - UNDO // 2
    extension = extend(either, one, now=now)
    heard = len(either.ear.heard)
    either.cycle.advance(REMINDED)
    reminded = [numbers for _, letter, numbers in either.ear.letters(since=heard) if letter == "unfinished"]
    assert reminded == [(other,)]
    take_back(either, extension, REMINDED + 1)
    either.cycle.advance(REMINDED + 1)
    reminded = [numbers for _, letter, numbers in either.ear.letters(since=heard) if letter == "unfinished"]
    assert reminded == [(other,), (one,)]


def test_it_is_not_taken_back_when_the_time_is_over_or_there_is_none(either: Stage) -> None:
    one, other = either.draft("anna"), either.draft("bert")
    first, second = extend(either, one), extend(either, other, undo_for=None)
    with refused("stands"):
        take_back(either, first, CALL + UNDO)
    with refused("stands"):
        take_back(either, second)
    with pytest.raises(Unknown):
        take_back(either, 99)


def test_it_is_not_taken_back_once_a_letter_has_left(either: Stage) -> None:
    one, other = either.draft("anna"), either.draft("bert")
    number = extend(either, one, other)
    either.tampered = "no postman is at work here"
    with either.database.transaction() as session:
        session.connection().execute(
            sa.update(NotificationRow).where(col(NotificationRow.address) == applicant("bert")).values(status="sent")
        )
    before = either.dump()
    with refused("stands") as sentences:
        take_back(either, number)
    assert "bert@applicant.example has left" in sentences[0]
    assert either.dump() == before


def test_it_is_not_taken_back_once_the_old_date_is_past_or_the_date_has_moved_on(either: Stage) -> None:
    one = either.draft("anna")
    now = CLOSES - UNDO // 2
    first = extend(either, one, now=now)
    second = extend(either, one, to=date(2030, 3, 12), now=now + 1)
    with refused("stands"):
        take_back(either, first, now + 2)
    take_back(either, second, now + 3)
    with refused("past"):
        take_back(either, first, CLOSES + 1)
    take_back(either, first, CLOSES - 1)


def test_only_staff_take_back(either: Stage) -> None:
    number = extend(either, either.draft("anna"))
    with refused("role"):
        either.cycle.take_back(either.key, number, by=CHAIR, now=CALL + 1)


# ── As if it had never been, whatever was extended ──────────────────────────

OTHER_DAYS = st.sampled_from([date(2030, 2, 27), *(date(2030, 3, day) for day in (1, 4, 8)), date(2030, 4, 1)])
WHOM = st.sampled_from([None, ("SG30-001",), ("SG30-002", "SG30-001"), ("SG30-003",)])
WHEN = st.sampled_from([CALL, REMINDED - UNDO // 2, at("2030-02-27T10:00")])


def played(before: tuple[tuple[str, ...] | None, date] | None) -> Stage:
    stage = Stage(fresh()).open()
    for who in ("anna", "bert"):
        stage.draft(who)
    stage.handed_in("cleo")
    if before:
        try_extending(stage, *before, CALL)
    return stage


def try_extending(stage: Stage, whom: tuple[str, ...] | None, to: date, now: int) -> int | None:
    try:
        return extend(stage, *(whom or ()), to=to, now=now, everyone=whom is None)
    except Refused:
        return None


def is_taken_back(stage: Stage, number: int, now: int) -> bool:
    """Whether an extension was taken back: not where a reminder came at once, because it was to an earlier day."""
    try:
        take_back(stage, number, now)
    except Refused as refused:
        if [reason.facts.get("because") for reason in refused.reasons] != ["fired"]:
            raise
        return False
    return True


def story(stage: Stage) -> tuple[list[object], list[object]]:
    """What becomes of the round, and who hears of what, without the letters about extensions."""
    stage.cycle.advance(at("2030-04-10T10:00"))
    moves: list[object] = sorted(stage.transitions())
    told = [one for one in stage.ear.letters() if one[1] != "deadline-extended"]
    return moves, sorted((role, letter, number) for role, letter, numbers in told for number in numbers)


@pytest.mark.parametrize("whom", [None, ("SG30-002", "SG30-001")])
def test_a_round_goes_on_as_if_there_had_been_no_extension_that_was_taken_back(whom: tuple[str, ...] | None) -> None:
    goes_on_as_if_never(None, whom, LATER, REMINDED - UNDO // 2)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.none() | st.tuples(WHOM, OTHER_DAYS), WHOM, OTHER_DAYS, WHEN)
def test_a_round_goes_on_so_whatever_was_extended(
    before: tuple[tuple[str, ...] | None, date] | None, whom: tuple[str, ...] | None, to: date, now: int
) -> None:
    goes_on_as_if_never(before, whom, to, now)


def goes_on_as_if_never(
    before: tuple[tuple[str, ...] | None, date] | None, whom: tuple[str, ...] | None, to: date, now: int
) -> None:
    """An extension, taken back at the last moment, changes neither what becomes of a round nor who hears of what."""
    twin, stage = played(before), played(before)
    for one in (twin, stage):
        one.cycle.advance(now)
    number = try_extending(stage, whom, to, now)
    for one in (twin, stage):
        one.cycle.advance(now + UNDO - 2)
    if number is not None and not is_taken_back(stage, number, now + UNDO - 1):
        return
    for one in (twin, stage):
        one.cycle.advance(now + UNDO)
    assert story(stage) == story(twin)


# ── What is foretold ─────────────────────────────────────────────────────────


@pytest.mark.parametrize("whom", [None, ("SG30-002", "SG30-001")])
def test_what_is_foretold_of_an_extension_is_what_then_happens(whom: tuple[str, ...] | None) -> None:
    is_foretold(None, whom, LATER, CALL)


@pytest.mark.slow
@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(st.none() | st.tuples(WHOM, OTHER_DAYS), WHOM, OTHER_DAYS, WHEN)
def test_whatever_is_extended_is_foretold(
    before: tuple[tuple[str, ...] | None, date] | None, whom: tuple[str, ...] | None, to: date, now: int
) -> None:
    is_foretold(before, whom, to, now)


def is_foretold(
    before: tuple[tuple[str, ...] | None, date] | None, whom: tuple[str, ...] | None, to: date, now: int
) -> None:
    """What a trial says of an extension, its dates, letters and refusals, is what the act then does."""
    stage = played(before)
    stage.cycle.advance(now)
    was, known = due(stage), stage.dump()

    def does(act: Callable[..., int]) -> list[str] | None:
        try:
            act(
                stage.key, "call closes", to, reason="snow", by=STAFF, now=now,
                dossiers=None if whom is None else list(whom), undo_for=UNDO,
            )  # fmt: skip
        except NotForAll as told:
            return [f"{number}: {reason}" for number, reasons in told.against.items() for reason in reasons]
        except Refused as problem:
            return [str(problem)]
        return None

    with trying(stage.cycle, stage.key, now) as trial:
        refused_first = does(trial.extend_each)
        foretold = trial.consequences()
    assert stage.dump() == known
    assert does(stage.cycle.extend_each) == refused_first
    after = due(stage)
    instants = {key: (was.get(key, (None,))[0], row[0]) for key, row in after.items()}
    moved = {key: (old, new) for key, (old, new) in instants.items() if old != new}
    assert {one.key: (one.before, one.after) for one in foretold.dated} == moved
    assert foretold.letters == len(stage.rows(NotificationRow)) - len(known["notification"])
