"""How do dossiers come in that were started elsewhere?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.cycle.acting import start_dossier
from engine.cycle.keeping_away import keep_away
from engine.cycle.scene import Scene
from engine.faults import point


@dataclass(frozen=True, slots=True)
class Imported:
    """A dossier brought in from a spreadsheet: its first contact, and where it stands."""

    organisation: str
    email: str
    name: str
    language: str
    number: str | None = None
    state: str | None = None
    received_at: int | None = None
    answers: Mapping[str, Any] = field(default_factory=dict)
    strand: str | None = None
    clocks: str | None = None


def import_dossiers(scene: Scene, rows: Sequence[Imported], *, by: str) -> Sequence[str]:
    """Bring in many dossiers, all or none, and give their numbers.

    They owe what their states owe from now on, but nobody is moved and nobody is told (docs/decisions/0009).
    """
    numbers = []
    for row in rows:
        dossier = start_dossier(
            scene, organisation=row.organisation, email=row.email, name=row.name, language=row.language, by=by,
            number=row.number, state=row.state or scene.workflow.begins_in, received_at=row.received_at,
            strand=row.strand, clocks=row.clocks, answers=row.answers,
        )  # fmt: skip
        if dossier.state != scene.workflow.begins_in:
            keep_away(scene, dossier, by=by)
        point("dossier imported")
        numbers.append(dossier.number)
    return numbers
