"""What did not go smoothly, and how did it end?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.rehearsal.acts import OUTAGE
from engine.rehearsal.log import read_when
from engine.rules.moments import from_instant
from engine.rules.workflow import APPLICANT
from grantcycle.rehearsed import Event, Rehearsed
from grantcycle.report_days import hour_of, line_of, refusal_line, state_title


@dataclass(frozen=True, slots=True)
class Incident:
    """One thing out of the ordinary, with the dossier it is about and the reasons that were given."""

    at: int
    day: date
    hour: str
    title: str
    number: str | None
    sentences: tuple[str, ...]


def incidents(seen: Rehearsed) -> list[Incident]:
    """Everything out of the ordinary, in order of time."""
    found = [*_refused(seen), *_outages(seen), *(one for event in seen.journal for one in _of_event(seen, event))]
    return sorted(found, key=lambda one: one.at)


def _incident(seen: Rehearsed, at: int, title: str, number: str | None, *sentences: str) -> Incident:
    return Incident(at, seen.day(at), hour_of(seen, at), title, number, tuple(said for said in sentences if said))


def _refused(seen: Rehearsed) -> Iterator[Incident]:
    for played in seen.refused:
        line = refusal_line(seen, played)
        yield _incident(seen, played.act.instant, f"“{played.act.what}” is refused", played.act.number, *line.more)


def _outages(seen: Rehearsed) -> Iterator[Incident]:
    for act in seen.acts:
        if act.what != OUTAGE:
            continue
        until = read_when(act.values["until"], seen.round.timezone)
        waited = [mail for mail in seen.mails if act.instant <= mail.leaves_at < until]
        after = sum(mail.sent_at is not None and mail.sent_at >= until for mail in waited)
        back = from_instant(until, seen.round.timezone)
        yield _incident(
            seen, act.instant, "The mail server does not answer", None,
            f"Until {back:%-d %B %Y, %H:%M}. {len(waited)} letters were to leave meanwhile; {after} of them left once it "
            "answered again, none twice, none lost.",
        )  # fmt: skip


def _of_event(seen: Rehearsed, event: Event) -> Iterator[Incident]:
    title = _title(seen, event)
    if title is None:
        return
    line = line_of(seen, (event,))
    yield _incident(seen, event.at, title, event.number, *line.more, *_how_it_ended(seen, event))


def _title(seen: Rehearsed, event: Event) -> str | None:
    details = event.details
    if event.what == "verdict recorded":
        return f"Verdict “{details['name']}”, with a reason" if details.get("reason") else None
    if event.what == "transition":
        transition = seen.programme.workflow.transitions[details["name"]]
        left = seen.programme.workflow.states[transition.target].frees_place
        return f"{state_title(seen, transition.target)} by the applicant" if left and transition.by == APPLICANT else None
    if event.what == "delivered":
        return f"{details['obligation']} is handed in late" if details.get("late") else None
    titles = {
        "conflict declared": "A committee member declares a conflict",
        "held back": f"“{details.get('name')}” is held back",
        "verdict held back": f"The verdict “{details.get('name')}” does not take effect",
        "excused": f"Excused from {details.get('of')}",
        "overdue": f"{details.get('obligation')} is overdue",
        "waits for release": f"“{details.get('batch')}” waits for somebody to approve it",
        "promise not kept": f"The promise “{details.get('name')}” is not kept",
        "missed": f"“{details.get('name')}” came too late to be said",
        "extended": f"“{details.get('of')}” is extended",
    }
    return titles.get(event.what)


def _how_it_ended(seen: Rehearsed, event: Event) -> Iterator[str]:
    """For what the calendar could not do: when it did, after all."""
    if event.what != "held back":
        return
    dossier = next(one for one in seen.dossiers if one.number == event.number)
    for moved in dossier.path:
        if moved.transition == event.details["name"]:
            when = from_instant(moved.at, seen.round.timezone)
            yield f"It went on {when:%-d %B %Y, %H:%M}, as soon as nothing stood against it."
