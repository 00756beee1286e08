"""What did not go smoothly, and how did it end?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from engine.rehearsal.acts import OUTAGE
from engine.rehearsal.log import read_when
from engine.rules.moments import from_instant
from engine.rules.workflow import APPLICANT
from grantcycle.rehearsed import Event, Rehearsed
from grantcycle.report_days import hour_of, line_of, obligation_title, promise_title, refused_act, state_title


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
        title = f"Refused: {refused_act(played.act)}"
        yield _incident(seen, played.act.instant, title, played.act.number or None, *played.refused)


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
            f"Until {back:%-d %B %Y, %H:%M}. {len(waited)} letters were to leave meanwhile; "
            f"{after} of them left once it answered again.",
        )  # fmt: skip


def _of_event(seen: Rehearsed, event: Event) -> Iterator[Incident]:
    title = _title(seen, event)
    if title is None:
        return
    line = line_of(seen, (event,))
    quoted = [f"“{said}”" if said == event.details.get("reason") else said for said in line.more]
    yield _incident(seen, event.at, title, event.number, *quoted, *_how_it_ended(seen, event))


def _title(seen: Rehearsed, event: Event) -> str | None:
    details = event.details
    if event.what == "verdict recorded":
        return f"The chair gives a reason for “{details['name']}”" if details.get("reason") else None
    if event.what == "transition":
        transition = seen.programme.workflow.transitions[details["name"]]
        left = seen.programme.workflow.states[transition.target].frees_place
        return (
            f"{state_title(seen, transition.target)} by the applicant" if left and transition.by == APPLICANT else None
        )
    if event.what == "delivered":
        return f"{obligation_title(seen, details['obligation'])} is handed in late" if details.get("late") else None
    if event.what == "promise not kept":
        return f"The promise “{promise_title(seen, event)}” is not kept"
    if event.what == "not paid":
        return f"“{promise_title(seen, event)}” is not paid in time"
    titles = {
        "conflict declared": "A committee member declares a conflict",
        "held back": f"“{details.get('name')}” is held back",
        "verdict held back": f"The verdict “{details.get('name')}” does not take effect",
        "excused": f"Excused from {obligation_title(seen, str(details.get('of')))}",
        "overdue": f"{obligation_title(seen, str(details.get('obligation')))} is overdue",
        "waits for release": f"“{details.get('batch')}” waits for somebody to approve it",
        "missed": f"“{details.get('name')}” came too late to be said",
        "extended": f"“{details.get('of')}” is extended",
    }
    return titles.get(event.what)


def _how_it_ended(seen: Rehearsed, event: Event) -> Iterator[str]:
    """For what went wrong at first: when it came right."""
    dossier = next((one for one in seen.dossiers if one.number == event.number), None)
    if dossier and event.what == "held back":
        for moved in dossier.path:
            if moved.transition == event.details["name"]:
                yield f"It went on {_when(seen, moved.at)}, as soon as nothing stood against it."
    if dossier and event.what == "overdue":
        for owed in dossier.owed:
            if f"{owed.name} {owed.position}" == event.details["obligation"]:
                ended = owed.met_at or owed.excused_at
                how = "met" if owed.met_at else "excused"
                yield f"Its last day was {owed.last_day:%-d %B %Y}" + (
                    f"; {how} {_when(seen, ended)}." if ended else "; it was never met."
                )


def _when(seen: Rehearsed, instant: int) -> str:
    return f"on {from_instant(instant, seen.round.timezone):%-d %B %Y, %H:%M}"
