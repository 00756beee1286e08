"""What do staff look at while they plan a day of slots: who is heard, what they answered, what speaks against it?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from engine.database.cohort.letters import title
from engine.database.coming import is_open_to
from engine.database.records import (
    ConflictRow,
    ContactRow,
    DossierRow,
    InvitationRow,
    MeetingRow,
    NotificationRow,
    PersonRow,
    RoleRow,
    RoundRow,
    SlotRow,
    TurnRow,
)
from engine.database.running_orders import RunningOrder, is_of, reserve_order
from engine.database.sitting import elsewhere_among, sits_at
from engine.rules.moments import day_starts
from engine.rules.suggested_order import Wish
from engine.rules.workflow import Meeting, Workflow

MOST = 500
"""dossiers without a slot that are listed"""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who speaks for a dossier, and what they answered to being asked for its slot."""

    name: str
    email: str
    invited: bool
    answer: str | None
    words: str | None
    wants_other: str | None
    failed: bool
    """whether the last letter to them could not be delivered"""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A dossier that is heard, or waits to be; `hidden` from staff who have a conflict with it."""

    id: int
    number: str
    title: str
    organisation: str
    position: int | None
    locked: bool
    hidden: bool
    declined_at: int | None
    wish: Wish | None
    words: str | None
    speakers: tuple[Speaker, ...]

    @property
    def reachable(self) -> bool:
        """Whether anybody can be written to."""
        return any(not one.failed for one in self.speakers)

    @property
    def answer(self) -> str:
        """What its people have answered all in all: `confirmed`, `other` (another slot, please), `asked` or nothing."""
        if any(one.wants_other for one in self.speakers if one.invited):
            return "other"
        if any(one.answer == "accepted" for one in self.speakers if one.invited):
            return "confirmed"
        if any(one.answer == "declined" for one in self.speakers if one.invited):
            return "cannot"
        return "asked" if any(one.invited for one in self.speakers) else ""


@dataclass(frozen=True, slots=True)
class Listener:
    """A member or an observer, and the dossiers (ids) that she does not hear."""

    id: int
    name: str
    email: str
    role: str
    ties: frozenset[int]
    elsewhere: frozenset[int] = frozenset()
    """those of `ties` that lie before another committee of that name"""


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody who is asked to another meeting at the same time."""

    person_id: int
    round: str
    meeting: str
    starts_at: int
    ends_at: int


@dataclass(frozen=True, slots=True)
class Room:
    """Another meeting at the same place and at the same time; without hours it lasts all day."""

    round: str
    meeting: str
    day: str
    starts_at: int | None


def candidates(
    session: Session, workflow: Workflow, round_id: int, order: RunningOrder, looker: int
) -> Sequence[Candidate]:
    """The dossiers of a running order: with a slot by position, then the reserve list, then who turned one down."""
    hers = aliased(ConflictRow)
    hidden = sa.exists().where(col(hers.dossier_id) == col(DossierRow.id), col(hers.person_id) == looker)
    rows = (
        session.connection()
        .execute(
            sa.select(
                col(DossierRow.id), col(DossierRow.number), title(workflow), col(DossierRow.organisation),
                col(SlotRow.position), col(SlotRow.locked_at), hidden, col(TurnRow.declined_at), col(TurnRow.wish),
                col(TurnRow.hour), col(TurnRow.words),
            )
            .select_from(DossierRow)
            .join(SlotRow, is_of(SlotRow, order.meeting), isouter=True)
            .join(TurnRow, is_of(TurnRow, order.meeting), isouter=True)
            .where(
                col(DossierRow.round_id) == round_id,
                sa.or_(is_open_to(order.meeting), col(SlotRow.id).is_not(None)),
            )
            .order_by(
                col(SlotRow.position).nulls_last(), col(TurnRow.declined_at).nulls_first(), *reserve_order()
            )
            .limit(order.day.count + MOST)
        )
        .all()
    )  # fmt: skip
    speakers = _speakers(session, order.sitting, [row[0] or 0 for row in rows])
    return [
        Candidate(
            id or 0, number, called, organisation, position, locked is not None, bool(secret), declined,
            Wish.of(wish, hour), words, tuple(speakers.get(id or 0, ())),
        )
        for id, number, called, organisation, position, locked, secret, declined, wish, hour, words in rows
    ]  # fmt: skip


def _speakers(session: Session, sitting: MeetingRow, ids: Collection[int]) -> Mapping[int, list[Speaker]]:
    last = (
        sa.select(sa.func.max(col(NotificationRow.id)))
        .where(
            col(NotificationRow.person_id) == col(PersonRow.id), col(NotificationRow.address) == col(PersonRow.email),
            col(NotificationRow.status).in_(("sent", "failed")),
        )
        .correlate(PersonRow)
        .scalar_subquery()
    )  # fmt: skip
    newest = aliased(NotificationRow)
    rows = session.connection().execute(
        sa.select(
            col(ContactRow.dossier_id), col(PersonRow.name), col(PersonRow.email), col(InvitationRow.id),
            col(InvitationRow.answer), col(InvitationRow.words), col(InvitationRow.wants_other), col(newest.status),
        )
        .select_from(ContactRow)
        .join(PersonRow, col(PersonRow.id) == col(ContactRow.person_id))
        .join(
            InvitationRow,
            sa.and_(
                col(InvitationRow.meeting_id) == sitting.id, col(InvitationRow.person_id) == col(PersonRow.id),
                col(InvitationRow.dossier_id) == col(ContactRow.dossier_id), col(InvitationRow.cancelled_at).is_(None),
            ),
            isouter=True,
        )
        .join(newest, col(newest.id) == last, isouter=True)
        .where(col(ContactRow.dossier_id).in_(list(ids)))
        .order_by(col(ContactRow.id))
    )  # fmt: skip
    found: dict[int, list[Speaker]] = {}
    for dossier, name, email, invitation, answer, words, other, status in rows:
        found.setdefault(dossier, []).append(
            Speaker(name or email, email, invitation is not None, answer, words, other, status == "failed")
        )
    return found


def listeners(
    session: Session, round_id: int, roles: Sequence[str], dossiers: Collection[int], meeting: Meeting | None = None
) -> Sequence[Listener]:
    """Those with one of the roles, each once, in the order in which they came, with what they do not hear of these.

    Of a meeting of one strand or answer those who sit for it.
    """
    people = session.connection().execute(
        sa.select(col(PersonRow.id), col(PersonRow.name), col(PersonRow.email), col(RoleRow.role))
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(
            col(RoleRow.round_id) == round_id, col(RoleRow.role).in_(list(roles)),
            sits_at(meeting) if meeting else sa.true(),
        )
        .order_by(col(RoleRow.id))
    ).all()  # fmt: skip
    ids = list(dossiers)
    tied = sa.union_all(
        *(
            sa.select(col(row.person_id), col(row.dossier_id)).where(col(row.dossier_id).in_(ids))
            for row in (ConflictRow, ContactRow)
        )
    )
    ties: dict[int, set[int]] = {}
    for person, dossier in session.connection().execute(tied):
        ties.setdefault(person, set()).add(dossier)
    other: dict[int, set[int]] = {}
    for dossier, person in elsewhere_among(session, ids, roles):
        other.setdefault(person, set()).add(dossier)
    each: dict[int, Listener] = {}
    for id, name, email, role in people:
        tied_to, lies_elsewhere = ties.get(id or 0, set()), other.get(id or 0, set())
        hers = frozenset(tied_to | lies_elsewhere), frozenset(lies_elsewhere - tied_to)
        each.setdefault(id or 0, Listener(id or 0, name or email, email, role, *hers))
    return list(each.values())


def clashes(session: Session, sitting: MeetingRow, people: Collection[int], since: int, until: int) -> Sequence[Clash]:
    """Where else these people are asked to be between two instants, at any meeting of any round."""
    rows = session.connection().execute(
        sa.select(
            col(InvitationRow.person_id), col(RoundRow.key), col(MeetingRow.name), col(InvitationRow.starts_at),
            col(InvitationRow.ends_at),
        )
        .join(MeetingRow, col(MeetingRow.id) == col(InvitationRow.meeting_id))
        .join(RoundRow, col(RoundRow.id) == col(InvitationRow.round_id))
        .where(
            col(InvitationRow.person_id).in_(list(people)), col(InvitationRow.meeting_id) != sitting.id,
            col(InvitationRow.cancelled_at).is_(None), sa.or_(
                col(InvitationRow.answer).is_(None), col(InvitationRow.answer) != "declined"
            ),
            col(InvitationRow.starts_at) < until,
            sa.func.coalesce(col(InvitationRow.ends_at), col(InvitationRow.starts_at) + 1) > since,
        )
        .order_by(col(InvitationRow.starts_at), col(InvitationRow.id))
    )  # fmt: skip
    return [
        Clash(person, of, meeting, starts_at or 0, ends_at or starts_at or 0)
        for person, of, meeting, starts_at, ends_at in rows
    ]


def rooms(session: Session, order: RunningOrder) -> Sequence[Room]:
    """Other meetings that are held at the same place while this day of slots lasts, in any round."""
    if not order.sitting.place or not order.day.places:
        return ()
    first, last = order.day.at(order.day.places[0]), order.day.at(order.day.places[-1])
    overlaps = sa.or_(
        sa.and_(col(MeetingRow.starts_at).is_(None), col(MeetingRow.day) == order.sitting.day),
        sa.and_(
            col(MeetingRow.starts_at) < last.ends_at,
            sa.func.coalesce(
                col(MeetingRow.ends_at), sa.case((col(MeetingRow.day) == order.sitting.day, _end_of(order)), else_=0)
            ) > first.starts_at,
        ),
    )  # fmt: skip
    rows = session.connection().execute(
        sa.select(col(RoundRow.key), col(MeetingRow.name), col(MeetingRow.day), col(MeetingRow.starts_at))
        .join(RoundRow, col(RoundRow.id) == col(MeetingRow.round_id))
        .where(
            sa.func.lower(col(MeetingRow.place)) == order.sitting.place.lower(), col(MeetingRow.id) != order.sitting.id,
            col(MeetingRow.cancelled_at).is_(None), overlaps,
        )
        .order_by(col(MeetingRow.starts_at), col(MeetingRow.id))
    )  # fmt: skip
    return [Room(*row) for row in rows]


def _end_of(order: RunningOrder) -> int:
    """When the day is over, for a meeting of which nobody says until when it lasts."""
    return day_starts(order.day.day + timedelta(days=1), order.day.zone)
