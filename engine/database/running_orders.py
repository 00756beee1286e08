"""How does the running order of a meeting stand: its day, its slots, who waits for one?"""

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.coming import is_open_to
from engine.database.records import BreakRow, DossierRow, MeetingRow, RunningOrderRow, SlotRow, TurnRow
from engine.rules.meetings_apart import strand_of
from engine.rules.moments import Calendar
from engine.rules.running_order import Break, Day
from engine.rules.workflow import Meeting, Workflow


@dataclass(frozen=True)
class RunningOrder:
    """A running order as it stands. `row` is None as long as nobody has planned anything."""

    meeting: Meeting
    sitting: MeetingRow
    row: RunningOrderRow | None
    day: Day
    slots: Mapping[int, SlotRow]
    """by position"""

    @property
    def digest(self) -> str:
        """What a page names that was made of it: another one once anything is different."""
        kept = [
            [(position, slot.dossier_id, slot.locked_at is not None) for position, slot in sorted(self.slots.items())],
            str(self.day.day), str(self.day.first), [[one.after, one.minutes, one.title] for one in self.day.breaks],
            self.published_at is not None,
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(kept).encode()).hexdigest()

    @property
    def published_at(self) -> int | None:
        return self.row.published_at if self.row else None

    @property
    def free(self) -> tuple[int, ...]:
        """The positions of the day at which nobody is heard."""
        return tuple(position for position in self.day.places if position not in self.slots)


def has_running_order(meeting: Meeting) -> bool:
    """Whether dossiers come to a meeting one after the other."""
    return meeting.running_order is not None and meeting.open_to != "everyone"


def meetings_open_to(workflow: Workflow, state: str) -> tuple[Meeting, ...]:
    """The meetings with a running order to which dossiers in a state come."""
    return tuple(one for one in workflow.meetings.values() if has_running_order(one) and state in one.open_to)


def day_of(
    calendar: Calendar, meeting: Meeting, sitting: MeetingRow, first: time | None = None, breaks: Sequence[Break] = ()
) -> Day | None:
    """The day of a running order, from the local hour `first` on or from where the meeting begins.

    None while no hour is known. Raises LostHour for one that the clocks skip.
    """
    first = first or (time.fromisoformat(sitting.start) if sitting.start else None)
    if meeting.running_order is None or first is None:
        return None
    assert meeting.window is not None, "a running order is of a day for all"
    since, until = calendar.of_strand(strand_of(meeting) or calendar.strand).window(meeting.window)
    until = until if sitting.ends_at is None else min(until, sitting.ends_at)
    return Day(
        date.fromisoformat(sitting.day), first, calendar.zone, meeting.running_order, tuple(breaks), since, until
    )


def running_order(session: Session, round_id: int, calendar: Calendar, meeting: Meeting) -> RunningOrder | None:
    """The running order of a meeting; None where it has none, or no day and hour are known for it."""
    sitting = sitting_of(session, round_id, meeting.name) if has_running_order(meeting) else None
    if sitting is None:
        return None
    row, breaks = planned(session, round_id, meeting.name)
    day = day_of(calendar, meeting, sitting, time.fromisoformat(row.first) if row and row.first else None, breaks)
    if day is None:
        return None
    slots = session.exec(
        select(SlotRow)
        .where(col(SlotRow.round_id) == round_id, col(SlotRow.meeting) == meeting.name)
        .order_by(col(SlotRow.position))
    ).all()
    return RunningOrder(meeting, sitting, row, day, {slot.position: slot for slot in slots})


def sitting_of(session: Session, round_id: int, meeting: str) -> MeetingRow | None:
    """The time that a running order is of: the first that was planned for all to whom the meeting is open."""
    return session.exec(
        select(MeetingRow)
        .where(
            col(MeetingRow.round_id) == round_id, col(MeetingRow.name) == meeting,
            col(MeetingRow.dossier_id).is_(None), col(MeetingRow.cancelled_at).is_(None),
        )
        .order_by(col(MeetingRow.position))
        .limit(1)
    ).first()  # fmt: skip


def planned(session: Session, round_id: int, meeting: str) -> tuple[RunningOrderRow | None, tuple[Break, ...]]:
    """What staff have planned of a meeting's slots, with its breaks in order."""
    rows = session.execute(
        sa.select(RunningOrderRow, BreakRow)
        .join(BreakRow, col(BreakRow.running_order_id) == col(RunningOrderRow.id), isouter=True)
        .where(col(RunningOrderRow.round_id) == round_id, col(RunningOrderRow.meeting) == meeting)
        .order_by(col(BreakRow.after))
    ).all()
    if not rows:
        return None, ()
    return rows[0][0], tuple(Break(one.after, one.minutes, one.title) for _, one in rows if one is not None)


def reserve_order() -> tuple[sa.ColumnElement[int], ...]:
    """How a reserve list is ordered, of dossiers beside their turns."""
    return (
        col(TurnRow.place).nulls_last(), col(DossierRow.entered_at), col(DossierRow.received_at).nulls_first(),
        col(DossierRow.id),
    )  # type: ignore[return-value]  # of numbers, each of them  # fmt: skip


def first_of_reserve(
    session: Session,
    round_id: int,
    meeting: Meeting,
    *,
    besides: Collection[int] | sa.Select[tuple[int]] = (),
    limit: int = 1,
) -> Sequence[DossierRow]:
    """The dossiers that get the next slots that come free, in order, `besides` some."""
    others = col(DossierRow.id).not_in(list(besides) if not isinstance(besides, sa.Select) else besides)
    return session.exec(
        select(DossierRow)
        .join(SlotRow, is_of(SlotRow, meeting), isouter=True)
        .join(TurnRow, is_of(TurnRow, meeting), isouter=True)
        .where(
            col(DossierRow.round_id) == round_id, is_open_to(meeting),
            col(SlotRow.id).is_(None), col(TurnRow.declined_at).is_(None), others,
        )
        .order_by(*reserve_order())
        .limit(limit)
    ).all()  # fmt: skip


def is_of(row: type[SlotRow] | type[TurnRow], meeting: Meeting) -> sa.ColumnElement[bool]:
    """The condition that a slot, or a turn, is of a dossier and this meeting."""
    return sa.and_(col(row.dossier_id) == col(DossierRow.id), col(row.meeting) == meeting.name)


def turns(session: Session, round_id: int, meeting: str) -> Mapping[int, TurnRow]:
    """dossier -> what is known of it beside its slot."""
    rows = session.exec(select(TurnRow).where(col(TurnRow.round_id) == round_id, col(TurnRow.meeting) == meeting)).all()
    return {row.dossier_id: row for row in rows}
