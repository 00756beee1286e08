"""What becomes of a verdict whose dossier has gone before it could take effect, on a day of the dossier's own?"""

from sqlmodel import col, select

from engine.cycle.scene import CALENDAR, Scene
from engine.database.cohort.gathered import Gathered
from engine.database.records import DossierRow, VerdictRow
from engine.database.store import standing_verdict, the_id
from engine.errors import Refusal
from engine.faults import point


def overtake(scene: Scene, dossier: DossierRow) -> None:
    """Hold back the verdict that stands on a dossier, where no day of its own will come any more: it stands elsewhere.

    At a moment that all share, those whose dossier has gone are held back then; here it is the move itself.
    """
    if not any(one.own_effect for one in scene.workflow.transitions.values()):
        return
    verdict = standing_verdict(scene.session, the_id(dossier))
    transition = scene.workflow.transitions.get(verdict.transition) if verdict else None
    if verdict and transition and transition.own_effect and dossier.state not in transition.sources:
        refusal = scene.machine.from_here(transition.name, dossier.state)
        hold_back(scene, dossier, verdict, (refusal,) if refusal else (), at=scene.now, leaves_at=None)


def overtake_all(scene: Scene, gathered: Gathered) -> None:
    """`overtake` for a cohort that has just moved, of which few have a verdict that stands."""
    own = [one.name for one in scene.workflow.transitions.values() if one.own_effect]
    if own:
        theirs = select(VerdictRow.dossier_id).where(
            col(VerdictRow.dossier_id).in_(gathered.ids), col(VerdictRow.ended_at).is_(None),
            col(VerdictRow.transition).in_(own),
        ).order_by(col(VerdictRow.dossier_id))  # fmt: skip
        for dossier_id in scene.session.exec(theirs).all():
            overtake(scene, scene.session.get_one(DossierRow, dossier_id))


def hold_back(
    scene: Scene, dossier: DossierRow, verdict: VerdictRow, reasons: tuple[Refusal, ...], *, at: int,
    leaves_at: int | None,
) -> None:  # fmt: skip
    """End a verdict that cannot take effect, and tell those whom the rules name, with every reason."""
    transition = scene.workflow.transitions[verdict.transition]
    end_verdict(scene, verdict, "held back")
    sentences = [str(reason) for reason in reasons]
    scene.note("verdict held back", CALENDAR, at=at, dossier=dossier, name=transition.name, reasons=sentences)
    assert not isinstance(transition.if_not, str), "only the calendar tries another transition"
    cause = f"verdicts {transition.takes_effect}"
    scene.tell(cause, transition.if_not, dossier, at=at, leaves_at=leaves_at, reasons=reasons)


def end_verdict(scene: Scene, verdict: VerdictRow, ending: str) -> None:
    """Have a verdict stand no more."""
    verdict.ended_at, verdict.ending = scene.now, ending
    scene.session.add(verdict)
    scene.session.flush()
    point("verdict ended")
