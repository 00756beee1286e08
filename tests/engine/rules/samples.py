"""What is the smallest programme in which every rule has something to do?

Plain functions that give records; a test changes what it is about with keywords or `dataclasses.replace`.
"""

from collections.abc import Mapping
from datetime import date, time, timedelta
from typing import Any

from engine.rules.conditions import Guard
from engine.rules.facts import Facts
from engine.rules.questions import Question
from engine.rules.round import LocalEdge, PhaseDates, Round, Session
from engine.rules.times import Moment, Span, Window
from engine.rules.workflow import (
    Announcement,
    Committee,
    Criterion,
    Deliverable,
    Meeting,
    Obligation,
    Promise,
    Reminder,
    State,
    Transition,
    Workflow,
)

BRUSSELS = "Europe/Brussels"


def moment(text: str) -> Moment:
    """`call closes`, `3 days before call closes`."""
    *span, phase, edge = text.split()
    assert edge in ("opens", "closes")
    if not span:
        return Moment(phase, edge)  # type: ignore[arg-type]
    count, unit, direction = span
    return Moment(phase, edge, Span(int(count), unit.removesuffix("s")), direction)  # type: ignore[arg-type]


def during(phase: str) -> Window:
    return Window(Moment(phase, "opens"), Moment(phase, "closes"), during=phase)


def between(start: str, end: str) -> Window:
    return Window(moment(start), moment(end))


def by_name(*records: Any) -> dict[str, Any]:
    return {record.name: record for record in records}


def sample_workflow(**changes: Any) -> Workflow:
    """A call, a decision of a jury on two of the dossiers, and three years of coaching."""
    parts: dict[str, Any] = {
        "programme": "small-grants",
        "title": "Small grants",
        "language": "en",
        "languages": ("en",),
        "begins_in": "draft",
        "ends_in": ("completed", "declined", "lapsed", "withdrawn"),
        "currency": "EUR",
        "committees": by_name(Committee("jury", "Jury", ("The press",))),
        "phases": {"call": "Call", "decision": "Decision", "rollout": "Rollout"},
        "states": by_name(
            *(
                State(name, title, title, title, frees_place=name == "withdrawn")
                for name, title in {
                    "draft": "Draft",
                    "submitted": "Handed in",
                    "in_review": "In review",
                    "awarded": "Awarded",
                    "completed": "Completed",
                    "declined": "Declined",
                    "lapsed": "Lapsed",
                    "withdrawn": "Withdrawn",
                }.items()
            )
        ),
        "questions": by_name(
            Question("title", "What is it called?", required=True),
            Question("story", "What will you do?", "long_text", max_words=5),
            Question("amount", "How much do you ask?", "money", required=True, at_most=45_000),
            Question("plan", "Your plan", "file", accept=("pdf", "odt")),
        ),
        "deliverables": by_name(Deliverable("report", "Report"), Deliverable("accounts", "Accounts")),
        "criteria": by_name(
            Criterion("reach", "Reach", (1, 10), weight=2), Criterion("craft", "Craft", (1, 10), weight=1)
        ),
        "meetings": by_name(
            Meeting("pitch", "Pitch day", ("in_review",), during("decision")),
            Meeting("coaching", "Coaching", ("awarded",), during("rollout")),
        ),
        "transitions": by_name(
            Transition("submit", ("draft",), "submitted", by="applicant", window=during("call"),
                       guards=(Guard("form", "complete"),), position=0),
            Transition("lapse", ("draft",), "lapsed", when=moment("call closes"), position=1),
            Transition("take_up", ("submitted",), "in_review", when=moment("call closes"), position=2),
            Transition("award", ("in_review",), "awarded", by="jury", window=between("call closes", "decision opens"),
                       guards=(Guard("recommendation", "written"), Guard("attended", "pitch"), Guard("at_most", 2)),
                       if_not={"staff": "held-back"}, takes_effect=moment("decision opens"), release="hold",
                       position=3),
            Transition("turn_down", ("in_review",), "declined", by="jury",
                       window=between("call closes", "decision opens"), takes_effect=moment("decision opens"),
                       position=4),
            Transition("complete", ("awarded",), "completed", by="staff", guards=(Guard("fulfilled", "all"),),
                       position=5),
            Transition("withdraw", ("draft", "submitted", "in_review", "awarded"), "withdrawn", by="applicant",
                       position=6),
        ),
        "obligations": by_name(
            Obligation("coaching", ("awarded",), during("rollout"), every="year", times=3, attend="coaching"),
        ),
        "reminders": by_name(
            Reminder("unfinished", ("draft",),
                     (moment("14 days before call closes"), moment("3 days before call closes")),
                     tell={"applicant": "unfinished"}),
        ),
        "promises": by_name(
            Promise("answer", "An answer to all", moment("decision closes"), ("in_review",), {"staff": "at-risk"}),
        ),
        "announcements": by_name(Announcement("call_opens", moment("call opens"), {"everyone": "call-opens"})),
    }  # fmt: skip
    return Workflow(**(parts | changes))


def edge(text: str) -> LocalEdge:
    """`2019-03-01`, or with an hour `2019-03-01 17:00`."""
    day, _, hour = text.partition(" ")
    return LocalEdge(date.fromisoformat(day), time.fromisoformat(hour) if hour else None)


def dates(opens: str, closes: str, grace: timedelta = timedelta(0)) -> PhaseDates:
    return PhaseDates(edge(opens), edge(closes), grace)


def sample_round(
    phases: Mapping[str, PhaseDates] | None = None, *, zone: str = BRUSSELS, mails_at: time = time(9)
) -> Round:
    """The round of 2019 in Brussels; `phases` replaces the dates of those it names, or adds to them."""
    written = {
        "call": dates("2018-12-17", "2019-03-01"),
        "decision": dates("2019-05-20", "2019-05-20"),
        "rollout": dates("2019-09-01", "2022-08-30"),
    }
    return Round(
        programme="small-grants",
        name="2019",
        title="Small grants 2019",
        number="SG19",
        timezone=zone,
        mails_at=mails_at,
        holidays="BE",
        phases=written | dict(phases or {}),
        meetings={"pitch": (Session(date(2019, 5, 9), time(9, 30)),)},
    )


def sample_facts(**changes: Any) -> Facts:
    """A dossier in review about which nothing has been recorded."""
    return Facts(**({"number": "SG19-001", "state": "in_review"} | changes))
