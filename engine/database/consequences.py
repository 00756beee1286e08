"""What has a transaction written so far: whom has it moved, what do people hear of it, and which dates have changed?"""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database.records import DeadlineRow, DossierRow, NotificationRow, ObligationRow, TransitionRow

_NOTIFICATION = NotificationRow.__table__.c  # type: ignore[attr-defined]  # SQLModel does not say that it has one
_DEADLINE = DeadlineRow.__table__.c  # type: ignore[attr-defined]
STOPPED = ("cancelled", "failed", "expired")
"""how a letter ends that nobody gets"""


@dataclass(frozen=True, slots=True)
class Moved:
    """One move of one dossier; `by_calendar` where nobody chose it, and the calendar made it because of another."""

    number: str
    transition: str
    source: str
    target: str
    by_calendar: bool


@dataclass(frozen=True, slots=True)
class Told:
    """One letter of the workflow to one role: how many go, to how many people, in which languages.

    `leaves_at` is when the first of them leaves (UTC microseconds); `sample` is the notification of one, by language;
    `stopped` are those that a staging machine will not send.
    """

    letter: str
    role: str
    count: int
    people: int
    languages: Mapping[str, int]
    leaves_at: int
    samples: Mapping[str, int]
    stopped: int = 0


@dataclass(frozen=True, slots=True)
class Taken:
    """Letters that were waiting and will not leave any more, of one name."""

    letter: str
    count: int


@dataclass(frozen=True, slots=True)
class Dated:
    """A deadline of the round or of one dossier (`number`): planned (`before` is None), cancelled (`after` is None) or
    moved; with `fires` it happens at once. Instants in UTC microseconds."""

    key: str
    kind: str
    name: str
    number: str | None
    before: int | None
    after: int | None
    fires: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that a dossier owes from now on."""

    number: str
    name: str
    position: int
    last_day: str


@dataclass(frozen=True, slots=True)
class Consequences:
    """All of it."""

    moved: tuple[Moved, ...] = ()
    told: tuple[Told, ...] = ()
    taken: tuple[Taken, ...] = ()
    dated: tuple[Dated, ...] = ()
    owed: tuple[Owed, ...] = ()

    @property
    def letters(self) -> int:
        """How many letters go in all."""
        return sum(one.count for one in self.told)

    @property
    def leaves_at(self) -> int | None:
        """When the first letter leaves, or None."""
        return min((one.leaves_at for one in self.told if one.count), default=None)

    @property
    def set_off(self) -> tuple[Moved, ...]:
        """What the calendar does at once because of it."""
        return tuple(one for one in self.moved if one.by_calendar)


@dataclass(frozen=True, slots=True)
class Marks:
    """How a round stood before: the highest ids, the deadlines that have not ended, the letters that have not left."""

    transition: int
    notification: int
    obligation: int
    deadlines: Mapping[int, tuple[str, str, str, str | None, int]]
    letters: Mapping[int, str]


def marks_of(session: Session, round_id: int) -> Marks:
    """A round as it stands now, to tell later what has changed."""

    def highest(row: type[TransitionRow] | type[NotificationRow] | type[ObligationRow]) -> int:
        return session.connection().execute(sa.select(sa.func.max(col(row.id)))).scalar() or 0

    waiting = sa.select(_NOTIFICATION.id, _NOTIFICATION.letter).where(
        _NOTIFICATION.round_id == round_id, _NOTIFICATION.ended_at.is_(None)
    )
    return Marks(
        highest(TransitionRow), highest(NotificationRow), highest(ObligationRow), _open_deadlines(session, round_id),
        {row.id: row.letter for row in session.connection().execute(waiting)},
    )  # fmt: skip


def _open_deadlines(session: Session, round_id: int) -> dict[int, tuple[str, str, str, str | None, int]]:
    row = DeadlineRow
    found = (
        sa.select(col(row.id), col(row.key), col(row.kind), col(row.name), col(DossierRow.number), col(row.due_at))
        .outerjoin(DossierRow, col(DossierRow.id) == col(row.dossier_id))
        .where(col(row.round_id) == round_id, col(row.ended_at).is_(None))
        .order_by(col(row.due_at), col(row.id))
    )
    return {number: tuple(rest) for number, *rest in session.connection().execute(found)}  # type: ignore[misc]


def consequences_since(session: Session, round_id: int, marks: Marks) -> Consequences:
    """What has been written in a round since the marks were taken."""
    return Consequences(
        _moved(session, round_id, marks.transition),
        _told(session, round_id, marks.notification),
        _taken(session, marks.letters),
        _dated(session, round_id, marks.deadlines),
        _owed(session, round_id, marks.obligation),
    )


def _moved(session: Session, round_id: int, after: int) -> tuple[Moved, ...]:
    row = TransitionRow
    found = (
        sa.select(
            col(DossierRow.number), col(row.name), col(row.source), col(row.target), col(row.deadline_id).is_not(None)
        )
        .join(DossierRow, col(DossierRow.id) == col(row.dossier_id))
        .where(col(row.id) > after, col(DossierRow.round_id) == round_id)
        .order_by(col(row.id))
    )
    return tuple(
        Moved(number, name, source, target, bool(calendar))
        for number, name, source, target, calendar in session.connection().execute(found)
    )


def _told(session: Session, round_id: int, after: int) -> tuple[Told, ...]:
    row = NotificationRow
    goes = col(row.status).not_in(STOPPED)
    new = (col(row.id) > after, col(row.round_id) == round_id)
    by_language = session.connection().execute(
        sa.select(
            col(row.letter), col(row.role), col(row.language), sa.func.count(sa.case((goes, 1))), sa.func.count(),
            sa.func.min(sa.case((goes, col(row.leaves_at)))), sa.func.min(col(row.leaves_at)),
            sa.func.min(col(row.id)),
        )
        .where(*new)
        .group_by(col(row.letter), col(row.role), col(row.language))
        .order_by(sa.func.min(col(row.id)))
    ).all()  # fmt: skip
    people = {
        (letter, role): count
        for letter, role, count in session.connection().execute(
            sa.select(col(row.letter), col(row.role), sa.func.count(sa.distinct(col(row.address))))
            .where(*new, goes)
            .group_by(col(row.letter), col(row.role))
        )
    }
    kinds = dict.fromkeys((letter, role) for letter, role, *_ in by_language)
    told = []
    for letter, role in kinds:
        of = [rest for name, to, *rest in by_language if (name, to) == (letter, role)]
        told.append(
            Told(
                letter, role, sum(one[1] for one in of), people.get((letter, role), 0),
                {one[0]: one[1] for one in of if one[1]}, min(one[3] if one[3] is not None else one[4] for one in of),
                {one[0]: one[5] for one in of}, sum(one[2] - one[1] for one in of),
            )
        )  # fmt: skip
    return tuple(told)


def _taken(session: Session, waiting: Mapping[int, str]) -> tuple[Taken, ...]:
    counts: dict[str, int] = {}
    if waiting:
        ended = sa.select(_NOTIFICATION.id).where(
            _NOTIFICATION.id.between(min(waiting), max(waiting)), _NOTIFICATION.ended_at.is_not(None)
        )
        for number in session.connection().execute(ended).scalars():
            if number in waiting:
                counts[waiting[number]] = counts.get(waiting[number], 0) + 1
    return tuple(Taken(letter, count) for letter, count in counts.items())


def _dated(
    session: Session, round_id: int, before: Mapping[int, tuple[str, str, str, str | None, int]]
) -> tuple[Dated, ...]:
    after = _open_deadlines(session, round_id)
    gone = [number for number in before if number not in after]
    ended: set[int] = set()
    for start in range(0, len(gone), 500):
        here = sa.select(_DEADLINE.id).where(_DEADLINE.id.in_(gone[start : start + 500]))
        ended |= set(session.connection().execute(here).scalars())
    changed = [Dated(*before[number][:4], before[number][4], None, fires=number in ended) for number in gone]
    for number, (key, kind, name, dossier, due_at) in after.items():
        earlier = before[number][4] if number in before else None
        if earlier != due_at:
            changed.append(Dated(key, kind, name, dossier, earlier, due_at))
    return tuple(changed)


def _owed(session: Session, round_id: int, after: int) -> tuple[Owed, ...]:
    row = ObligationRow
    found = (
        sa.select(col(DossierRow.number), col(row.name), col(row.position), col(row.last_day))
        .join(DossierRow, col(DossierRow.id) == col(row.dossier_id))
        .where(col(row.id) > after, col(DossierRow.round_id) == round_id)
        .order_by(col(row.id))
    )
    return tuple(Owed(*one) for one in session.connection().execute(found))
