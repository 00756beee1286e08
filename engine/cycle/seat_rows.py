"""How is what happens to somebody's seat written down?"""

from datetime import date

from engine.cycle.inviting import find as find_invitation
from engine.cycle.inviting import invite, withdraw
from engine.cycle.scene import CALENDAR, Scene
from engine.cycle.seat_letters import GIVEN_BACK, HELD_LETTER, role_of, seat_facts
from engine.database.records import DossierRow, MeetingRow, PersonRow, SeatRow
from engine.database.seats import HELD, WAITING, newest_instant
from engine.database.store import the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.seats import begins_at, takes_sign_ups
from engine.rules.workflow import Meeting


def rule_of(scene: Scene, meeting: MeetingRow) -> Meeting:
    """What the workflow says of a meeting."""
    return scene.workflow.meeting(meeting.name)


def begins(meeting: MeetingRow) -> int:
    """From which instant on nobody asks for a seat, nor is offered one (UTC microseconds)."""
    return begins_at(date.fromisoformat(meeting.day), meeting.starts_at, meeting.zone)


def against_seats(scene: Scene, meeting: MeetingRow) -> list[Refusal]:
    """All there is against anything happening to the seats of a meeting."""
    found = []
    if not takes_sign_ups(rule_of(scene, meeting)) or meeting.dossier_id is not None:
        found.append(Refusal("seats", "nobody signs up for this meeting", {"because": "none"}))
    if meeting.cancelled_at is not None:
        found.append(Refusal("seats", "this meeting does not take place", {"because": "cancelled"}))
    if begins(meeting) <= scene.now:
        found.append(Refusal("seats", "this meeting has begun", {"because": "begun"}))
    return found


def find(scene: Scene, number: int, person: PersonRow | None = None) -> SeatRow:
    """The seat of that id, of that person where one is named. Raises Unknown where the round has none such."""
    row = scene.session.get(SeatRow, number)
    theirs = row is not None and (person is None or row.person_id == person.id)
    if row is None or not theirs or meeting_of(scene, row).round_id != scene.round_id:
        raise Unknown(f"seat in {scene.round.key}", str(number))
    return row


def ask(scene: Scene, meeting: MeetingRow, person: PersonRow, dossier: DossierRow | None, *, by: str) -> SeatRow:
    """Write that somebody wants to come, as of when that was received: they wait until they are given a seat."""
    newest, _ = newest_instant(scene.session, the_id(meeting))
    # as with a receipt: an instant from before that is of a clock that went back, or of a form that was kept
    asked_at = scene.now if scene.now >= newest - scene.settle else newest
    row = SeatRow(
        meeting_id=the_id(meeting), person_id=the_id(person), dossier_id=dossier.id if dossier else None,
        asked_at=asked_at, state=WAITING,
    )  # fmt: skip
    keep(scene, row)
    point("seat asked")
    note(scene, "seat asked", row, by, at=asked_at)
    return row


def hold(scene: Scene, row: SeatRow, *, by: str, reason: str | None = None) -> None:
    """Write that a seat is somebody's from now on, and invite them."""
    from_list = row.offered_at is not None or by == CALENDAR
    row.state, row.held_at, row.reason = HELD, moment(scene, row.meeting_id), reason
    row.seated_by = scene.person(by).id if reason else None
    keep(scene, row)
    point("seat held")
    note(scene, "seat held", row, by, at=row.held_at, reason=reason)
    invite(
        scene, meeting_of(scene, row), person_of(scene, row), role=role_of(row), dossier=dossier_of(scene, row), by=by,
        letter=HELD_LETTER, facts={"seat": seat_facts(scene, row, from_list=from_list)},
    )  # fmt: skip


def end(scene: Scene, row: SeatRow, ending: str, *, by: str, reason: str | None = None) -> None:
    """Write that a seat, an offer or a place in the list is nobody's any more."""
    row.state, row.ended_at = ending, moment(scene, row.meeting_id)
    keep(scene, row)
    point("seat ended")
    note(scene, "seat ended", row, by, at=row.ended_at, ending=ending, reason=reason)


def uninvite(scene: Scene, row: SeatRow, *, by: str, reason: str | None) -> None:
    """Take the invitation back of whoever had this seat."""
    invitation = find_invitation(scene, meeting_of(scene, row), person_of(scene, row), dossier_of(scene, row))
    if invitation is not None:
        withdraw(
            scene, invitation, reason=reason, by=by, letter=GIVEN_BACK,
            facts={"seat": seat_facts(scene, row, was=HELD, reason=reason)},
        )  # fmt: skip


def moment(scene: Scene, meeting_id: int) -> int:
    """Now, and never before what has happened at the meeting: two acts may be carried out the other way round."""
    return max(scene.now, newest_instant(scene.session, meeting_id)[1])


def meeting_of(scene: Scene, row: SeatRow) -> MeetingRow:
    """Of which meeting a seat is."""
    return scene.session.get_one(MeetingRow, row.meeting_id)


def person_of(scene: Scene, row: SeatRow) -> PersonRow:
    """Whose seat it is."""
    return scene.session.get_one(PersonRow, row.person_id)


def dossier_of(scene: Scene, row: SeatRow) -> DossierRow | None:
    """For which dossier somebody comes, or None."""
    return scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id is not None else None


def keep(scene: Scene, row: SeatRow) -> None:
    """Write a seat as it stands now."""
    scene.session.add(row)
    scene.session.flush()


def note(scene: Scene, what: str, row: SeatRow, by: str, *, at: int | None = None, **details: object) -> None:
    """Put into the journal what happened to a seat."""
    meeting = meeting_of(scene, row)
    scene.note(
        what, by, at=at, dossier=dossier_of(scene, row), seat=the_id(row), meeting=row.meeting_id,
        called=f"{meeting.name} {meeting.position}", person=person_of(scene, row).email, **details,
    )  # fmt: skip
