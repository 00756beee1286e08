"""Which dossiers are meant, in which order?

They are gathered in a temporary table, a step each, and stay there until the transaction ends: what is written about
them is written from there, and none of them comes into memory.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.schema import CreateTable, DropTable
from sqlmodel import Session, col

from engine.database.expressions import Expression
from engine.database.records import DossierRow, ExtensionRow
from engine.database.records.fields import ID

GATHERED = sa.Table(
    "gathered",
    sa.MetaData(),
    sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("dossier_id", ID, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("person_id", ID),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("verdict_id", ID),
    sa.Column("own", sa.Boolean, nullable=False),
    sa.Column("owing", sa.Boolean, nullable=False),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
    sqlite_with_rowid=False,
)
CHOSEN = sa.Table(
    "chosen",
    GATHERED.metadata,
    sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("dossier_id", ID, primary_key=True, autoincrement=False),
    prefixes=["TEMPORARY"],
    postgresql_on_commit="DROP",
)
"""dossiers that were chosen outside SQL: those that fit under a cap"""
MANY = 1_000
"""from how many on the planner of PostgreSQL is told what the table holds"""


@dataclass(frozen=True, slots=True)
class Gathered:
    """A step of the table: so many dossiers, of which so many have dates of their own."""

    step: int
    size: int
    own: int

    @property
    def rows(self) -> sa.ColumnElement[bool]:
        """The condition that a row of the table is one of these."""
        return GATHERED.c.step == self.step

    @property
    def ids(self) -> sa.Select[tuple[int]]:
        """Who they are."""
        return sa.select(GATHERED.c.dossier_id).where(self.rows)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is gathered of each dossier, and in which order; what is left out is not there.

    `where` is a condition on dossiers (and on what `joined` joins to them).
    """

    where: sa.ColumnElement[bool]
    order: tuple[Expression, ...] = (col(DossierRow.received_at).nulls_first(), col(DossierRow.id))
    person_id: Expression | None = None
    actor: Expression | None = None
    reason: Expression | None = None
    verdict_id: Expression | None = None
    joined: sa.FromClause | None = None


def has_dates_of_its_own() -> sa.ColumnElement[bool]:
    """Whether something was extended for the dossier by itself, or comes by other clocks than the round's."""
    extended = sa.exists().where(col(ExtensionRow.dossier_id) == col(DossierRow.id))
    return sa.or_(col(DossierRow.clocks).is_not(None), extended)


def gather(session: Session, step: int, wanted: Wanted) -> Gathered:
    """Gather the dossiers as one step, numbered in their order."""
    session.flush()
    connection = session.connection()
    connection.execute(CreateTable(GATHERED, if_not_exists=True))
    place = sa.func.row_number().over(order_by=wanted.order)
    null = sa.null()
    chosen = sa.select(
        sa.literal(step), place, col(DossierRow.id),
        col(DossierRow.state),
        sa.cast(null if wanted.person_id is None else wanted.person_id, ID),
        sa.cast(sa.literal("calendar") if wanted.actor is None else wanted.actor, sa.Text),
        sa.cast(null if wanted.reason is None else wanted.reason, sa.Text),
        sa.cast(null if wanted.verdict_id is None else wanted.verdict_id, ID),
        has_dates_of_its_own(),
        sa.false(),
    ).select_from(DossierRow.__table__ if wanted.joined is None else wanted.joined).where(wanted.where)  # type: ignore[attr-defined]  # every table has one
    connection.execute(sa.insert(GATHERED).from_select([column.name for column in GATHERED.c], chosen))
    size, own = connection.execute(
        sa.select(sa.func.count(), sa.func.count(sa.case((GATHERED.c.own, 1)))).where(GATHERED.c.step == step)
    ).one()
    if size >= MANY and session.get_bind().dialect.name == "postgresql":
        connection.exec_driver_sql("ANALYZE gathered")
    return Gathered(step, size, own)


def numbers_of(session: Session, gathered: Gathered, *, limit: int) -> list[str]:
    """The numbers of the first dossiers of a step."""
    wanted = (
        sa.select(col(DossierRow.number))
        .join(GATHERED, GATHERED.c.dossier_id == col(DossierRow.id))
        .where(gathered.rows)
        .order_by(GATHERED.c.place)
        .limit(limit)
    )
    return list(session.connection().execute(wanted).scalars())


def choose(session: Session, step: int, dossiers: Iterable[int]) -> sa.ColumnElement[bool]:
    """The condition that a dossier is one of these, however many they are."""
    connection = session.connection()
    connection.execute(CreateTable(CHOSEN, if_not_exists=True))
    rows = [{"step": step, "dossier_id": one} for one in dossiers]
    if rows:
        connection.execute(sa.insert(CHOSEN), rows)
    return col(DossierRow.id).in_(sa.select(CHOSEN.c.dossier_id).where(CHOSEN.c.step == step))


def forget(session: Session) -> None:
    """Drop what was gathered: another transaction of the same connection gathers anew."""
    for table in (GATHERED, CHOSEN):
        session.connection().execute(DropTable(table, if_exists=True))


def ids(session: Session, gathered: Gathered, *where: sa.ColumnElement[bool], limit: int | None = None) -> list[int]:
    """The first dossiers of a step, in their order."""
    wanted = sa.select(GATHERED.c.dossier_id).where(gathered.rows, *where).order_by(GATHERED.c.place).limit(limit)
    return list(session.connection().execute(wanted).scalars())
