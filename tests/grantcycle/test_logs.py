"""A log says what happened to which round, dossier and letter, and nothing that people wrote."""

import asyncio
import json
import logging
from email.headerregistry import Address
from io import StringIO
from typing import Any

import pytest
import structlog
from databases import fresh
from stage import CALL, CLOSES, GRACE, SENDER, SETTLE, Stage, applicant, refused

from engine import events
from engine.clock import StoppedClock
from engine.rules.moments import SECOND
from grantcycle.logs import LONGEST, set_up
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.transport import Mailbox, Reply

SECRET = "Songs of the harbour"
ROUND = "small/2030"
pytestmark = pytest.mark.usefixtures("_nobody_watches")


class Deaf(Mailbox):
    """A relay that refuses its first letter in words that name the reader, and then does not answer once."""

    async def send(self, sender: str, recipient: str, raw: bytes) -> Reply:  # noqa: ARG002  as its kind is called
        self.letters.append(None)  # type: ignore[arg-type]
        if len(self.letters) == 1:
            return Reply("refused", f"550 no such user {recipient}")
        if len(self.letters) == 2:
            return Reply("relay_down", "421 closing")
        return Reply("sent", "250 kept")


def lines_of(stream: StringIO) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    for line in found:
        if isinstance(line.get("seconds"), float):
            assert 0 < line.pop("seconds") < 60
    return found


def played(stream: StringIO, *, for_people: bool) -> None:
    """A small round until its call has closed, with a letter refused and a relay that falls silent."""
    clock = StoppedClock(CALL)
    stage = Stage(fresh()).open()
    events.watch(set_up(clock, stream, for_people=for_people))
    anna = applicant("anna")
    number = stage.cycle.start_dossier(
        ROUND, organisation="Harbour", email=anna, name="Anna", language="en", by=anna, now=CALL
    )
    with refused("form", "form"):
        stage.cycle.act(ROUND, number, "submit", by=applicant("anna"), now=CALL)
    answers = {"title": SECRET, "amount": 10}
    stage.cycle.act(ROUND, number, "submit", by=applicant("anna"), now=CALL, answers=answers)
    clock.instant = CLOSES + GRACE + SETTLE + SECOND
    stage.cycle.advance(clock.instant)
    postman = Postman(
        stage.database, Deaf(clock), Renderer(Address("Els", addr_spec="els@fund.example")), sender=SENDER
    )  # fmt: skip
    asyncio.run(postman.deliver(clock))
    events.watch()
    stage.database.close()


def test_each_event_is_one_line_about_its_round_dossier_and_letter() -> None:
    stream = StringIO()
    played(stream, for_people=False)
    found = lines_of(stream)
    at, later = "2030-02-01T09:00:00Z", "2030-03-01T23:01:31Z"
    act = {"at": at, "level": "info", "event": "act", "round": ROUND}
    due = {"at": later, "level": "info", "event": "deadline", "round": ROUND, "outcome": "fired", "late_by": 1.0}
    assert [line for line in found if line["event"] == "act"] == [
        {**act, "dossier": "SG30-001", "act": "start_dossier", "outcome": "done"},
        {**act, "dossier": "SG30-001", "act": "act", "outcome": "refused", "codes": ["form", "form"]},
        {**act, "dossier": "SG30-001", "act": "act", "outcome": "done"},
    ]
    assert [line for line in found if line["event"] == "deadline"][-3:] == [
        {**due, "deadline": "edge call closes", "kind": "edge", "dossiers": 0},
        {**due, "deadline": "transition lapse", "kind": "transition", "dossiers": 0},
        {**due, "deadline": "transition take_up", "kind": "transition", "dossiers": 1},
    ]


def test_what_becomes_of_a_letter_is_told_by_its_number() -> None:
    stream = StringIO()
    played(stream, for_people=False)
    letters = [line for line in lines_of(stream) if line["event"] in ("letter", "relay paused")]
    common = {"at": "2030-03-01T23:01:31Z", "event": "letter", "round": ROUND}
    assert [line for line in letters if line["event"] == "letter"] == [
        {**common, "level": "warning", "letter": 1, "named": "call-opens", "outcome": "failed", "reply": "550"},
        {**common, "level": "info", "dossier": "SG30-001", "letter": 2, "named": "received", "outcome": "paused",
         "reply": "421"},
    ]  # fmt: skip
    assert [line for line in letters if line["event"] == "relay paused"] == [
        {"at": common["at"], "level": "warning", "event": "relay paused", "relay": "mailbox", "failures": 1,
         "seconds": 60}
    ]  # fmt: skip


@pytest.mark.parametrize("for_people", [True, False])
def test_no_line_holds_what_people_wrote_who_they_are_or_what_they_are_written(for_people: bool) -> None:
    stream = StringIO()
    played(stream, for_people=for_people)
    written = stream.getvalue()
    assert written.count("SG30-001") >= 3
    for private in (SECRET, "Harbour", "@", "Subject", "Text", "no such user"):
        assert private not in written


def test_a_line_break_never_makes_a_second_line() -> None:
    for for_people, line in (
        (False, '{"at": "2030-02-01T09:00:00Z", "level": "info", "event": "act", "round": "a\\r\\nlevel=error b"}\n'),
        (True, "2030-02-01T09:00:00Z info act round=a··level=error b\n"),
    ):
        stream = StringIO()
        set_up(StoppedClock(CALL), stream, for_people=for_people)("act", {"round": "a\r\nlevel=error b"})
        assert stream.getvalue() == line


def test_a_long_value_is_cut() -> None:
    stream = StringIO()
    set_up(StoppedClock(CALL), stream, for_people=False)("act", {"problem": "x" * 2000})
    assert json.loads(stream.getvalue())["problem"] == "x" * LONGEST + " ... (2000 characters)"


def test_what_happens_all_the_time_is_not_logged() -> None:
    stream = StringIO()
    set_up(StoppedClock(CALL), stream, for_people=False)("rang", {"outcome": "done"})
    assert stream.getvalue() == ""


def test_warnings_of_libraries_and_exceptions_go_the_same_way() -> None:
    stream = StringIO()
    set_up(StoppedClock(CALL), stream, for_people=False)
    logging.getLogger("apscheduler").warning("run time was missed\nby 3 s")
    logging.getLogger("apscheduler").info("nothing")
    with structlog.contextvars.bound_contextvars(round=ROUND):
        try:
            raise ValueError("a bad day")
        except ValueError:
            structlog.get_logger().exception("the alarm rang and failed")
    one, other = lines_of(stream)
    assert one == {
        "at": "2030-02-01T09:00:00Z", "level": "warning", "event": "run time was missed\nby 3 s",
        "logger": "apscheduler",
    }  # fmt: skip
    assert (other["level"], other["event"], other["round"]) == ("error", "the alarm rang and failed", ROUND)
    assert other["exception"].endswith("ValueError: a bad day")
