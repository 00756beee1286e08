"""What happens in a round along its days: what the calendar does and did, how many it concerned, what was told?

Whatever there is one of for each dossier comes counted by the database, so that 10,000 cost no more than ten.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.cohort.moving import OF_OBLIGATIONS
from engine.database.cohort.standing import FREEING
from engine.database.records import (
    CauseRow,
    ContactRow,
    DeadlineRow,
    DossierRow,
    NotificationRow,
    ObligationRow,
    RoleRow,
    TransitionRow,
    VerdictRow,
)
from engine.database.seats import OFFER
from engine.rules.timers import DECIDES, MOVES, PROMISES, REMINDS

REMINDING, CHASING = "obligation-reminder", "obligation-overdue"
"""the letter that reminds of what is owed, each under a cause of its own"""


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that the calendar does once: for the round, or alike for single dossiers (`own`).

    Instants are UTC microseconds. `late_by` is by how much it came after it could fire, where it has ended.
    """

    key: str
    """of one of them: what is unique in a round"""
    kind: str
    name: str
    """empty for what is owed, where each dossier has its own"""
    moment: str
    due_at: int
    fires_at: int
    ending: str | None
    ended_at: int | None
    awaits_release: bool
    own: Mapping[str, int]
    """state -> dossiers that have it for themselves; empty for what the round does"""
    strand: str | None = None
    """of whose dossiers it is, where a strand has a date of its own"""
    clocks: str | None = None
    """by whose clocks it comes, where that is another instant than by the round's"""

    @property
    def cause(self) -> str:
        """Under which name the letters stand that it caused, where it is the round's: `transition lapse`."""
        if self.kind in (MOVES, "transition"):
            return f"transition {self.name}"
        if self.kind in ("verdicts", DECIDES):
            return f"verdicts {self.moment}"
        if self.kind == PROMISES:
            return f"promise {self.name}"
        if self.kind == REMINDS:
            return " ".join(self.key.split(" ")[1:4])
        return self.key if not self.own else self.key.rpartition(" ")[0]

    @property
    def batch(self) -> int | None:
        """Of which batch of a phase that is cut it is."""
        found = re.search(r" batch (\d+)$", self.key)
        return int(found[1]) if found else None

    @property
    def late_by(self) -> int:
        return 0 if self.ended_at is None else max(self.ended_at - self.fires_at, 0)


def happenings(session: Session, round_id: int, *, owed: bool = True) -> Sequence[Happening]:
    """All that the calendar does and did in a round, in order of time; what is owed by dossiers only if asked for.

    That a place frees is on nobody's calendar: the journal tells of it.
    """
    of_owed = col(DeadlineRow.kind).in_(OF_OBLIGATIONS)
    # in a question of its own, for PostgreSQL does not see that two parameters are the same
    each = (
        sa.select(
            col(DeadlineRow.kind), sa.case((of_owed, ""), else_=col(DeadlineRow.name)).label("name"),
            sa.case((of_owed, ""), else_=col(DeadlineRow.moment)).label("moment"), col(DeadlineRow.due_at),
            col(DeadlineRow.fires_at), col(DeadlineRow.ending), col(DeadlineRow.awaits_release),
            col(DeadlineRow.dossier_id).is_(None).label("is_round"), col(DeadlineRow.strand),
            col(DeadlineRow.clocks), col(DossierRow.state),
            col(DeadlineRow.ended_at), col(DeadlineRow.position), col(DeadlineRow.key),
        )
        .join(DossierRow, col(DossierRow.id) == col(DeadlineRow.dossier_id), isouter=True)
        .where(
            col(DeadlineRow.round_id) == round_id, col(DeadlineRow.kind).not_in((FREEING, OFFER)),
            sa.true() if owed else ~of_owed,
        )
        .subquery("each")
    )  # fmt: skip
    *of, ended, position, key = each.c
    rows = session.connection().execute(
        sa.select(*of, sa.func.max(ended), sa.func.count(), sa.func.min(position), sa.func.min(key))
        .group_by(*of)
        .order_by(each.c.due_at, sa.func.min(position))
    )
    found: dict[tuple[object, ...], Happening] = {}
    for *alike, state, ended_at, count, _position, one in rows:
        kind, called, when, due_at, fires_at, ending, awaits, is_round, strand, clocks = alike
        own = {} if is_round else {state: count}
        if (before := found.get(tuple(alike))) is not None:
            own = {**before.own, **own}
            ended_at = max(ended_at or 0, before.ended_at or 0) or None
        found[tuple(alike)] = Happening(
            one, kind, called, when, due_at, fires_at, ending, ended_at, bool(awaits), own, strand,
            clocks,
        )  # fmt: skip
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Due:
    """What dossiers owe by one instant, and how many have done it; `last_day` is ISO."""

    name: str
    last_day: str
    due_at: int
    dossiers: int
    fulfilled: int
    excused: int
    overdue: int


def owed(session: Session, round_id: int, ended: Sequence[str]) -> Sequence[Due]:
    """All that is owed in a round, by when; dossiers in an `ended` state owe nothing any more."""
    done, excused = col(ObligationRow.fulfilled_at).is_not(None), col(ObligationRow.excused_at).is_not(None)
    lies_with_staff = col(ObligationRow.handed_in_at).is_not(None)
    late = sa.and_(~done, ~excused, ~lies_with_staff, col(ObligationRow.overdue_at).is_not(None))

    def count(condition: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((condition, 1), else_=0)), 0)

    of = (col(ObligationRow.name), col(ObligationRow.last_day), col(ObligationRow.due_at))
    rows = session.connection().execute(
        sa.select(*of, sa.func.count(), count(done), count(sa.and_(~done, excused)), count(late))
        .join(DossierRow, col(DossierRow.id) == col(ObligationRow.dossier_id))
        .where(col(DossierRow.round_id) == round_id, sa.or_(done, excused, col(DossierRow.state).not_in(list(ended))))
        .group_by(*of)
        .order_by(col(ObligationRow.due_at), col(ObligationRow.name))
    )
    return [Due(name, day, at, *(int(number) for number in numbers)) for name, day, at, *numbers in rows]


@dataclass(frozen=True, slots=True)
class Readers:
    """To how many people a letter would go."""

    contacts: Mapping[str, int]
    """state -> contacts of its dossiers"""
    roles: Mapping[str, int]
    """role -> people"""


def readers(session: Session, round_id: int) -> Readers:
    """Who would be written to, in each state and in each role."""
    contacts = session.connection().execute(
        sa.select(col(DossierRow.state), sa.func.count())
        .join(ContactRow, col(ContactRow.dossier_id) == col(DossierRow.id))
        .where(col(DossierRow.round_id) == round_id)
        .group_by(col(DossierRow.state))
    )
    roles = session.connection().execute(
        sa.select(col(RoleRow.role), sa.func.count(sa.distinct(col(RoleRow.person_id))))
        .where(col(RoleRow.round_id) == round_id)
        .group_by(col(RoleRow.role))
    )
    return Readers({row[0]: row[1] for row in contacts}, {row[0]: row[1] for row in roles})


def standing_verdicts(session: Session, round_id: int) -> Mapping[str, int]:
    """transition -> how many verdicts stand that will bring it about."""
    rows = session.exec(
        select(VerdictRow.transition, sa.func.count())
        .join(DossierRow, col(DossierRow.id) == col(VerdictRow.dossier_id))
        .where(col(DossierRow.round_id) == round_id, col(VerdictRow.ended_at).is_(None))
        .group_by(col(VerdictRow.transition))
    ).all()
    return dict(rows)


def moves(session: Session, round_id: int) -> Mapping[tuple[str, int], int]:
    """(transition, due at) -> how many dossiers the calendar has moved there and then."""
    rows = session.connection().execute(
        sa.select(col(DeadlineRow.name), col(DeadlineRow.due_at), sa.func.count())
        .join(TransitionRow, col(TransitionRow.deadline_id) == col(DeadlineRow.id))
        .where(col(DeadlineRow.round_id) == round_id)
        .group_by(col(DeadlineRow.name), col(DeadlineRow.due_at))
    )
    return {(name, due_at): count for name, due_at, count in rows}


@dataclass(frozen=True, slots=True)
class Told:
    """How many letters one moment has caused, and how many of them have not left."""

    letters: int
    waiting: int


def letters_of(session: Session, round_id: int, causes: Sequence[str]) -> Mapping[tuple[str, int], Told]:
    """(cause, as of) -> its letters; reminders of what is owed stand under `obligation-reminder`."""
    reminds = col(NotificationRow.letter).in_((REMINDING, CHASING))
    each = (
        sa.select(
            sa.case((reminds, REMINDING), else_=col(CauseRow.name)).label("cause"), col(CauseRow.at),
            sa.case((col(NotificationRow.ended_at).is_(None), 1), else_=0).label("waiting"),
        )
        .select_from(NotificationRow)
        .join(CauseRow, col(CauseRow.id) == col(NotificationRow.cause_id))
        .where(col(NotificationRow.round_id) == round_id, sa.or_(reminds, col(CauseRow.name).in_(list(causes))))
        .subquery("each")
    )  # fmt: skip
    rows = session.connection().execute(
        sa.select(each.c.cause, each.c.at, sa.func.count(), sa.func.sum(each.c.waiting)).group_by(
            each.c.cause, each.c.at
        )
    )
    return {(name, at): Told(count, int(waiting)) for name, at, count, waiting in rows}


HOUR = 3_600_000_000
"""microseconds"""


def letters_by_hour(session: Session, round_id: int) -> Sequence[tuple[int, int]]:
    """(instant, how many letters of the round leave or left in the hour that begins then), in order of time."""
    each = (
        sa.select((col(NotificationRow.leaves_at) - col(NotificationRow.leaves_at) % HOUR).label("hour"))
        .where(col(NotificationRow.round_id) == round_id, col(NotificationRow.status).not_in(("cancelled", "expired")))
        .subquery("each")
    )
    rows = session.connection().execute(
        sa.select(each.c.hour, sa.func.count()).group_by(each.c.hour).order_by(each.c.hour)
    )
    return [(at, count) for at, count in rows]
