"""A programme's folder is read into records; what is wrong with it is told with its place."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest

from engine.errors import GrantcycleError
from engine.files.complaints import Complaints
from engine.files.reading import Programme, examine, folder_digest, load, read_folder, read_programme
from engine.rules.conditions import Guard
from engine.rules.moments import Calendar, from_instant
from engine.rules.questions import Question
from engine.rules.round import LocalEdge, PhaseDates, Round, Session
from engine.rules.times import Moment, Span, Window
from engine.rules.workflow import Deliverable, Meeting, Obligation, Promise, Reminder, Slots, State, Transition

ROOT = Path(__file__).parents[3]
BASE = ROOT / "tests/refused/base"
RUNNING = Window(Moment("running", "opens"), Moment("running", "closes"), "running")


@pytest.fixture(scope="module")
def base() -> Programme:
    return load(BASE)


def test_a_folder_is_named_after_itself(base: Programme) -> None:
    assert (base.name, base.workflow.programme, base.rounds["2030"].key) == ("base", "base", "base/2030")


def test_a_verdict_is_read(base: Programme) -> None:
    assert base.workflow.transitions["choose"] == Transition(
        name="choose",
        sources=("handed",),
        target="chosen",
        by="board",
        window=Window(Moment("reading", "opens"), Moment("reading", "closes")),
        guards=(Guard("score_at_least", 6), Guard("at_most", 3)),
        if_not={"staff": "held-back"},
        takes_effect=Moment("running", "opens"),
        release="hold",
        tell={"applicant": "granted"},
        position=2,
    )


def test_a_calendar_move_is_read(base: Programme) -> None:
    assert base.workflow.transitions["finish"] == Transition(
        name="finish",
        sources=("chosen",),
        target="done",
        when=Moment("running", "closes"),
        guards=(Guard("fulfilled", "all"),),
        if_not={"staff": "held-back"},
        position=4,
    )


def test_the_other_tables_are_read(base: Programme) -> None:
    workflow = base.workflow
    assert workflow.states["chosen"] == State("chosen", "Chosen", "Granted", "Chosen", "running")
    assert workflow.states["lapsed"] == State("lapsed", "Lapsed", "Lapsed", "Lapsed", None, frees_place=True)
    assert workflow.questions["amount"] == Question("amount", "How much?", "money", required=True, at_most=5000)
    assert workflow.deliverables["report"] == Deliverable(
        "report", "Report", {"text": Question("text", "What has come of it?", "file", accept=("pdf",), of="report")}
    )
    assert workflow.meetings["visit"] == Meeting("visit", "Visit", ("chosen",), RUNNING, Slots(8, 30))
    assert workflow.obligations["report"] == Obligation(
        "report", ("chosen",), RUNNING, every="year", deliver="report", remind=(Span(2, "week"),)
    )
    assert workflow.reminders["unfinished"] == Reminder(
        "unfinished",
        ("draft",),
        (Moment("call", "closes", Span(3, "day"), "before"),),
        tell={"applicant": "unfinished"},
    )
    assert workflow.promises["answer"] == Promise(
        "answer", "Answer", Moment("running", "opens", Span(7, "day"), "after"), ("handed",), {"staff": "held-back"}
    )


def test_a_round_is_read(base: Programme) -> None:
    assert base.rounds == {
        "2030": Round(
            programme="base",
            name="2030",
            title="Small grants 2030",
            number="SG30",
            timezone="Europe/Brussels",
            mails_at=time(9),
            holidays="BE",
            phases={
                "call": PhaseDates(
                    LocalEdge(date(2030, 1, 7)), LocalEdge(date(2030, 3, 1), time(17)), timedelta(seconds=60)
                ),
                "reading": PhaseDates(LocalEdge(date(2030, 3, 4)), LocalEdge(date(2030, 3, 29))),
                "running": PhaseDates(LocalEdge(date(2030, 4, 2)), LocalEdge(date(2031, 12, 30))),
            },
            meetings={"visit": (Session(date(2030, 5, 8), time(10), time(12), "Ghent"),)},
            file="rounds/2030.toml",
        )
    }


def test_phases_stand_in_the_order_of_the_workflow_whatever_the_order_of_the_round(base: Programme) -> None:
    files = dict(base.files)
    lines = files["rounds/2030.toml"].split("\n")
    call = next(line for line in lines if line.startswith("call"))
    lines.remove(call)
    lines.insert(lines.index(next(line for line in lines if line.startswith("running"))) + 1, call)
    files["rounds/2030.toml"] = "\n".join(lines)
    assert list(read_programme("base", files, "").rounds["2030"].phases) == ["call", "reading", "running"]


def test_words_are_translated_and_others_stay_as_they_are(base: Programme) -> None:
    assert [base.translate("Board", language) for language in ("nl", "en", "fr")] == ["Bestuur", "Board", "Board"]
    assert base.translate("no such text", "nl") == "no such text"


def test_letters_are_read_by_language_and_name(base: Programme) -> None:
    assert sorted(base.letters) == ["en", "nl"]
    assert sorted(base.letters["nl"]) == ["call-opens", "granted", "held-back", "not-granted", "received", "unfinished"]


def test_the_digest_depends_on_every_file_and_on_nothing_else(base: Programme) -> None:
    files = dict(base.files)
    assert folder_digest(dict(reversed(files.items()))) == base.digest
    changed = [folder_digest({**files, name: text + " "}) for name, text in files.items()]
    assert len({base.digest, *changed}) == len(files) + 1
    assert folder_digest({"a": "bc"}) != folder_digest({"ab": "c"})


def test_a_complaint_names_the_folder_before_the_file(base: Programme) -> None:
    files = {**base.files, "rounds/2030.toml": "x = 1\n"}
    _, complaints = examine("base", files, "workflows/base")
    assert [str(complaint) for complaint in complaints] == [
        "workflows/base/rounds/2030.toml:1: x: a round file has no keys outside its tables",
        "workflows/base/rounds/2030.toml:1: [round]: a round file must have [round]",
        "workflows/base/rounds/2030.toml:1: [phase]: a round file must have [phase] NAME = { … }",
    ]


def test_what_is_wrong_is_told_in_one_go(base: Programme) -> None:
    files = {**base.files, "rounds/2030.toml": "[round", "words.nl.toml": '"Board" = 3'}
    files["workflow.toml"] = files["workflow.toml"].replace('to      = "done"', 'to      = "don"')
    with pytest.raises(Complaints) as refused:
        read_programme("base", files, "")
    assert {complaint.file for complaint in refused.value.complaints} == {
        "workflow.toml",
        "rounds/2030.toml",
        "words.nl.toml",
    }


def test_a_folder_without_a_workflow_is_no_programme(tmp_path: Path) -> None:
    with pytest.raises(GrantcycleError, match=r"it has no workflow\.toml"):
        read_folder(tmp_path)


def test_text_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "workflow.toml").write_bytes("[workflow]\ntitle = 'caf\xe9'\n".encode("latin-1"))
    with pytest.raises(Complaints) as refused:
        read_folder(tmp_path)
    assert [(complaint.line, complaint.sentence) for complaint in refused.value.complaints] == [
        (2, "this is not UTF-8 text; save it as UTF-8")
    ]


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(tmp_path: Path, base: Programme) -> None:
    for name, text in base.files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    read = read_programme("base", read_folder(tmp_path), "")
    assert (read.workflow, read.rounds) == (base.workflow, base.rounds)


def test_the_shipped_programme_loads_with_no_more_than_its_weekend_warnings() -> None:
    folder = ROOT / "workflows/cera-impuls"
    programme, complaints = examine(folder.name, read_folder(folder), "")
    assert [str(complaint) for complaint in complaints] == [
        "rounds/2019.toml:16: [phase] preselection.to: 2019-03-31 is a Sunday",
        "rounds/2019.toml:17: [phase] recommendations.on: 2019-03-31 is a Sunday",
        "rounds/2019.toml:22: [phase] evaluation.to: 2022-10-15 is a Saturday",
    ]
    assert {complaint.level for complaint in complaints} == {"warning"}
    assert programme is not None
    assert len(programme.workflow.transitions) == 12


def test_a_reminder_falls_where_the_calendar_says(base: Programme) -> None:
    """The checks of dates use the same calendar as the agenda."""
    calendar = Calendar(base.rounds["2030"])
    moment = base.workflow.reminders["unfinished"].when[0]
    assert from_instant(calendar.hearing(moment), "Europe/Brussels") == datetime(2030, 2, 26, 9)


def test_whoever_may_leave_an_end_for_some_days_is_not_stranded_there() -> None:
    files = read_folder(BASE)
    end = load(BASE).workflow.ends_in[-1]
    source = next(one.sources[0] for one in load(BASE).workflow.transitions.values() if one.target == end)
    again = f'\n[transition.again]\nfrom = "{end}"\nto = "{source}"\nby = "staff"\nwithin = "5 days"\n'
    changed, complaints = examine("base", {**files, "workflow.toml": files["workflow.toml"] + again}, "")
    assert [str(one) for one in complaints if one.level == "error"] == []
    assert changed is not None
    assert str(changed.workflow.transitions["again"].within) == "5 days"
