"""How does a cohort enter its states? State, history and what is owed, a statement each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col

from engine.database import journal
from engine.database.cohort.gathered import GATHERED, Gathered
from engine.database.expressions import as_text, quoted, said, text
from engine.database.records import (
    DeadlineRow,
    DossierRow,
    HeldBackRow,
    ObligationRow,
    RankedRow,
    TransitionRow,
    VerdictRow,
)
from engine.errors import GrantcycleError
from engine.faults import point
from engine.rules.agenda import Laid
from engine.rules.workflow import Transition


def move(
    session: Session,
    gathered: Gathered,
    transition: Transition,
    *,
    at: int,
    now: int,
    deadline_id: sa.ColumnElement[int],
    batch_id: int | None = None,
) -> journal.Cohort:
    """Move every dossier of a step, as of `at`; gives what the journal says of it. `batch_id` is an act of staff.

    `deadline_id` is that of the deadline which moves each of them, or null.

    Raises GrantcycleError when one of them does not stand where it was gathered any more: nothing is kept then.
    """
    row = GATHERED.c
    connection = session.connection()
    connection.execute(
        sa.insert(TransitionRow).from_select(
            ["dossier_id", "name", "source", "target", "at", "recorded_at", "person_id", "deadline_id", "reason",
             "batch_id"],
            sa.select(
                row.dossier_id, text(transition.name), row.source, text(transition.target), sa.literal(at),
                sa.literal(now), row.person_id, deadline_id, row.reason,
                sa.cast(sa.literal(batch_id), sa.BigInteger),
            ).where(gathered.rows).order_by(row.place),
        )
    )  # fmt: skip
    point("cohort history")
    changed = 0
    for start in range(0, gathered.size, AT_ONCE):
        here = gathered.ids.where(row.place > start, row.place <= start + AT_ONCE)
        changed += connection.execute(
            sa.update(DossierRow)
            .where(col(DossierRow.id).in_(here), col(DossierRow.state).in_(transition.sources))
            .values(state=transition.target, entered_at=at, version=col(DossierRow.version) + 1)
            .execution_options(synchronize_session=False)
        ).rowcount
    if changed != gathered.size:
        raise GrantcycleError("a dossier was changed by somebody else at the same time; try again")
    point("cohort states")
    for known in [known for known in session.identity_map.values() if isinstance(known, DossierRow)]:
        session.expire(known)
    details = said(
        f'{{"name": {json.dumps(transition.name)}, "source": ', quoted(row.source),
        f', "target": {json.dumps(transition.target)}',
        sa.case((row.reason.is_(None), text("")), else_=said(', "reason": ', quoted(row.reason))),
        "}" if batch_id is None else f', "batch": {batch_id}}}',
    )  # fmt: skip
    rows = sa.select(row.place, row.dossier_id, row.actor, details.label("details")).where(gathered.rows)
    return journal.Cohort("transition", at, rows.subquery("moved"))


def end_verdicts(session: Session, gathered: Gathered, *, now: int) -> None:
    """The verdicts of a step have taken effect."""
    taken = sa.select(GATHERED.c.verdict_id).where(gathered.rows)
    session.connection().execute(
        sa.update(VerdictRow)
        .where(col(VerdictRow.id).in_(taken))
        .values(ended_at=now, ending="took effect")
        .execution_options(synchronize_session=False)
    )


AT_ONCE = 100_000
"""dossiers whose states one statement sets: SQLite keeps in memory what a statement may have to take back"""
OF_OBLIGATIONS = ("overdue", "obligation reminder")
"""the deadlines that a dossier has because of what it owes"""


@dataclass(frozen=True, slots=True)
class Planned:
    """A deadline that each dossier of a cohort gets: its key is made of `word`, the dossier's number and `day`."""

    word: str
    day: str
    kind: str
    position: int
    at: int
    fires_at: int
    valid_until: int | None
    local: str


def set_apart(session: Session, gathered: Gathered, names: Sequence[str], *, round_id: int) -> list[int]:
    """Mark, and give, the dossiers of a step whose obligations `names` cannot be laid out alike.

    They have dates of their own, owe something open already, or have owed one of these before.
    """
    connection = session.connection()
    of = GATHERED.c.dossier_id
    unfired = sa.and_(col(DeadlineRow.kind).in_(OF_OBLIGATIONS), col(DeadlineRow.ended_at).is_(None))
    if names:
        is_open = sa.and_(
            col(ObligationRow.fulfilled_at).is_(None),
            col(ObligationRow.excused_at).is_(None),
        )
        apart = sa.or_(
            GATHERED.c.own,
            sa.exists().where(
                col(ObligationRow.dossier_id) == of, sa.or_(col(ObligationRow.name).in_(names), is_open)
            ),
        )  # fmt: skip
    else:
        pending = sa.select(sa.exists().where(col(DeadlineRow.round_id) == round_id, unfired))
        if not connection.execute(pending).scalar():
            return []
        apart = sa.exists().where(col(DeadlineRow.dossier_id) == of, unfired)
    connection.execute(sa.update(GATHERED).where(gathered.rows, apart).values(owing=True))
    chosen = sa.select(of).where(gathered.rows, GATHERED.c.owing).order_by(GATHERED.c.place)
    return list(connection.execute(chosen).scalars())


def lay_out(
    session: Session,
    gathered: Gathered,
    laid: Sequence[tuple[str, Laid]],
    deadlines: Sequence[Planned],
    *,
    round_id: int,
    zone: str,
    tzdata: str,
    at: int,
    among: sa.ColumnElement[bool] | None = None,
) -> None:
    """Write what every dossier of a step owes that is not set apart, and the deadlines of it.

    Where not all owe the same, `among` is the condition that a dossier owes this.
    """
    if not laid:
        return
    connection = session.connection()
    row = GATHERED.c
    alike = sa.and_(gathered.rows, row.owing.is_(False))
    if among is not None:
        alike = sa.and_(alike, row.dossier_id.in_(sa.select(col(DossierRow.id)).where(among)))
    owed = sa.union_all(
        *(
            sa.select(
                text(name).label("name"), sa.literal(one.position).label("position"),
                sa.literal(one.opens_at, sa.BigInteger).label("opens_at"),
                sa.literal(one.due_at, sa.BigInteger).label("due_at"),
                text(one.last_day.isoformat()).label("last_day"), sa.literal(number).label("number"),
            )
            for number, (name, one) in enumerate(laid)
        )
    ).subquery("owed")  # fmt: skip
    connection.execute(
        sa.insert(ObligationRow).from_select(
            ["dossier_id", "name", "position", "opens_at", "due_at", "last_day", "laid_out_at"],
            sa.select(
                row.dossier_id, owed.c.name, owed.c.position, owed.c.opens_at, owed.c.due_at, owed.c.last_day,
                sa.literal(at),
            ).select_from(GATHERED).join(owed, sa.true()).where(alike).order_by(row.place, owed.c.number),
        )
    )  # fmt: skip
    point("cohort obligations")
    connection.execute(
        sa.delete(DeadlineRow).where(
            col(DeadlineRow.dossier_id).in_(sa.select(row.dossier_id).where(alike)),
            col(DeadlineRow.kind).in_(OF_OBLIGATIONS),
            col(DeadlineRow.ended_at).is_(None),
        ).execution_options(synchronize_session=False)
    )  # fmt: skip
    if not deadlines:
        return
    planned = sa.union_all(
        *(
            sa.select(
                text(f"{one.word} ").label("word"), text(f" {one.day}").label("day"), text(one.kind).label("kind"),
                sa.literal(one.position).label("position"), sa.literal(one.at, sa.BigInteger).label("at"),
                sa.literal(one.fires_at, sa.BigInteger).label("fires_at"),
                sa.cast(sa.literal(one.valid_until), sa.BigInteger).label("valid_until"),
                text(one.local).label("local"), sa.literal(number).label("number"),
            )
            for number, one in enumerate(deadlines)
        )
    ).subquery("planned")  # fmt: skip
    key = planned.c.word.concat(col(DossierRow.number)).concat(planned.c.day)
    known = sa.exists().where(col(DeadlineRow.round_id) == round_id, col(DeadlineRow.key) == key)
    connection.execute(
        sa.insert(DeadlineRow).from_select(
            ["round_id", "dossier_id", "key", "kind", "name", "moment", "position", "local", "zone", "tzdata",
             "due_at", "fires_at", "valid_until", "awaits_release"],
            sa.select(
                sa.literal(round_id), row.dossier_id, key, planned.c.kind, col(DossierRow.number), key,
                planned.c.position, planned.c.local, text(zone), text(tzdata), planned.c.at, planned.c.fires_at,
                planned.c.valid_until, sa.false(),
            ).select_from(GATHERED)
            .join(DossierRow, col(DossierRow.id) == row.dossier_id)
            .join(planned, sa.true())
            .where(alike, ~known)
            .order_by(row.place, planned.c.number),
        )
    )  # fmt: skip
    point("cohort deadlines")


def ranked(round_id: int, *, after: int, at: int) -> journal.Cohort:
    """What the journal says of the dossiers that were ranked, in rows beyond `after`."""
    row = RankedRow
    scope = sa.case((col(row.scope) == "", text("")), else_=said(', "scope": ', quoted(col(row.scope))))
    details = said('{"list": ', quoted(col(row.list)), ', "rank": ', as_text(col(row.rank)), scope, "}")
    rows: sa.Select[Any] = sa.select(  # type: ignore[assignment]  # mypy takes an id that may be None for never
        col(row.id).label("place"), col(row.dossier_id), text("calendar").label("actor"), details.label("details")
    ).where(col(row.round_id) == round_id, col(row.id) > after)
    return journal.Cohort("ranked", at, rows.subquery("ranked_now"))


def held_back(transition: str, round_id: int, *, after: int, at: int) -> journal.Cohort:
    """What the journal says of the dossiers that were held back from a transition, in rows beyond `after`."""
    row = HeldBackRow
    details = said(f'{{"name": {json.dumps(transition)}, "reasons": ', as_text(col(row.reasons)), "}")
    rows: sa.Select[Any] = sa.select(  # type: ignore[assignment]  # mypy takes an id that may be None for never
        col(row.id).label("place"), col(row.dossier_id), text("calendar").label("actor"), details.label("details")
    ).join(DeadlineRow, col(DeadlineRow.id) == col(row.deadline_id)).where(
        col(row.id) > after, col(row.transition) == transition, col(DeadlineRow.round_id) == round_id
    )
    return journal.Cohort("held back", at, rows.subquery("held"))
