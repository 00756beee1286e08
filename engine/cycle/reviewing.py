"""What do staff say of what was handed in, and what follows from it?

What the rules say somebody accepts counts when it is accepted. Until then it awaits review: it is not overdue, and
nobody is reminded of it. Where changes are asked it is open again, and the next version is reviewed in its turn.
"""

from datetime import date

from sqlmodel import col, select

from engine.cycle.late_moves import late_moves
from engine.cycle.obligations import due_after, set_obligation_deadlines
from engine.cycle.own_day import follow_day
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.cycle.telling import review_facts
from engine.database.records import DeliveryRow, DossierRow, ObligationRow, PersonRow, ReviewRow
from engine.database.store import state_of, the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.agenda import zone_of_owed
from engine.rules.moments import from_instant
from engine.rules.roles import may_act_as
from engine.rules.workflow import APPLICANT, STAFF

ACCEPTED, CHANGES = "accepted", "changes asked"
LETTERS = {ACCEPTED: "handed-in-accepted", CHANGES: "changes-asked"}
"""outcome -> the letter to whom has handed it in"""
LONGEST = 10_000
"""characters of what is asked"""


def review(
    scene: Scene, dossier: DossierRow, delivery: int, *, accepted: bool, words: str, to: date | None, by: str
) -> str:
    """Accept a version of what was handed in, or ask for changes in words; gives the outcome.

    `to` is the last day for the next version, where it gets a later one than it has; it needs one when its last day is
    past. Raises Unknown for a delivery that the dossier does not have, Refused with every reason.
    """
    person = scene.person(by)
    version, obligation = _find(scene, dossier, delivery)
    standing = standing_of(scene, person, dossier)
    words, today = words.strip(), from_instant(scene.now, scene.calendar.zone).date()
    last_day = date.fromisoformat(obligation.last_day)
    role = scene.workflow.obligations[obligation.name].accepted_by or STAFF
    refuse([
        may_act_as(role, standing, scene.workflow),
        Refusal("conflict", "you have declared a conflict with this dossier") if standing.conflict else None,
        Refusal("conflict", "you speak for this dossier, and do not judge it", {"because": "contact"})
        if standing.contact else None,
        Refusal(
            "state", f'{dossier.number} is "{dossier.state}": nothing is reviewed any more',
            {"because": "at its end", "state": scene.workflow.states[dossier.state].title},
        )
        if dossier.state in scene.workflow.ends_in else None,
        _reviewed(scene, version, obligation),
    ])  # fmt: skip
    refuse([
        None if accepted or words else Refusal("reason", "say what is to be changed"),
        Refusal("reason", f"a review has {LONGEST} characters at most", {"because": "long", "most": LONGEST})
        if len(words) > LONGEST else None,
        *([] if accepted else _wrong_day(to, today, last_day, is_past=scene.now >= obligation.due_at)),
    ])  # fmt: skip
    outcome = ACCEPTED if accepted else CHANGES
    later = to if not accepted and to and to > last_day else None
    scene.session.add(
        ReviewRow(
            obligation_id=the_id(obligation), delivery_id=the_id(version), outcome=outcome, words=words or None,
            last_day=later.isoformat() if later else None, reviewed_at=scene.now, reviewed_by=the_id(person),
        )
    )  # fmt: skip
    scene.session.flush()
    point("review written")
    scene.note(
        "reviewed", by, dossier=dossier, delivery=delivery, obligation=f"{obligation.name} {obligation.position}",
        outcome=outcome, words=words or None, last_day=later.isoformat() if later else None,
        before=obligation.last_day if later else None,
    )  # fmt: skip
    _follow(scene, dossier, obligation, outcome, later)
    scene.tell(
        f"review {obligation.name} {obligation.position}", {APPLICANT: LETTERS[outcome]}, dossier, at=scene.now,
        extras={"review": review_facts(obligation, words or None)},
    )  # fmt: skip
    late_moves(scene, dossier)
    return outcome


def _follow(scene: Scene, dossier: DossierRow, obligation: ObligationRow, outcome: str, later: date | None) -> None:
    """Fulfil what is accepted; what is to be changed is open again, until its last day."""
    obligation.handed_in_at = None
    if outcome == ACCEPTED:
        obligation.fulfilled_at = scene.now
    elif later:
        zone = zone_of_owed(scene.workflow.obligations[obligation.name], scene.calendar_of(dossier))
        obligation.due_at, obligation.last_day = due_after(later, zone), later.isoformat()
        obligation.overdue_at = None
    scene.session.add(obligation)
    scene.session.flush()
    point("review followed")
    follow_day(scene, dossier)
    if outcome == CHANGES:
        set_obligation_deadlines(scene, dossier, since=scene.now)


def _find(scene: Scene, dossier: DossierRow, delivery: int) -> tuple[DeliveryRow, ObligationRow]:
    found = scene.session.exec(
        select(DeliveryRow, ObligationRow)
        .join(ObligationRow, col(ObligationRow.id) == col(DeliveryRow.obligation_id))
        .where(col(DeliveryRow.id) == delivery, col(DeliveryRow.dossier_id) == dossier.id)
    ).first()
    if found is None:
        raise Unknown(f"delivery of {dossier.number}", str(delivery))
    return found


def _reviewed(scene: Scene, version: DeliveryRow, obligation: ObligationRow) -> Refusal | None:
    """Why there is nothing to say of a version: somebody was first, or it counts without anybody's word."""
    first = scene.session.exec(
        select(ReviewRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(ReviewRow.reviewed_by))
        .where(col(ReviewRow.delivery_id) == version.id)
    ).first()
    if first:
        row, who = first
        return Refusal(
            "reviewed", f"{who.email} has reviewed this already: {row.outcome}",
            {"because": "accepted" if row.outcome == ACCEPTED else "changes asked", "by": who.name or who.email},
        )  # fmt: skip
    if state_of(obligation) != "handed in":
        sentence = f"{obligation.name} {obligation.position} is {state_of(obligation)}: nothing awaits review"
        return Refusal("reviewed", sentence, {"because": "not in review"})
    return None


def _wrong_day(to: date | None, today: date, last_day: date, *, is_past: bool) -> list[Refusal | None]:
    return [
        Refusal("day", f"say until which day it may be handed in again: its last day, {last_day}, is past",
                {"because": "needed", "day": last_day.isoformat()}) if to is None and is_past else None,
        Refusal("day", f"{to} is past", {"because": "past", "day": to.isoformat()}) if to and to < today else None,
        Refusal("day", f"its last day is {last_day} already", {"because": "already", "day": last_day.isoformat()})
        if to and today <= to < last_day else None,
    ]  # fmt: skip
