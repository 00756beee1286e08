"""Which free hours do people give for a meeting, and who books one, moves it, or gives it back?"""

from collections.abc import Sequence
from datetime import date, time

import sqlalchemy as sa
from sqlmodel import col, select

from engine.cycle import meetings
from engine.cycle.inviting import find as find_invitation
from engine.cycle.inviting import withdraw
from engine.cycle.meetings import Sitting
from engine.cycle.people import standing_of
from engine.cycle.proposing import against_owed, ask_those_concerned, booking_of, find_owed, said_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import Scene
from engine.database.coming import was_open
from engine.database.records import DossierRow, HourRow, MeetingRow, ObligationRow, PersonRow
from engine.database.sitting import sitting_elsewhere
from engine.database.store import the_id
from engine.errors import Refusal, Unknown
from engine.faults import point
from engine.rules.moments import SECOND, to_instant
from engine.rules.roles import Standing, may_act_as, must_be_staff
from engine.rules.workflow import APPLICANT, STAFF, Meeting

MOST = 100
"""hours that are given at once"""
LAST = 24 * 3600 * SECOND
"""until so long before it begins applicants move an hour, or give it back (microseconds)"""


def give(scene: Scene, name: str, hours: Sequence[Sitting], *, by: str) -> int:
    """Somebody with the role that the meeting is booked with gives free hours; gives how many are new.

    An hour that they have given already is not given twice. Raises Unknown for a meeting that nobody books, Refused
    with every reason.
    """
    person, meeting = scene.person(by), _booked_with(scene, name)
    standing = standing_of(scene, person)
    refuse([
        _must_have(meeting, standing),
        None if hours else Refusal("hours", "give at least one hour", {"because": "none"}),
        Refusal("hours", f"at most {MOST} hours are given at once", {"because": "many", "most": MOST})
        if len(hours) > MOST else None,
    ])  # fmt: skip
    refuse(dict.fromkeys(reason for one in hours for reason in _wrong(scene, name, one)))
    known = {
        (row.starts_at, row.ends_at)
        for row in scene.session.exec(
            select(HourRow).where(
                col(HourRow.round_id) == scene.round_id, col(HourRow.person_id) == person.id,
                col(HourRow.removed_at).is_(None),
            )
        ).all()
    }  # fmt: skip
    new, crossing = 0, False
    for one in hours:
        starts_at, ends_at = _instants(scene, one)
        if (starts_at, ends_at) in known:
            continue
        crossing = crossing or any(starts_at < end and start < ends_at for start, end in known)
        known.add((starts_at, ends_at))
        new += 1
        _put(scene, name, person, one, starts_at, ends_at)
    refuse([Refusal("hours", "two of these hours overlap", {"because": "overlap"}) if crossing else None])
    return new


def remove(scene: Scene, number: int, *, by: str) -> None:
    """Whoever gave an hour, or staff, takes it back while nobody has booked it. Raises Unknown, Refused."""
    person, row = scene.person(by), _find(scene, number)
    refuse([
        None if row.person_id == person.id else must_be_staff(standing_of(scene, person)),
        Refusal("hours", "this hour is booked", {"because": "booked"}) if row.booking_id is not None else None,
    ])  # fmt: skip
    row.removed_at = scene.now
    scene.session.add(row)
    scene.session.flush()
    point("hour removed")
    scene.note("hour removed", by, hour=number)


def book(scene: Scene, dossier: DossierRow, number: int, *, of: str | None = None, by: str) -> MeetingRow:
    """A contact (or staff) books a free hour, for what is owed (`coaching 4`) where the meeting is owed.

    What was booked before gives its hour back, and is moved. Raises Unknown for an hour that is not there, Refused with
    every reason: of two who book one hour, one gets it.
    """
    person, row = scene.person(by), _find(scene, number)
    meeting = _booked_with(scene, row.meeting)
    standing = standing_of(scene, person, dossier)
    obligation = find_owed(scene, dossier, of) if of else None
    booked = _booking(scene, dossier, row.meeting, obligation)
    refuse([
        may_act_as(APPLICANT, standing, scene.workflow) if must_be_staff(standing) else None,
        *_not_for(scene, dossier, meeting, obligation),
        _begins_too_soon(scene, booked, standing) if booked else None,
        Refusal("hours", "this hour has begun", {"because": "begun"}) if row.starts_at <= scene.now else None,
        Refusal("hours", "this hour is one of another committee", {"because": "apart"})
        if meeting.book_with in scene.workflow.committees
        and row.person_id in sitting_elsewhere(scene.session, scene.workflow, the_id(dossier), meeting.book_with or "")
        else None,
    ])  # fmt: skip
    refuse(meetings.against(scene, row.meeting, _sitting(row), dossier))
    before = _hour_of(scene, booked) if booked else None
    if booked is None:
        booked = meetings.put(scene, row.meeting, _sitting(row), person, dossier=dossier, obligation=obligation)
    if before is not None and before.id != row.id:
        before.booking_id = None
        scene.session.add(before)
        scene.session.flush()
    _take(scene, row, booked)
    host = scene.session.get_one(PersonRow, row.person_id)
    if before is not None and before.id != row.id and before.person_id != row.person_id:
        former = scene.session.get_one(PersonRow, before.person_id)
        if invitation := find_invitation(scene, booked, former):
            withdraw(scene, invitation, by=by)
    meetings.put_moved(scene, booked, _sitting(row), reason=None, by=by)
    scene.note(
        "hour booked", by, dossier=dossier, hour=number, meeting=the_id(booked),
        before=before.id if before is not None and before.id != row.id else None,
    )  # fmt: skip
    ask_those_concerned(scene, booked, dossier, host, meeting.book_with or STAFF, by=by)
    return booked


def give_back(scene: Scene, dossier: DossierRow, number: int, *, reason: str, by: str) -> None:
    """A contact gives a booked hour back until a day before it begins, staff until it begins; others may book it then.

    Everybody who was asked hears that it does not take place. Raises Unknown, Refused with every reason.
    """
    person, row = scene.person(by), _find(scene, number)
    standing = standing_of(scene, person, dossier)
    booked = scene.session.get(MeetingRow, row.booking_id) if row.booking_id is not None else None
    mine = booked is not None and booked.dossier_id == dossier.id
    refuse([
        may_act_as(APPLICANT, standing, scene.workflow) if must_be_staff(standing) else None,
        None if mine else Refusal("hours", "this hour is not booked for this dossier", {"because": "not booked"}),
        _begins_too_soon(scene, booked, standing) if booked and mine else None,
    ])  # fmt: skip
    assert booked is not None
    row.booking_id = None
    scene.session.add(row)
    scene.session.flush()
    point("hour given back")
    scene.note("hour given back", by, dossier=dossier, hour=number, meeting=the_id(booked))
    meetings.put_cancelled(scene, booked, reason=reason.strip() or None, by=by)


def _put(scene: Scene, name: str, person: PersonRow, one: Sitting, starts_at: int, ends_at: int) -> None:
    assert one.start is not None
    assert one.end is not None
    row = HourRow(
        round_id=scene.round_id, meeting=name, person_id=the_id(person), day=one.day.isoformat(),
        start=one.start.isoformat(), end=one.end.isoformat(), starts_at=starts_at, ends_at=ends_at, place=one.place,
        online=one.online, given_at=scene.now,
    )  # fmt: skip
    scene.session.add(row)
    scene.session.flush()
    point("hour written")
    scene.note("hour given", person.email, hour=the_id(row), meeting=name, **said_of(one))


def _take(scene: Scene, row: HourRow, booked: MeetingRow) -> None:
    """Book an hour, unless somebody else has: then everything of this act is taken back."""
    taken = scene.session.connection().execute(
        sa.update(HourRow)
        .where(col(HourRow.id) == row.id, _is_free(), col(HourRow.removed_at).is_(None))
        .values(booking_id=booked.id)
    )
    point("hour taken")
    refuse([
        Refusal("hours", "somebody else has booked this hour", {"because": "taken"}) if taken.rowcount != 1 else None
    ])  # fmt: skip
    scene.session.refresh(row)


def _is_free() -> sa.ColumnElement[bool]:
    """Nobody has booked it, or what it was booked for does not take place."""
    off = sa.select(col(MeetingRow.id)).where(col(MeetingRow.cancelled_at).is_not(None))
    return sa.or_(col(HourRow.booking_id).is_(None), col(HourRow.booking_id).in_(off))


def _booked_with(scene: Scene, name: str) -> Meeting:
    booked = {one.name: one for one in scene.workflow.meetings.values() if one.book_with}
    if name not in booked:
        raise Unknown("meeting that is booked", name, booked)
    return booked[name]


def _must_have(meeting: Meeting, standing: Standing) -> Refusal | None:
    if meeting.book_with in standing.roles:
        return None
    return Refusal("role", f'only "{meeting.book_with}" gives hours for "{meeting.title}"', {"because": "member"})


def _wrong(scene: Scene, name: str, one: Sitting) -> list[Refusal]:
    if one.start is None or one.end is None:
        return [Refusal("hours", "say from when until when", {"because": "hours"})]
    found = list(meetings.against(scene, name, one))
    if not one.place and not one.online:
        found.append(Refusal("hours", "say where, or on line at which address", {"because": "where"}))
    return found


def _not_for(
    scene: Scene, dossier: DossierRow, meeting: Meeting, obligation: ObligationRow | None
) -> list[Refusal | None]:
    """Why a dossier books no hour of a meeting."""
    owed = any(one.attend == meeting.name for one in scene.workflow.obligations.values())
    if obligation is not None:
        attends = scene.workflow.obligations[obligation.name].attend == meeting.name
        other = None if attends else Refusal("hours", "this hour is for another meeting", {"because": "other"})
        return [other, *(one for one in against_owed(scene, dossier, obligation) if not _has_begun(one))]
    here = was_open(scene.session, meeting, dossier)
    ended = dossier.state in scene.workflow.ends_in
    return [
        Refusal("hours", "say for which of what is owed", {"because": "which"}) if owed else None,
        Refusal("state", f'"{meeting.title}" is not open to {dossier.number} ({dossier.state})',
                {"because": "meeting", "meeting": meeting.title}) if ended or not here else None,
    ]  # fmt: skip


def _has_begun(one: Refusal | None) -> bool:
    """Whether a refusal says what `_begins_too_soon` says better."""
    return one is not None and one.code == "meeting"


def _begins_too_soon(scene: Scene, booked: MeetingRow, standing: Standing) -> Refusal | None:
    begins = booked.starts_at or 0
    if begins <= scene.now:
        return Refusal("meeting", "this meeting has begun", {"because": "begun"})
    if must_be_staff(standing) and begins - scene.now < LAST:
        return Refusal("hours", "it begins within a day: write to the staff", {"because": "soon"})
    return None


def _booking(scene: Scene, dossier: DossierRow, name: str, obligation: ObligationRow | None) -> MeetingRow | None:
    if obligation is not None:
        return booking_of(scene, obligation)
    return scene.session.exec(
        select(MeetingRow)
        .where(
            col(MeetingRow.dossier_id) == dossier.id, col(MeetingRow.name) == name,
            col(MeetingRow.obligation_id).is_(None), col(MeetingRow.cancelled_at).is_(None),
        )
        .order_by(col(MeetingRow.id).desc())
    ).first()  # fmt: skip


def _hour_of(scene: Scene, booked: MeetingRow) -> HourRow | None:
    return scene.session.exec(select(HourRow).where(col(HourRow.booking_id) == booked.id)).first()


def _find(scene: Scene, number: int) -> HourRow:
    row = scene.session.get(HourRow, number)
    if row is None or row.round_id != scene.round_id or row.removed_at is not None:
        raise Unknown(f"hour in {scene.round.key}", str(number))
    return row


def _sitting(row: HourRow) -> Sitting:
    return Sitting(
        date.fromisoformat(row.day), time.fromisoformat(row.start), time.fromisoformat(row.end), row.place, row.online
    )


def _instants(scene: Scene, one: Sitting) -> tuple[int, int]:
    assert one.start is not None
    assert one.end is not None
    zone = scene.calendar.zone
    return to_instant(one.day, one.start, zone), to_instant(one.day, one.end, zone)
