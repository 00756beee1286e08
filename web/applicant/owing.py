"""What does a dossier owe, and what is that called?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.database.pages.dossiers import Delivery, Dossier, Obligation, Reviewed
from engine.rules.agenda import zone_of_owed
from engine.rules.facts import AWAITED
from engine.rules.workflow import Workflow, title_of
from web import dates
from web.ask import Ask


def title_of_obligation(workflow: Workflow, name: str) -> str:
    """The meeting that is to be attended or the deliverable that is to be handed in, as the programme says it."""
    return title_of(workflow, workflow.obligations[name])


def day_owed(ask: Ask, name: str, last_day: str) -> str:
    """The last day of something owed in words, and by whose clocks it ends where those are not the round's."""
    calendar, said = ask.place.calendar, dates.day(date.fromisoformat(last_day), ask.language)
    zone = zone_of_owed(ask.place.workflow.obligations[name], calendar)
    if zone == calendar.zone:
        return said
    return ask.say("%(day)s by the clocks of %(city)s", day=said, city=dates.zone_name(zone, ask.language))


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that is owed, and that it is for the applicant to do."""

    row: Obligation
    title: str
    attend: str | None
    deliver: str | None

    @property
    def name(self) -> str:
        """As extensions call it: `interim_report 2`."""
        return f"{self.row.name} {self.row.position}"


def open_obligations(workflow: Workflow, dossier: Dossier) -> list[Owed]:
    """What is still owed, in the order in which it is due; nothing where the dossier has come to its end."""
    if dossier.head.state in workflow.ends_in:
        return []
    return [
        Owed(
            row, title_of_obligation(workflow, row.name), workflow.obligations[row.name].attend,
            workflow.obligations[row.name].deliver,
        )
        for row in dossier.obligations
        if row.state in AWAITED
    ]  # fmt: skip


def row_of(workflow: Workflow, values: Mapping[str, Any], name: str, position: int) -> Mapping[str, Any] | None:
    """The row of the dossier's schedule that an obligation is owed for; None where it is not owed row by row."""
    each = workflow.obligations[name].each
    rows = values.get(each or "") or ()
    return rows[position - 1] if 0 < position <= len(rows) else None


def to_deliver(workflow: Workflow, dossier: Dossier, deliverable: str, now: int) -> Owed | None:
    """The obligation that a delivery now would be for: the earliest due whose window has opened, and of one that is
    owed several times the first, though it may have got a later day than the next."""
    found = [
        one for one in open_obligations(workflow, dossier) if one.deliver == deliverable and one.row.opens_at <= now
    ]
    same = [one for one in found if one.row.name == found[0].row.name]
    return min(same, key=lambda one: one.row.position, default=None)


def awaits_review(dossier: Dossier, delivery: Delivery) -> bool:
    """Whether a version lies with staff, who have not said anything of it yet."""
    states = {(one.name, one.position): one.state for one in dossier.obligations}
    return delivery.review is None and delivery.obligation is not None and states[delivery.obligation] == "handed in"


def asked_again(dossier: Dossier, owed: Obligation) -> Reviewed | None:
    """What staff asked to be changed in the last version of something that is open again; None where they did not."""
    said = [one.review for one in dossier.deliveries if one.obligation == (owed.name, owed.position)]
    last = said[-1] if said else None
    return last if last and last.outcome == "changes asked" and owed.state in AWAITED else None
