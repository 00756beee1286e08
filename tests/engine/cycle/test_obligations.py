"""What does a dossier owe, when is it reminded, and what fulfils it?"""

from databases import fresh
from stage import (
    CHAIR,
    PDF,
    SETTLE,
    STAFF,
    Stage,
    applicant,
    at,
        programme,
    refused,
)

from engine.database.records import DeliveryRow, ObligationRow
from engine.database.store import state_of

YEARS_LATER = at("2033-01-01T10:00")


def owed(stage: Stage) -> list[tuple[str, int, str]]:
    return [(row.name, row.position, state_of(row)) for row in stage.rows(ObligationRow)]


def deliver(stage: Stage, number: str, name: str, now: int, who: str = "anna") -> None:
    answers = {"spent": 100} if name == "accounts" else {}
    files = {"report": PDF} if name == "report" else {}
    stage.cycle.deliver(stage.key, number, name, answers, files=files, by=applicant(who), now=now)


def test_obligations_are_laid_out_once_with_the_windows_of_each_year(either: Stage) -> None:
    (number,) = either.working("anna")
    assert [
        (row.name, row.position, row.opens_at, row.due_at, row.last_day)
        for row in either.rows(ObligationRow)
        if row.name != "kick_off"
    ] == [
        ("report", 1, at("2030-06-03T00:00"), at("2031-06-03T00:00"), "2031-06-02"),
        ("report", 2, at("2031-06-03T00:00"), at("2032-06-03T00:00"), "2032-06-02"),
        ("accounts", 1, at("2030-06-03T00:00"), at("2031-06-03T00:00"), "2031-06-02"),
        ("accounts", 2, at("2031-06-03T00:00"), at("2032-06-03T00:00"), "2032-06-02"),
    ]
    assert number == "SG30-001"


def test_a_delivery_fulfils_the_earliest_open_obligation_and_nothing_before_it_is_asked(either: Stage) -> None:
    (number,) = either.working("anna")
    deliver(either, number, "report", at("2031-01-10T10:00"))
    before = either.dump()
    with refused("obligation") as sentences:
        deliver(either, number, "report", at("2031-01-11T10:00"))
    assert sentences == [f'nothing asks {number} for "Report" (report) now']
    assert either.dump() == before
    deliver(either, number, "report", at("2031-06-03T00:00"))
    assert owed(either) == [
        ("kick_off", 1, "fulfilled"), ("report", 1, "fulfilled"), ("report", 2, "fulfilled"),
        ("accounts", 1, "open"), ("accounts", 2, "open"),
    ]  # fmt: skip


def test_what_is_not_delivered_in_time_is_overdue_and_is_taken_late_all_the_same(either: Stage) -> None:
    (number,) = either.working("anna")
    due = at("2031-06-03T00:00")
    either.cycle.advance(due + SETTLE - 1)
    assert ("report", 1, "open") in owed(either)
    either.cycle.advance(due + SETTLE)
    assert [(row.at, row.details) for row in either.journal("overdue")] == [
        (due, {"obligation": "accounts 1"}), (due, {"obligation": "report 1"}),
    ]  # fmt: skip
    assert {row.overdue_at for row in either.rows(ObligationRow) if row.position == 1 and row.name != "kick_off"} == {
        due
    }
    deliver(either, number, "report", due + SETTLE + 1)
    assert [(row.late, row.received_at) for row in either.rows(DeliveryRow)] == [(True, due + SETTLE + 1)]
    assert ("report", 1, "fulfilled") in owed(either)
    assert ("report", 2, "open") in owed(either)


def test_a_delivery_in_the_last_microsecond_is_on_time(stage: Stage) -> None:
    (number,) = stage.working("anna")
    deliver(stage, number, "report", at("2031-06-03T00:00") - 1)
    deliver(stage, number, "accounts", at("2031-06-03T00:00"))
    assert [row.late for row in stage.rows(DeliveryRow)] == [False, True]


def test_an_incomplete_delivery_and_one_by_a_foreigner_are_refused_with_every_reason(stage: Stage) -> None:
    (number,) = stage.working("anna")
    now = at("2031-01-10T10:00")
    before = stage.dump(now)
    with refused("role", "question", "form"):
        stage.cycle.deliver(stage.key, number, "report", {"raport": "x"}, by=CHAIR, now=now)
    assert stage.dump() == before


def test_an_excused_obligation_counts_as_fulfilled(stage: Stage) -> None:
    (number,) = stage.working("anna")
    now = at("2031-01-10T10:00")
    for name in ("report", "accounts"):
        deliver(stage, number, name, now)
    with refused("fulfilled", "fulfilled"):
        stage.cycle.act(stage.key, number, "finish", by=STAFF, now=now)
    stage.cycle.excuse(stage.key, number, "report 2", reason="closed early", by=STAFF, now=now)
    stage.cycle.excuse(stage.key, number, "accounts", reason="closed early", by=STAFF, now=now)
    with refused("obligation"):
        stage.cycle.excuse(stage.key, number, "accounts", reason="closed early", by=STAFF, now=now)
    assert stage.cycle.act(stage.key, number, "finish", by=STAFF, now=now) == "done"


def test_reminders_of_one_day_are_one_letter_and_only_of_what_is_open(either: Stage) -> None:
    one, two, *_ = either.working("anna", "bert")
    deliver(either, two, "accounts", at("2031-05-20T10:00"), who="bert")
    first, second = at("2031-05-03T09:00"), at("2031-05-26T09:00")
    either.cycle.advance(first)
    told = len(either.ear.heard)
    assert [
        (heard.numbers, [owed["name"] for owed in heard.facts["reminded"]], heard.leaves_at)
        for heard in either.ear.of("obligation-reminder")
        if heard.at in (first, second)
    ] == [((one,), ["report"], at("2031-05-20T10:00")), ((two,), ["report"], at("2031-05-20T10:00"))]
    either.cycle.advance(second)
    assert [
        (heard.numbers, [owed["name"] for owed in heard.facts["reminded"]], heard.leaves_at)
        for heard in either.ear.heard[told:]
    ] == [((one,), ["accounts", "report"], second), ((two,), ["report"], second)]


def test_after_an_outage_over_both_reminders_the_last_says_it_all(stage: Stage) -> None:
    (number,) = stage.working("anna")
    stage.cycle.advance(at("2031-05-30T10:00"))
    (told,) = [heard for heard in stage.ear.of("obligation-reminder") if heard.at > at("2031-01-01T00:00")]
    assert (told.at, [owed["name"] for owed in told.facts["reminded"]]) == (
        at("2031-05-26T09:00"), ["accounts", "report"],
    )  # fmt: skip
    assert [row.details["name"] for row in stage.journal("missed")][-1:] == [f"remind {number} 2031-05-03"]


def test_nobody_is_reminded_of_one_thing_twice_because_another_is_due_later() -> None:
    """After an outage a reminder of two things says only what no later one says."""
    two = {'deliver = "accounts"\nremind  = ["7 days"]': 'deliver = "accounts"\nremind  = ["7 days", "2 days"]'}
    stage = Stage(fresh(), programme(edits=two)).open()
    (number,) = stage.working("anna")
    told = len(stage.ear.heard)
    stage.cycle.advance(at("2031-06-01T10:00"))
    assert [(heard.at, [owed["name"] for owed in heard.facts["reminded"]]) for heard in stage.ear.heard[told:]] == [
        (at("2031-05-26T09:00"), ["report"]), (at("2031-05-31T09:00"), ["accounts"]),
    ]  # fmt: skip
    assert number == "SG30-001"


def test_a_dossier_at_its_end_is_reminded_of_nothing_and_nothing_is_overdue(stage: Stage) -> None:
    (number,) = stage.working("anna")
    stage.cycle.act(stage.key, number, "stop", by=STAFF, now=at("2030-07-01T10:00"), reason="closed")
    told = len(stage.ear.heard)
    stage.cycle.advance(YEARS_LATER)
    assert stage.ear.letters(since=told) == []
    assert stage.journal("overdue") == []
