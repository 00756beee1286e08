"""When does a meeting take place, and who decides that it is moved or does not take place?"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, time, timedelta
from typing import Any

from sqlmodel import col, func, select

from engine.cycle.inviting import follow
from engine.cycle.own_windows import said_of, window_of_meeting
from engine.cycle.people import standing_of
from engine.cycle.reasons import refuse
from engine.cycle.scene import CALENDAR, Scene
from engine.cycle.seat_offers import follow_meeting
from engine.cycle.slots import resettle
from engine.database.records import DossierRow, MeetingRow, ObligationRow, PersonRow
from engine.database.store import the_id
from engine.errors import GrantcycleError, Refusal, Unknown
from engine.faults import point
from engine.rules.meetings_apart import strand_of
from engine.rules.moments import day_starts, from_instant, to_instant, tzdata_version, window_at
from engine.rules.roles import must_be_staff
from engine.rules.round import NEVER
from engine.rules.seats import seats_of
from engine.rules.times import Window
from engine.rules.workflow import Meeting


@dataclass(frozen=True, slots=True)
class Sitting:
    """When and where a meeting takes place: a local day, hours where they are known, a place, an address on line."""

    day: date
    start: time | None = None
    end: time | None = None
    place: str | None = None
    online: str | None = None
    seats: int | None = None


def lay_out(scene: Scene) -> None:
    """Write down when the meetings of the round take place, as its file says; what stands there already stays."""
    known = {
        (row.name, row.position)
        for row in scene.session.exec(select(MeetingRow).where(col(MeetingRow.round_id) == scene.round_id)).all()
    }
    for name, sittings in scene.programme.rounds[scene.round.name].meetings.items():
        for position, one in enumerate(sittings, start=1):
            if (name, position) not in known:
                seats = seats_of(scene.workflow.meetings[name])
                sitting = Sitting(one.day, one.start, one.end, one.place, one.online, seats)
                _put(scene, name, position, sitting)
    scene.session.flush()
    point("meetings laid out")
    scene.has_planned()


def plan(
    scene: Scene,
    name: str,
    sitting: Sitting,
    *,
    by: str,
    dossier: DossierRow | None = None,
    obligation: ObligationRow | None = None,
) -> MeetingRow:
    """Staff say when a meeting takes place, one more time. Raises Refused with every reason."""
    person = scene.person(by)
    refuse([
        must_be_staff(standing_of(scene, person, dossier)), *against(scene, name, sitting, dossier),
        None if dossier or scene.workflow.meetings[name].window else _of_each(scene.workflow.meetings[name]),
    ])  # fmt: skip
    return put(scene, name, sitting, person, dossier=dossier, obligation=obligation)


def _of_each(meeting: Meeting) -> Refusal:
    sentence = f'"{meeting.title}" takes place for each dossier on days of its own: it is agreed on with each'
    return Refusal("meeting", sentence, {"because": "own days", "meeting": meeting.title})


def put(
    scene: Scene,
    name: str,
    sitting: Sitting,
    person: PersonRow,
    *,
    dossier: DossierRow | None = None,
    obligation: ObligationRow | None = None,
) -> MeetingRow:
    """Write a meeting that somebody has planned; nobody is asked to it yet.

    Where they do not say how many seats it has, the workflow does.
    """
    if sitting.seats is None:
        sitting = replace(sitting, seats=seats_of(scene.workflow.meetings[name]))
    last = scene.session.exec(
        select(func.max(MeetingRow.position)).where(
            col(MeetingRow.round_id) == scene.round_id, col(MeetingRow.name) == name
        )
    ).one()
    row = _put(scene, name, (last or 0) + 1, sitting, person, dossier, obligation)
    scene.session.flush()
    point("meeting planned")
    scene.note(
        "meeting planned", person.email, dossier=dossier, meeting=the_id(row), name=name, position=row.position,
        obligation=f"{obligation.name} {obligation.position}" if obligation else None, **_said(sitting),
    )  # fmt: skip
    scene.has_planned()
    return row


def move(scene: Scene, row: MeetingRow, sitting: Sitting, *, reason: str, by: str) -> int:
    """Staff say that a meeting takes place at another time or place, and why; gives how many people hear of it.

    Everybody who is asked to it hears of it in the same transaction. Raises Refused with every reason; then nothing
    has moved.
    """
    person = scene.person(by)
    dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id is not None else None
    refuse([
        must_be_staff(standing_of(scene, person, dossier)),
        None if reason.strip() else Refusal("reason", "a written reason is required"),
        *(standing_against(scene, row) or against(scene, row.name, sitting, dossier)),
    ])  # fmt: skip
    return put_moved(scene, row, sitting, reason=reason, by=by)


def put_moved(scene: Scene, row: MeetingRow, sitting: Sitting, *, reason: str | None, by: str) -> int:
    """Write that a meeting is held as `sitting` says, and tell everybody who is asked to it; gives how many they are.

    Nothing is written, and nobody told, where that is how it stands already. It has as many seats as before: how many
    there are is said by itself, for nobody may lose theirs.
    """
    before = as_sitting(row)
    sitting = replace(sitting, seats=row.seats)
    if before == sitting:
        return 0
    _set(scene, row, sitting)
    row.changed_at, row.reason = scene.now, reason.strip() if reason else None
    if any(getattr(before, name) != getattr(sitting, name) for name in ("day", "start", "end", "place", "online")):
        row.sequence += 1
    scene.session.add(row)
    scene.session.flush()
    point("meeting moved")
    scene.has_planned()
    dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id is not None else None
    scene.note(
        "meeting moved", by, dossier=dossier, meeting=the_id(row), sequence=row.sequence, reason=row.reason,
        **_said(sitting),
    )  # fmt: skip
    told = follow(scene, row, reason=row.reason, by=by) + follow_meeting(scene, row, reason=row.reason)
    return told + resettle(scene, row, reason=row.reason, by=by)


def cancel(scene: Scene, row: MeetingRow, *, reason: str, by: str) -> int:
    """Staff say that a meeting does not take place, and why; gives how many people hear of it."""
    person = scene.person(by)
    dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id is not None else None
    refuse([
        must_be_staff(standing_of(scene, person, dossier)),
        None if reason.strip() else Refusal("reason", "a written reason is required"),
        *standing_against(scene, row),
    ])  # fmt: skip
    return put_cancelled(scene, row, reason=reason, by=by)


def put_cancelled(scene: Scene, row: MeetingRow, *, reason: str | None, by: str) -> int:
    """Write that a meeting does not take place, and tell everybody who is asked to it; gives how many they are."""
    row.sequence, row.cancelled_at, row.changed_at = row.sequence + 1, scene.now, scene.now
    row.reason = reason.strip() if reason else None
    scene.session.add(row)
    scene.session.flush()
    point("meeting cancelled")
    dossier = scene.session.get_one(DossierRow, row.dossier_id) if row.dossier_id is not None else None
    scene.note("meeting cancelled", by, dossier=dossier, meeting=the_id(row), sequence=row.sequence, reason=row.reason)
    scene.has_planned()
    told = follow(scene, row, reason=row.reason, by=by) + follow_meeting(scene, row, reason=row.reason)
    return told + resettle(scene, row, reason=row.reason, by=by)


def find(scene: Scene, number: int) -> MeetingRow:
    """The meeting of that id. Raises Unknown where the round has none."""
    row = scene.session.get(MeetingRow, number)
    if row is None or row.round_id != scene.round_id:
        raise Unknown(f"meeting in {scene.round.key}", str(number))
    return row


def work_out_again(scene: Scene) -> None:
    """Work out anew when meetings begin and end that are still to come, where the zone data have changed."""
    for row in scene.session.exec(
        select(MeetingRow).where(
            col(MeetingRow.round_id) == scene.round_id, col(MeetingRow.cancelled_at).is_(None),
            col(MeetingRow.tzdata) != tzdata_version(), col(MeetingRow.starts_at) > scene.now,
        )
    ).all():  # fmt: skip
        before = (row.starts_at, row.ends_at)
        _set(scene, row, as_sitting(row))
        moved = (row.starts_at, row.ends_at) != before
        row.sequence += moved
        scene.session.add(row)
        scene.session.flush()
        point("meeting worked out again")
        if moved:
            scene.note("meeting worked out again", CALENDAR, meeting=the_id(row), sequence=row.sequence)
            scene.has_planned()
            follow(scene, row)
            resettle(scene, row, reason=None, by=CALENDAR)


def as_sitting(row: MeetingRow) -> Sitting:
    """When and where a meeting takes place."""
    return Sitting(
        date.fromisoformat(row.day), time.fromisoformat(row.start) if row.start else None,
        time.fromisoformat(row.end) if row.end else None, row.place, row.online, row.seats,
    )  # fmt: skip


def against(scene: Scene, name: str, sitting: Sitting, dossier: DossierRow | None = None) -> Sequence[Refusal]:
    """All there is against a meeting being held then, for a dossier where it is one's own.

    Raises Unknown for a meeting that the workflow does not have.
    """
    if name not in scene.workflow.meetings:
        raise Unknown("meeting", name, scene.workflow.meetings)
    meeting = scene.workflow.meetings[name]
    found = []
    if sitting.end is not None and (sitting.start is None or sitting.end <= sitting.start):
        found.append(Refusal("meeting", "a meeting ends after it begins, on the same day", {"because": "hours"}))
    try:
        starts_at, ends_at = _instants(scene, sitting)
    except GrantcycleError as problem:
        return [*found, Refusal("meeting", str(problem), {"because": "lost hour"})]
    begins = day_starts(sitting.day, scene.calendar.zone) if starts_at is None else starts_at
    over = day_starts(sitting.day + timedelta(days=1), scene.calendar.zone) if starts_at is None else starts_at
    if over <= scene.now:
        past = Refusal("meeting", f"{sitting.day} is past", {"because": "past", "day": sitting.day.isoformat()})
        found.append(past)
    return [*found, *_outside(scene, meeting, (begins, over, ends_at), dossier)]


def _outside(
    scene: Scene, meeting: Meeting, hours: tuple[int, int, int | None], dossier: DossierRow | None
) -> Iterator[Refusal]:
    """Why a meeting is not held from when to when: its window is another. An hour that anybody may book has none."""
    if dossier is None and meeting.window is None:
        return
    own = None if dossier is None else window_of_meeting(scene, dossier, meeting)
    zone, (begins, over, ends_at) = scene.calendar.zone, hours
    opens, ends = own or window_at(scene.calendar.of_strand(strand_of(meeting)), _of_all(meeting), begins)
    closes = day_starts(NEVER.day, zone) if ends is None else ends
    if opens is None:
        moment = meeting.own_window.start if meeting.own_window else None
        sentence = f'"{meeting.title}" takes place from "{moment}" on, and nobody has given that day yet'
        yield Refusal("early", sentence, {"because": "no day", "question": said_of(scene.workflow, moment)})
    elif begins >= closes or over <= opens or (ends_at is not None and ends_at > closes):
        first, last = (from_instant(edge, zone).date() for edge in (opens, closes - 1))
        sentence = f'"{meeting.title}" takes place from {first} to {last} ({window_said(meeting)})'
        yield Refusal("meeting", sentence, {
            "because": "window" if meeting.window else "own window", "meeting": meeting.title,
            "first": first.isoformat(), "last": last.isoformat(),
        })  # fmt: skip


def _of_all(meeting: Meeting) -> Window:
    assert meeting.window is not None, f"{meeting.name} has one for each dossier"
    return meeting.window


def window_said(meeting: Meeting) -> str:
    """When a meeting takes place, in the words of the file."""
    return f"within {meeting.within}" if meeting.within else str(meeting.window or meeting.own_window)


def standing_against(scene: Scene, row: MeetingRow) -> Sequence[Refusal]:
    """All there is against moving or cancelling a meeting as it stands."""
    if row.cancelled_at is not None:
        return [Refusal("meeting", "this meeting was cancelled", {"because": "cancelled"})]
    over = row.starts_at if row.starts_at is not None else day_starts(
        date.fromisoformat(row.day) + timedelta(days=1), row.zone
    )  # fmt: skip
    if over <= scene.now:
        return [Refusal("meeting", "this meeting has begun", {"because": "begun"})]
    return []


def _put(
    scene: Scene,
    name: str,
    position: int,
    sitting: Sitting,
    person: PersonRow | None = None,
    dossier: DossierRow | None = None,
    obligation: ObligationRow | None = None,
) -> MeetingRow:
    row = MeetingRow(
        round_id=scene.round_id, name=name, position=position, dossier_id=dossier.id if dossier else None,
        obligation_id=obligation.id if obligation else None, day="", zone="", tzdata="", planned_at=scene.now,
        planned_by=person.id if person else None, changed_at=scene.now,
    )  # fmt: skip
    _set(scene, row, sitting)
    scene.session.add(row)
    return row


def _set(scene: Scene, row: MeetingRow, sitting: Sitting) -> None:
    row.day, row.zone, row.tzdata = sitting.day.isoformat(), scene.calendar.zone, tzdata_version()
    row.start = sitting.start.isoformat() if sitting.start else None
    row.end = sitting.end.isoformat() if sitting.end else None
    row.place, row.online, row.seats = sitting.place, sitting.online, sitting.seats
    row.starts_at, row.ends_at = _instants(scene, sitting)


def _instants(scene: Scene, sitting: Sitting) -> tuple[int | None, int | None]:
    """From when until when, in UTC microseconds. Raises LostHour for an hour that the clocks skip."""
    starts_at, ends_at = (
        to_instant(sitting.day, hour, scene.calendar.zone) if hour else None for hour in (sitting.start, sitting.end)
    )
    return starts_at, ends_at


def _said(sitting: Sitting) -> dict[str, Any]:
    """What the journal says of it."""
    return {
        name: value.isoformat() if isinstance(value, date | time) else value for name, value in asdict(sitting).items()
    }
