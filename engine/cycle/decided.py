"""How is a decision about a date written down, and in which words is it told?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import time

from engine.cycle.scene import Scene
from engine.database.records import DossierRow, ExtensionRow, PersonRow
from engine.database.store import the_id
from engine.errors import Refusal, Refused
from engine.faults import point
from engine.rules.round import LocalEdge
from engine.rules.workflow import APPLICANT

LETTER = "deadline-extended"


@dataclass
class Decision:
    """One decision about a date: by whom and why, until when it can be taken back, and the first row that it made."""

    person: PersonRow
    reason: str
    undo_until: int | None = None
    """its letters wait until then (UTC microseconds); None where they leave at once"""
    first_id: int | None = None


class NotForAll(Refused):
    """Not all of the dossiers chosen can have the date, so none has got it; `against` says why not, by number."""

    def __init__(self, against: Mapping[str, Sequence[Refusal]]) -> None:
        self.against = {number: tuple(reasons) for number, reasons in against.items()}
        super().__init__(dict.fromkeys(reason for reasons in self.against.values() for reason in reasons))


def record(
    scene: Scene,
    of: str,
    old: LocalEdge,
    new: LocalEdge,
    decision: Decision,
    *,
    dossier: DossierRow | None,
    undoes: ExtensionRow | None = None,
    strand: str | None = None,
) -> None:
    """Write down that a date was moved, or (`undoes`) that a moved one was put back, in its row and in the journal."""

    def hour(written: time | None) -> str | None:
        return written.isoformat() if written else None

    row = ExtensionRow(
        round_id=scene.round_id, dossier_id=dossier.id if dossier else None, of=of, strand=strand,
        old_day=old.day.isoformat(), old_hour=hour(old.hour), new_day=new.day.isoformat(), new_hour=hour(new.hour),
        reason=decision.reason, decided_at=scene.now, decided_by=the_id(decision.person), first_id=decision.first_id,
        undo_until=decision.undo_until, undoes_id=undoes.id if undoes else None,
    )  # fmt: skip
    scene.session.add(row)
    scene.session.flush()
    point("extension recorded")
    decision.first_id = decision.first_id or the_id(row)
    scene.extension_id = decision.first_id
    scene.has_extended(row)
    scene.note(
        "extended", decision.person.email, dossier=dossier, of=of, old=f"{old.day} {old.hour or ''}".strip(),
        new=f"{new.day} {new.hour or ''}".strip(), reason=decision.reason, first=row.first_id,
        undo_until=row.undo_until, undoes=row.undoes_id, strand=strand,
    )  # fmt: skip


def tell(
    scene: Scene, dossier: DossierRow, of: str, old: dict[str, object], new: dict[str, object], decision: Decision
) -> None:
    scene.tell(
        f"extension {of}", {APPLICANT: LETTER}, dossier, at=scene.now, leaves_at=decision.undo_until,
        reason=decision.reason, extras=extras_of(of, old, new, decision),
    )  # fmt: skip


def extras_of(of: str, old: dict[str, object], new: dict[str, object], decision: Decision) -> dict[str, object]:
    """What a letter says of a moved date."""
    return {"extension": {"of": of, "old": old, "new": new, "reason": decision.reason}}
