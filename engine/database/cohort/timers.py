"""How do many dossiers get the deadlines of their stay in a state, and how are those taken that fall due together?

Each dossier has a row of its own, under a key that its stay is part of: it is done once, and never again in a later
stay. All rows of a cohort are written, forgotten and ended by a statement each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database import journal
from engine.database.cohort.gathered import GATHERED, Gathered
from engine.database.expressions import Expression, as_text, quoted, said, text
from engine.database.records import DeadlineRow, DossierRow
from engine.database.records.fields import ID
from engine.database.stays import number_of_stay
from engine.faults import point
from engine.rules.timers import TIMERS, Timer

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Fallen:
    """The dossiers' own deadlines of one kind, name and number in a round that have fired in the present stay.

    With `due_at` (UTC microseconds) only those that were due at that instant.
    """

    round_id: int
    word: str
    due_at: int | None = None

    @property
    def concerned(self) -> Condition:
        """The dossiers whose deadline has fired, and which have not moved since."""
        return self.deadline_of(col(DossierRow.id), col(DossierRow.number)).is_not(None)

    def deadline_of(self, dossier_id: Expression, number: Expression) -> sa.ColumnElement[int]:
        """The id of a dossier's own deadline, nothing where it has none that has fired."""
        row = DeadlineRow.__table__.alias("own_deadline")  # type: ignore[attr-defined]  # every table has one
        return (
            sa.select(row.c.id)
            .where(
                row.c.round_id == self.round_id, row.c.key == key_of(self.word, dossier_id, number),
                row.c.ending == "fired", sa.true() if self.due_at is None else row.c.due_at == self.due_at,
            )
            .correlate_except(row)
            .scalar_subquery()
        )  # fmt: skip


def key_of(word: str, dossier_id: Expression, number: Expression) -> sa.ColumnElement[str]:
    """`timer pass_on 1 CI19-031 4711`: what is done, of which dossier, in which stay."""
    return text(f"{word} ").concat(number).concat(text(" ")).concat(as_text(number_of_stay(dossier_id)))


def own_deadline(fallen: Fallen) -> sa.ColumnElement[int]:
    """The own deadline of each dossier that was gathered."""
    its = DossierRow.__table__.alias("its_dossier")  # type: ignore[attr-defined]
    number = sa.select(its.c.number).where(its.c.id == GATHERED.c.dossier_id).correlate_except(its).scalar_subquery()
    return sa.cast(fallen.deadline_of(GATHERED.c.dossier_id, number), ID)


def forget(session: Session, gathered: Gathered) -> None:
    """Take away the unfired deadlines that the dossiers of a step had because of where they stood."""
    session.connection().execute(
        sa.delete(DeadlineRow)
        .where(
            col(DeadlineRow.dossier_id).in_(gathered.ids), col(DeadlineRow.kind).in_(TIMERS),
            col(DeadlineRow.ended_at).is_(None),
        )
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    point("timers forgotten")


def lay_out(
    session: Session, gathered: Gathered, timers: Sequence[Timer], *, round_id: int, zone: str, tzdata: str,
    local: Sequence[str],
) -> None:  # fmt: skip
    """Write the deadlines that every dossier of a step has where it stands now; `local` says when they are due."""
    if not timers:
        return
    planned = sa.union_all(
        *(
            sa.select(
                text(f"{one.word} ").label("word"), text(one.kind).label("kind"), text(one.name).label("name"),
                text(one.moment).label("moment"), sa.literal(one.position).label("position"),
                sa.literal(one.at, sa.BigInteger).label("at"),
                sa.literal(one.fires_at, sa.BigInteger).label("fires_at"),
                sa.cast(sa.literal(one.valid_until), sa.BigInteger).label("valid_until"),
                text(wall).label("local"), sa.literal(place).label("place"),
            )
            for place, (one, wall) in enumerate(zip(timers, local, strict=True))
        )
    ).subquery("planned")  # fmt: skip
    row = GATHERED.c
    stay = number_of_stay(row.dossier_id)
    key = planned.c.word.concat(col(DossierRow.number)).concat(text(" ")).concat(as_text(stay))
    session.connection().execute(
        sa.insert(DeadlineRow).from_select(
            ["round_id", "dossier_id", "key", "kind", "name", "moment", "position", "local", "zone", "tzdata",
             "due_at", "fires_at", "valid_until", "awaits_release"],
            sa.select(
                sa.literal(round_id), row.dossier_id, key, planned.c.kind, planned.c.name, planned.c.moment,
                planned.c.position, planned.c.local, text(zone), text(tzdata), planned.c.at, planned.c.fires_at,
                planned.c.valid_until, sa.false(),
            ).select_from(GATHERED)
            .join(DossierRow, col(DossierRow.id) == row.dossier_id)
            .join(planned, sa.true())
            .where(gathered.rows)
            .order_by(row.place, planned.c.place),
        )
    )  # fmt: skip
    point("cohort timers")


def end(session: Session, deadline: DeadlineRow, ending: str, *, now: int) -> journal.Cohort:
    """End all deadlines that are due together with one of them; gives what the journal says of it."""
    row = DeadlineRow
    word, late_by = word_of(deadline), now - deadline.fires_at
    alike = (
        col(row.round_id) == deadline.round_id, col(row.kind) == deadline.kind, col(row.name) == deadline.name,
        col(row.fires_at) == deadline.fires_at, col(row.key).startswith(f"{word} ", autoescape=True),
        col(row.valid_until).is_not_distinct_from(deadline.valid_until),
    )  # fmt: skip
    session.flush()
    session.connection().execute(
        sa.update(DeadlineRow)
        .where(*alike, col(row.ended_at).is_(None))
        .values(ended_at=now, ending=ending)
        .execution_options(synchronize_session=False)
    )
    session.expire(deadline)
    point("timers ended")
    late = f', "late_by": {late_by}' if ending == "fired" and late_by > 0 else ""
    details = said('{"name": ', quoted(col(row.key)), f"{late}}}")
    rows: sa.Select[Any] = sa.select(  # type: ignore[assignment]  # mypy takes an id that may be None for never
        col(row.id).label("place"), col(row.dossier_id), text("calendar").label("actor"), details.label("details")
    ).where(*alike, col(row.ended_at) == now, col(row.ending) == ending)
    return journal.Cohort("due" if ending == "fired" else "missed", deadline.due_at, rows.subquery("ended"))


def word_of(deadline: DeadlineRow) -> str:
    """`timer pass_on 1`: what the keys of all alike begin with, before the number of a dossier."""
    before = f"{deadline.kind} {deadline.name} "
    return before + deadline.key.removeprefix(before).partition(" ")[0]
