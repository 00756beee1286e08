"""Other rules and dates take the place of those that a round runs on."""

import threading

import pytest
from stage import CALL, CLOSES, GRACE, MEMBER, READING, SETTLE, SMALL, STAFF, Stage, at, programme

from engine.cycle.planning import plan
from engine.database.records import ObligationRow, VersionRow
from engine.errors import Refused
from engine.files.reading import Programme

LATER = {"to = 2030-03-01, grace": "to = 2030-03-03, grace"}
RENAMED = SMALL.replace('"read"', '"studied"').replace("\nread      =", "\nstudied   =")


def changed(edits: dict[str, str]) -> Programme:
    return programme(edits=edits)


def replace(stage: Stage, new: Programme, now: int, **more: object) -> int | None:
    return stage.cycle.replace_rules(stage.key, new, reason="the board said so", by=STAFF, now=now, **more)  # type: ignore[arg-type]


def test_what_has_not_fired_follows_and_what_has_fired_stays(stage: Stage) -> None:
    stage.handed_in("anna")
    before = stage.deadlines()
    assert replace(stage, changed(LATER), CALL + 5) == 2
    after = stage.deadlines()
    assert after["edge call opens"].model_dump() == before["edge call opens"].model_dump()
    assert after["edge call closes"].due_at == at("2030-03-04T00:00")
    assert before["edge call closes"].due_at == CLOSES
    [version] = stage.rows(VersionRow)
    assert (version.position, version.before, version.at, version.reason, version.mapped, version.dossiers) == (
        2, stage.programme.digest, CALL + 5, "the board said so", {}, 0,
    )
    assert stage.journal("round replaced")[0].details == {
        "version": 2, "before": version.before, "after": version.after, "reason": "the board said so",
        "after_move": version.moves_before,
    }
    stage.cycle.advance(READING)
    assert stage.state("SG30-001") == "read"


def test_a_state_that_goes_strands_nobody_who_is_led_elsewhere(stage: Stage) -> None:
    number = stage.handed_in("anna")
    stage.cycle.advance(READING)
    new = programme(RENAMED)
    with pytest.raises(Refused, match=r'no state "read" \("Being read"\), in which one dossier stands'):
        replace(stage, new, READING)
    assert (stage.rows(VersionRow), stage.state(number)) == ([], "read")
    assert replace(stage, new, READING, mapped={"read": "studied"}) == 2
    assert stage.transitions()[-1] == (number, "mapped over", "read", "studied", READING)
    stage.cycle.recommend(stage.key, number, "words", by=MEMBER, now=READING + 1)
    stage.cycle.verdict(stage.key, number, "choose", by="chair@jury.example", now=READING + 2)
    for who in (STAFF,):
        stage.cycle.approve(stage.key, "notice opens", by=who, now=READING + 3)
    stage.cycle.advance(at("2030-04-05T09:00"))
    assert stage.state(number) == "chosen"


def test_the_plan_says_what_is_then_done(stage: Stage) -> None:
    number = stage.handed_in("anna")
    stage.draft("bert", complete=False)
    new = changed(LATER)
    foreseen = plan(stage.cycle, stage.key, new, now=CALL + 5)
    assert (foreseen.reasons, [(one.moment, one.now, one.dossiers) for one in foreseen.dates]) == (
        (), [("call closes", at("2030-03-04T00:00"), 1)],
    )
    replace(stage, new, CALL + 5)
    stage.cycle.advance(at("2030-03-10T10:00"))
    assert foreseen.after is not None
    assert (stage.state(number), stage.state("SG30-002")) == ("read", foreseen.after.states["SG30-002"])


def test_it_is_done_once_and_whoever_looked_at_another_plan_is_told(stage: Stage) -> None:
    new, opened = changed(LATER), stage.programme.digest
    assert replace(stage, new, CALL, opened=opened) == 2
    assert replace(stage, new, CALL + 1, opened=opened) is None
    with pytest.raises(Refused, match="given other rules since you looked"):
        replace(stage, changed({"to = 2030-03-01, grace": "to = 2030-03-02, grace"}), CALL + 2, opened=opened)
    assert [row.position for row in stage.rows(VersionRow)] == [2]


def test_it_can_be_put_back_and_history_keeps_its_names(stage: Stage) -> None:
    number = stage.handed_in("anna")
    stage.cycle.advance(READING)
    replace(stage, programme(RENAMED), READING, mapped={"read": "studied"})
    assert replace(stage, stage.programme, READING + 1, mapped={"studied": "read"}) == 3
    with stage.database.reading() as session:
        scene = stage.cycle.look(session, stage.key, READING + 1)
        studied = scene.workflow.states["studied"]
    assert (studied.title, studied.retired) == ("Being read", True)
    assert [move[1:4] for move in stage.transitions() if move[0] == number][-2:] == [
        ("mapped over", "read", "studied"), ("mapped over", "studied", "read"),
    ]  # fmt: skip


def test_only_staff_do_it_and_they_say_why(stage: Stage) -> None:
    for by, reason, why in ((MEMBER, "so", "staff"), (STAFF, " ", "a written reason is required")):
        with pytest.raises(Refused, match=why):
            stage.cycle.replace_rules(stage.key, changed(LATER), reason=reason, by=by, now=CALL)
    assert stage.rows(VersionRow) == []


@pytest.mark.parametrize(
    ("edits", "why"),
    [
        ({"from = 2030-01-07": "from = 2030-01-08"}, r'"call opens" has passed \(2030-01-07 00:00\)'),
        ({"to = 2030-03-01, grace": "to = 2030-02-20, grace"}, '"call closes" would be 2030-02-21 00:00, which is'),
        ({'number   = "SG30"': 'number   = "SG31"'}, 'the number of a round that runs stays "SG30"'),
        ({'timezone = "Europe/Brussels"': 'timezone = "Europe/London"'}, "the time zone of a round that runs stays"),
        ({'kind     = "money"\nat_most  = 5000': 'kind     = "text"'}, 'have answered "amount" as money'),
    ],
)
def test_what_has_passed_or_was_given_is_not_changed(stage: Stage, edits: dict[str, str], why: str) -> None:
    stage.draft("anna", complete="money" in str(edits))
    now = at("2030-02-26T10:00")
    with pytest.raises(Refused, match=why):
        replace(stage, changed(edits), now)
    assert plan(stage.cycle, stage.key, changed(edits), now=now).after is None


def test_a_verdict_that_stands_can_still_take_effect(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    stage.cycle.verdict(stage.key, number, "choose", by="chair@jury.example", now=READING)
    new = programme(SMALL.replace("[transition.choose]", "[transition.pick]"))
    with pytest.raises(Refused, match=rf'the verdict "choose" stands on {number}'):
        replace(stage, new, READING + 1)
    stage.cycle.withdraw_verdict(stage.key, number, by="chair@jury.example", now=READING + 2)
    assert replace(stage, new, READING + 3) == 2


def test_an_approval_is_void_where_the_batch_holds_something_else(stage: Stage) -> None:
    (number,) = stage.under_decision("anna")
    stage.cycle.verdict(stage.key, number, "choose", by="chair@jury.example", now=READING)
    stage.cycle.approve(stage.key, "notice opens", by=STAFF, now=READING)
    new = changed({', jury = "granted-list" }\nrelease': " }\nrelease"})
    assert plan(stage.cycle, stage.key, new, now=READING).void == ("notice opens",)
    replace(stage, new, READING)
    assert [one.released for one in stage.cycle.batches(stage.key, READING)] == [False]


def test_reminders_whose_day_has_passed_are_not_sent_today(stage: Stage) -> None:
    stage.draft("anna")
    now = at("2030-02-24T10:00")
    stage.cycle.advance(now)
    heard = len(stage.ear.heard)
    replace(stage, changed({'["14 days before call closes", "3 days': '["14 days before call closes", "10 days'}), now)
    stage.cycle.advance(now)
    assert (len(stage.ear.heard), stage.deadlines()["reminder unfinished 2"].ending) == (heard, "passed")


def test_debts_follow_their_rule_and_what_was_excused_stays(stage: Stage) -> None:
    stage.working("anna")
    now = at("2030-06-10T09:00")
    stage.cycle.excuse(stage.key, "SG30-001", "report 1", reason="a birth", by=STAFF, now=now)
    before = owed(stage)
    new = changed({"to = 2032-06-02": "to = 2033-06-02"})
    foreseen = plan(stage.cycle, stage.key, new, now=now, until=now + 1)
    replace(stage, new, now)
    after = owed(stage)
    gone = [one for one in before if one not in after]
    more = {one[0] for one in after if one not in before}
    assert (gone, more) == ([], {"report", "accounts"})
    assert foreseen.after is not None
    assert sum(foreseen.after.debts.values()) == len(after)


def owed(stage: Stage) -> list[tuple[str, int, str, bool]]:
    return [(row.name, row.position, row.last_day, row.excused_at is not None) for row in stage.rows(ObligationRow)]


def test_beside_an_alarm_that_fires_what_moves_happens_once_and_in_order(stage: Stage) -> None:
    """Whichever holds the round first: the close happens by the dates of before, or by those of after."""
    number, now = stage.handed_in("anna"), CLOSES + GRACE + SETTLE
    outcomes: list[str] = []

    def change() -> None:
        try:
            replace(stage, changed(LATER), now)
            outcomes.append("replaced")
        except Refused as refused:
            outcomes.append(refused.reasons[0].code)

    if stage.database.is_shared:
        begin = threading.Barrier(2)
        works = (lambda: stage.cycle.advance(now), change)
        workers = [threading.Thread(target=lambda work=work: (begin.wait(), work())) for work in works]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    else:
        change()
    # an act lets the calendar catch up first: the close has passed before anybody can move it
    assert (outcomes, stage.state(number), stage.rows(VersionRow)) == (["fired"], "read", [])
    assert [move for move in stage.transitions() if move[0] == number and move[3] == "read"] == [
        (number, "take_up", "handed", "read", CLOSES)
    ]


def test_what_is_torn_in_two_is_not_there(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    number = stage.handed_in("anna")
    stage.cycle.advance(READING)
    before = stage.dump()

    def breaks(*_given: object, **_named: object) -> None:
        raise RuntimeError("the machine died")

    with monkeypatch.context() as patched:
        patched.setattr("engine.cycle.following.follow_meetings", breaks)
        with pytest.raises(RuntimeError, match="the machine died"):
            replace(stage, programme(RENAMED), READING, mapped={"read": "studied"})
    assert stage.dump() == before
    assert replace(stage, programme(RENAMED), READING, mapped={"read": "studied"}) == 2
    assert stage.state(number) == "studied"
