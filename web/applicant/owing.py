"""What does a dossier owe, and what is that called?"""

from dataclasses import dataclass

from engine.database.pages.dossiers import Dossier, Obligation
from engine.rules.workflow import Workflow

UNFULFILLED = ("open", "overdue")


def title_of_obligation(workflow: Workflow, name: str) -> str:
    """The meeting that is to be attended or the deliverable that is to be handed in, as the programme says it."""
    obligation = workflow.obligations[name]
    if obligation.attend:
        return workflow.meetings[obligation.attend].title
    return workflow.deliverables[obligation.deliver or ""].title


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that is owed and neither fulfilled nor excused."""

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
        if row.state in UNFULFILLED
    ]  # fmt: skip


def to_deliver(workflow: Workflow, dossier: Dossier, deliverable: str, now: int) -> Owed | None:
    """The obligation that a delivery now would fulfil: the earliest due whose window has opened."""
    return next(
        (
            one
            for one in open_obligations(workflow, dossier)
            if one.deliver == deliverable and one.row.opens_at <= now
        ),
        None,
    )
