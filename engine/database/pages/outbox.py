"""What is in the outbox of a round, by cause: how many, in which language, how far, and which letters?

Letters about dossiers that the visitor has a conflict with are counted and not shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from engine.database.records import CauseRow, ConflictRow, DossierRow, EditRow, LetterRow, NotificationRow, PersonRow
from engine.rules.workflow import Workflow

GROUPS = {
    "held": ("held",),
    "failed": ("failed",),
    "back": ("came back",),
    "scheduled": ("scheduled",),
    "open": ("waiting", "retry", "leased"),
    "sent": ("sent",),
    "cancelled": ("cancelled",),
    "expired": ("expired",),
}
"""how letters are told apart that stand at several points of one way, in the order in which people are told of them;
one that waits for a later moment is `scheduled`, one that was sent and did not arrive has `came back`"""
GROUP_OF = {status: group for group, statuses in GROUPS.items() for status in statuses}
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Cause:
    """Why letters are written. `at` is None where the same act of many people is taken together."""

    name: str
    letter: str
    at: int | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which letters are looked for; what is empty does not matter. `status` is one of the GROUPS, `person` a part of an
    address or of a name. As of `now` what waits is scheduled or leaves; at 0 all of it is on its way."""

    status: str = ""
    letter: str = ""
    language: str = ""
    dossier: str = ""
    person: str = ""
    now: int = 0

    @property
    def is_narrow(self) -> bool:
        """Whether anything is looked for."""
        return any((self.status, self.letter, self.language, self.dossier, self.person))


@dataclass(frozen=True, slots=True)
class Count:
    """How many letters of one cause are in one language and stand at one point; `first` and `last` leave then."""

    cause: Cause
    role: str
    language: str
    status: str
    number: int
    first: int
    last: int
    newest: int
    """the number of the newest of them"""


@dataclass(frozen=True, slots=True)
class Line:
    """One letter in a list."""

    id: int
    letter: str
    role: str
    language: str
    address: str
    name: str
    dossier: str | None
    status: str
    leaves_at: int
    next_try_at: int
    attempts: int
    last_reply: str | None
    ended_at: int | None
    is_edited: bool
    is_written: bool
    bounced_at: int | None = None
    bounce: str | None = None


def acts_of(workflow: Workflow) -> tuple[str, ...]:
    """The causes that happen at many instants: what people do, one after the other."""
    return tuple(f"transition {one.name}" for one in workflow.transitions.values() if one.by is not None)


TEST = "test"
"""the cause of a letter that somebody on staff has sent to themselves"""
REMIND = "remind"
"""how the causes begin that remind one dossier of what it owes: `remind SG30-001 2032-05-02`"""
_TOGETHER = ("account", "extension", "review", "excuse", "proposal", "payment", REMIND)
"""how the names of causes begin that happen for one dossier at a time"""


def cause_of(row: CauseRow, letter: str, acts: Sequence[str]) -> Cause:
    """The cause under which a letter is shown: together with others, where each dossier has its own."""
    together = row.name in (*acts, TEST) or row.name.partition(" ")[0] in _TOGETHER
    name = REMIND if row.name.startswith(f"{REMIND} ") else row.name
    return Cause(name, letter, None if together else row.at)


def _shown_as(acts: Sequence[str]) -> tuple[sa.ColumnElement[str], sa.ColumnElement[int]]:
    """The name and the instant of a cause, as `cause_of` has them; 0 where all of its name are shown together."""
    name = col(CauseRow.name)
    together = sa.or_(name.in_((*acts, TEST)), *(name.startswith(f"{kind} ") for kind in _TOGETHER))
    return (
        sa.case((name.startswith(f"{REMIND} "), sa.literal(REMIND)), else_=name),
        sa.case((together, sa.literal(0, sa.BigInteger)), else_=col(CauseRow.at)),
    )


def _status(now: int) -> sa.ColumnElement[str]:
    """Where a letter stands; what waits for a later moment is scheduled."""
    row = NotificationRow
    back = (sa.and_(col(row.status) == "sent", col(row.bounced_at).is_not(None)), sa.literal("came back"))
    if not now:
        return sa.case(back, else_=col(row.status))
    later = sa.and_(col(row.status) == "waiting", col(row.next_try_at) > now)
    return sa.case((later, sa.literal("scheduled")), back, else_=col(row.status))


def conditions(round_id: int, wanted: Wanted, cause: Cause | None = None) -> list[Condition]:
    """What letters of a round must fulfil to be among those that are wanted."""
    row = NotificationRow
    found: list[Condition] = [col(row.round_id) == round_id]
    exact = {"letter": wanted.letter, "language": wanted.language}
    found += [col(getattr(row, name)) == value for name, value in exact.items() if value]
    if wanted.status:
        found.append(_status(wanted.now).in_(GROUPS[wanted.status]))
    if wanted.dossier:
        numbered = sa.select(col(DossierRow.id)).where(
            col(DossierRow.round_id) == round_id, col(DossierRow.number) == wanted.dossier
        )
        found.append(col(row.dossier_id).in_(numbered))
    if wanted.person:
        called = sa.select(col(PersonRow.id)).where(col(PersonRow.name).icontains(wanted.person, autoescape=True))
        found.append(
            sa.or_(col(row.address).icontains(wanted.person, autoescape=True), col(row.person_id).in_(called))
        )
    if cause is not None:
        name = col(CauseRow.name)
        named = name.startswith(f"{REMIND} ") if cause.name == REMIND else name == cause.name
        because = sa.select(col(CauseRow.id)).where(col(CauseRow.round_id) == round_id, named)
        if cause.at is not None:
            because = because.where(col(CauseRow.at) == cause.at)
        found += [col(row.letter) == cause.letter, col(row.cause_id).in_(because)]
    return found


def without_conflicts(person_id: int) -> Condition:
    """That a letter is about no dossier that this person has a conflict with."""
    return ~sa.exists().where(
        col(ConflictRow.dossier_id) == col(NotificationRow.dossier_id), col(ConflictRow.person_id) == person_id
    )


def in_conflict(session: Session, person_id: int, row: NotificationRow) -> bool:
    """Whether a letter tells of a dossier that this person has a conflict with, also where it lists it."""
    listed = [line["number"] for line in row.facts.get("dossiers", ())]
    if row.dossier_id is None and not listed:
        return False
    conflicts = select(ConflictRow.id).where(col(ConflictRow.person_id) == person_id)
    if row.dossier_id is not None:
        conflicts = conflicts.where(col(ConflictRow.dossier_id) == row.dossier_id)
    else:
        conflicts = conflicts.join(DossierRow, col(DossierRow.id) == col(ConflictRow.dossier_id)).where(
            col(DossierRow.round_id) == row.round_id, col(DossierRow.number).in_(listed)
        )
    return session.exec(conflicts.limit(1)).first() is not None


def counts(session: Session, round_id: int, wanted: Wanted, acts: Sequence[str]) -> list[Count]:
    """How many letters of each cause, language and status; whatever status is wanted, all are counted."""
    name, at = _shown_as(acts)
    row = NotificationRow
    status = _status(wanted.now).label("stands")
    many = (col(row.letter), col(row.role), col(row.language))
    rows = session.connection().execute(
        sa.select(
            name.label("of"), at.label("each"), *many, status, sa.func.count(), sa.func.min(col(row.leaves_at)),
            sa.func.max(col(row.leaves_at)), sa.func.max(col(row.id)),
        )
        .select_from(row)
        .join(CauseRow, col(CauseRow.id) == col(row.cause_id))
        .where(*conditions(round_id, replace(wanted, status="")))
        .group_by("of", "each", *many, "stands")
    )  # fmt: skip
    return [
        Count(Cause(name, letter, when or None), role, language, status, number, first, last, newest)  # type: ignore[arg-type]  # ids of rows that are there
        for name, when, letter, role, language, status, number, first, last, newest in rows
    ]


_LINE: tuple[Any, ...] = (
    col(NotificationRow.id), col(NotificationRow.letter), col(NotificationRow.role), col(NotificationRow.language),
    col(NotificationRow.address), col(PersonRow.name), col(DossierRow.number), col(NotificationRow.status),
    col(NotificationRow.leaves_at), col(NotificationRow.next_try_at), col(NotificationRow.attempts),
    col(NotificationRow.last_reply), col(NotificationRow.ended_at),
    sa.select(col(EditRow.body).is_not(None))
    .where(col(EditRow.notification_id) == col(NotificationRow.id))
    .order_by(col(EditRow.id).desc()).limit(1).correlate(NotificationRow).scalar_subquery(),
    sa.exists().where(col(LetterRow.notification_id) == col(NotificationRow.id)),
    col(NotificationRow.bounced_at), col(NotificationRow.bounce),
)  # fmt: skip


def _lines(of: Sequence[Condition]) -> sa.Select[Any]:
    return (
        sa.select(*_LINE)
        .select_from(NotificationRow)
        .outerjoin(PersonRow, col(PersonRow.id) == col(NotificationRow.person_id))
        .outerjoin(DossierRow, col(DossierRow.id) == col(NotificationRow.dossier_id))
        .where(*of)
    )


def _line(row: Any) -> Line:
    said = dict(zip(Line.__dataclass_fields__, row, strict=True))
    said |= {"name": said["name"] or "", "is_edited": bool(said["is_edited"]), "is_written": bool(said["is_written"])}
    return Line(**said)


def letters(
    session: Session,
    round_id: int,
    wanted: Wanted,
    person_id: int,
    cause: Cause | None = None,
    *,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[Line], int, int]:
    """Some letters in the order in which they were queued, how many there are, and how many more are not shown."""
    known = conditions(round_id, wanted, cause)
    seen = [*known, without_conflicts(person_id)]
    total = sa.select(sa.func.count()).select_from(NotificationRow)
    rows = session.connection().execute(
        _lines(seen).order_by(col(NotificationRow.id)).limit(limit).offset(offset)
    ).all()  # fmt: skip
    every, shown = (session.connection().execute(total.where(*some)).scalar_one() for some in (known, seen))
    return [_line(row) for row in rows], shown, every - shown


@dataclass(frozen=True, slots=True)
class Found:
    """One letter, why it is written, and its neighbours among those of the same cause."""

    line: Line
    row: NotificationRow
    cause: CauseRow
    edit: EditRow | None
    written_at: int | None
    previous: int | None
    following: int | None
    place: int
    """the first of its cause is 1"""
    of: int


def letter(
    session: Session, round_id: int, number: int, person_id: int, acts: Sequence[str], wanted: Wanted
) -> Found | None:
    """A letter of the round; None where there is none, or for a dossier that the person has a conflict with."""
    own = [col(NotificationRow.round_id) == round_id, col(NotificationRow.id) == number, without_conflicts(person_id)]
    found = session.connection().execute(_lines(own)).first()
    if found is None:
        return None
    row = session.get_one(NotificationRow, number)
    if in_conflict(session, person_id, row):
        return None
    cause = session.get_one(CauseRow, row.cause_id)
    near = [*conditions(round_id, wanted, cause_of(cause, row.letter, acts)), without_conflicts(person_id)]
    id: Any = col(NotificationRow.id)
    before: Any = sa.case((id < number, id))
    after: Any = sa.case((id > number, id))
    previous, following, earlier, every = session.connection().execute(
        sa.select(sa.func.max(before), sa.func.min(after), sa.func.count(before), sa.func.count(id)).where(*near)
    ).one()  # fmt: skip
    edit = session.exec(
        select(EditRow).where(col(EditRow.notification_id) == number).order_by(col(EditRow.id).desc()).limit(1)
    ).first()  # fmt: skip
    written = sa.select(col(LetterRow.written_at)).where(col(LetterRow.notification_id) == number)
    return Found(
        _line(found), row, cause, edit, session.connection().execute(written).scalar(), previous, following,
        earlier + 1, max(every, earlier + 1),
    )  # fmt: skip


def first_of_each(session: Session, round_id: int, cause: Cause) -> list[NotificationRow]:
    """The first letter of a cause in each language and to each role, of those that have not left."""
    row = NotificationRow
    first = (
        sa.select(sa.func.min(col(row.id)))
        .where(*conditions(round_id, Wanted(), cause), col(row.status).in_(("held", *GROUPS["open"])))
        .group_by(col(row.language), col(row.role))
    )
    return list(session.exec(select(row).where(col(row.id).in_(first)).order_by(col(row.id))).all())


def on_one_day(
    session: Session, round_id: int, of: Sequence[Condition], since: int, until: int, *, limit: int = 20
) -> list[tuple[str, int]]:
    """(address, how many) of the readers of these letters who get several letters of the round between two instants."""
    readers = sa.select(col(NotificationRow.address)).where(*of)
    rows = session.connection().execute(
        sa.select(col(NotificationRow.address), sa.func.count())
        .where(
            col(NotificationRow.round_id) == round_id,
            col(NotificationRow.address).in_(readers),
            col(NotificationRow.leaves_at) >= since,
            col(NotificationRow.leaves_at) < until,
            col(NotificationRow.status).in_(("waiting", "retry", "held", "leased", "sent")),
        )
        .group_by(col(NotificationRow.address))
        .having(sa.func.count() > 1)
        .order_by(sa.func.count().desc(), col(NotificationRow.address))
        .limit(limit)
    )
    return [(address, number) for address, number in rows]


def written_since(
    session: Session, round_id: int, first: int, *, limit: int, offset: int = 0
) -> list[tuple[NotificationRow, str, str | None]]:
    """(letter, name of its reader, number of its dossier) of what was queued from that number on."""
    rows = session.exec(
        select(NotificationRow, PersonRow.name, DossierRow.number)
        .outerjoin(PersonRow, col(PersonRow.id) == col(NotificationRow.person_id))
        .outerjoin(DossierRow, col(DossierRow.id) == col(NotificationRow.dossier_id))
        .where(col(NotificationRow.round_id) == round_id, col(NotificationRow.id) >= first)
        .order_by(col(NotificationRow.id)).limit(limit).offset(offset)
    ).all()  # fmt: skip
    return [(row, name or "", number) for row, name, number in rows]


def addresses_since(session: Session, round_id: int, first: int) -> list[str]:
    """To whom letters go that were queued from that number on."""
    row = NotificationRow
    return list(
        session.exec(
            select(row.address).where(col(row.round_id) == round_id, col(row.id) >= first).distinct()
        ).all()
    )  # fmt: skip


def told_nobody(session: Session, round_id: int, numbers: Sequence[str], first: int) -> list[str]:
    """Those of the dossiers about which no letter was queued from that number on."""
    about = sa.select(col(DossierRow.number)).join(
        NotificationRow, col(NotificationRow.dossier_id) == col(DossierRow.id)
    ).where(col(DossierRow.round_id) == round_id, col(NotificationRow.id) >= first)  # fmt: skip
    told = set(session.connection().execute(about).scalars())
    return [number for number in numbers if number not in told]
