"""Who came to a meeting, who is excused from it, and what of that was a mistake?

A person comes, or is excused; what that counts for the dossier for which they come, `counting` says.
"""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select

from engine.cycle.counting import recount
from engine.cycle.people import put_person, standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.records import DossierRow, MeetingRow, PersonRow, PresenceRow
from engine.database.store import find_person, has_conflict, the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.moments import day_starts
from engine.rules.roles import must_be_staff

UNDO = 600_000_000
"""for how long after it was recorded a mistake at the door is put right without a reason (microseconds)"""
AFTER_ALL, AT_ONCE = "came after all", "undone at once"


def walk_in(
    scene: Scene, meeting: MeetingRow, *, email: str, name: str, language: str, number: str | None, by: str
) -> PresenceRow:
    """Somebody who was not invited came, perhaps for a dossier. Raises what `record` raises."""
    refuse([must_be_staff(standing_of(scene, scene.person(by)))])
    person = put_person(scene, email=email, name=name, language=language)
    return record(scene, meeting, person, _dossier(scene, number), came=True, reason=None, by=by)


def record(
    scene: Scene,
    meeting: MeetingRow,
    person: PersonRow,
    dossier: DossierRow | None,
    *,
    came: bool,
    reason: str | None,
    by: str,
) -> PresenceRow:
    """Staff note that a person came, or is excused with a reason; the same again is noted once.

    Who was excused may come after all. Raises Refused before the day of the meeting for who came, for a meeting that
    does not take place, for somebody who is said to be excused and came, and what `recording.attend` raises.
    """
    actor = scene.person(by)
    reason = (reason or "").strip() or None
    standing = _standing(scene, meeting, person, dossier)
    refuse([
        must_be_staff(standing_of(scene, actor)),
        _tied(scene, actor, dossier),
        None if meeting.cancelled_at is None else
        Refusal("presence", "the meeting was cancelled", {"because": "cancelled"}),
        None if dossier is None or meeting.dossier_id in (None, dossier.id) else
        Refusal("presence", "this meeting is held with one dossier, and this is another", {"because": "other"}),
        Refusal("early", f"the meeting is on {meeting.day}", {"because": "sitting", "day": meeting.day})
        if came and scene.now < day_starts(date.fromisoformat(meeting.day), meeting.zone) else None,
        None if came or reason else Refusal("reason", "a written reason is required"),
        Refusal(
            "presence", f"it is noted that {person.name or person.email} came",
            {"because": "came", "person": person.name or person.email},
        )
        if standing and standing.came and not came else None,
    ])  # fmt: skip
    if standing and standing.came == came:
        return standing
    if standing:
        _end(scene, meeting, standing, AFTER_ALL, actor)
        scene.session.flush()
    row = PresenceRow(
        meeting_id=the_id(meeting), person_id=the_id(person), dossier_id=dossier.id if dossier else None, came=came,
        reason=None if came else reason, recorded_at=scene.now, recorded_by=the_id(actor),
    )  # fmt: skip
    scene.session.add(row)
    scene.session.flush()
    point("presence written")
    scene.note(
        "presence recorded", by, dossier=dossier, meeting=meeting.name, position=meeting.position,
        person=person.email, outcome="came" if came else "excused", reason=row.reason,
    )  # fmt: skip
    if dossier is not None:
        recount(scene, meeting, dossier, by=by)
    return row


def record_all(scene: Scene, meeting: MeetingRow, came: Sequence[tuple[str, str | None]], *, by: str) -> int:
    """Note that all of these came: (address, number of the dossier or None) each. Gives how many were not noted yet."""
    fresh = 0
    for email, number in came:
        person, dossier = find_person(scene.session, email), _dossier(scene, number)
        if person is None:
            raise Unknown("person", email)
        if (noted := _standing(scene, meeting, person, dossier)) and noted.came:
            continue
        record(scene, meeting, person, dossier, came=True, reason=None, by=by)
        fresh += 1
    return fresh


def correct(scene: Scene, presence_id: int, *, reason: str | None, by: str) -> None:
    """Take back what was noted by mistake; what it fulfilled is open again. Taken back already, it stays so.

    Raises Unknown, and Refused without a reason once the first minutes are over, or when something rests on it.
    """
    row = scene.session.get(PresenceRow, presence_id)
    meeting = scene.session.get(MeetingRow, row.meeting_id) if row else None
    if row is None or meeting is None or meeting.round_id != scene.round_id:
        raise Unknown(f"presence in {scene.round.key}", str(presence_id))
    actor, reason = scene.person(by), (reason or "").strip()
    dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id else None
    fresh = scene.now - row.recorded_at <= UNDO
    refuse([
        must_be_staff(standing_of(scene, actor)),
        _tied(scene, actor, dossier),
        None if reason or fresh or row.ended_at is not None else Refusal("reason", "a written reason is required"),
    ])
    if row.ended_at is not None:
        return
    _end(scene, meeting, row, reason or AT_ONCE, actor)
    if dossier is not None:
        recount(scene, meeting, dossier, by=by)


def _end(scene: Scene, meeting: MeetingRow, row: PresenceRow, ending: str, actor: PersonRow) -> None:
    row.ended_at, row.ended_by, row.ending = scene.now, the_id(actor), ending
    scene.session.add(row)
    scene.session.flush()
    point("presence ended")
    dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id else None
    person = scene.session.get_one(PersonRow, row.person_id)
    scene.note(
        "presence corrected", actor.email, dossier=dossier, meeting=meeting.name, position=meeting.position,
        person=person.email, outcome="came" if row.came else "excused", reason=ending,
    )  # fmt: skip


def _standing(scene: Scene, meeting: MeetingRow, person: PersonRow, dossier: DossierRow | None) -> PresenceRow | None:
    """What is noted of somebody at a meeting, for that dossier."""
    return scene.session.exec(
        select(PresenceRow).where(
            col(PresenceRow.meeting_id) == meeting.id, col(PresenceRow.person_id) == person.id,
            col(PresenceRow.dossier_id) == dossier.id if dossier else col(PresenceRow.dossier_id).is_(None),
            col(PresenceRow.ended_at).is_(None),
        )
    ).first()  # fmt: skip


def _dossier(scene: Scene, number: str | None) -> DossierRow | None:
    return scene.dossier(number) if number else None


def _tied(scene: Scene, actor: PersonRow, dossier: DossierRow | None) -> Refusal | None:
    if dossier is None or not has_conflict(scene.session, the_id(dossier), the_id(actor)):
        return None
    return Refusal(
        "conflict", f"you have a conflict with {dossier.number}", {"because": "tied", "number": dossier.number}
    )
