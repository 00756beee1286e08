"""Why does nothing fire and no letter leave for the time being?

A hold keeps back what cannot be taken back: the calendar's moves and the letters. What people do goes on.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session, col, select

from engine.database import journal
from engine.database.connection import insert_once
from engine.database.records import HoldRow, RoundRow
from engine.database.store import find_person, lock_round, roles_of, the_id
from engine.errors import GrantcycleError, Refusal, Refused
from engine.rules.roles import Standing, must_be_staff

CLOCK, RESTORED = "clock", "restored"
_STANDING = select(HoldRow).where(col(HoldRow.ended_at).is_(None)).order_by(col(HoldRow.id))


def all_standing(session: Session) -> Sequence[HoldRow]:
    """Every hold that nobody has ended, oldest first."""
    return session.exec(_STANDING).all()


def standing(session: Session, despite: str | None = None) -> HoldRow | None:
    """The oldest hold that nobody has ended, `despite` one of that kind; None when all may go on."""
    return next((hold for hold in all_standing(session) if hold.kind != despite), None)


def find_standing(session: Session, kind: str) -> HoldRow | None:
    """The hold of that kind that nobody has ended, or None."""
    return session.exec(select(HoldRow).where(col(HoldRow.kind) == kind, col(HoldRow.ended_at).is_(None))).first()


def put(session: Session, kind: str, why: str, facts: Mapping[str, Any], now: int) -> None:
    """Hold everything. Where a hold of that kind stands already, another node was quicker."""
    row = {"kind": kind, "since": now, "why": why, "facts": dict(facts)}
    insert_once(session, HoldRow, [row])


def end(session: Session, hold: HoldRow, ending: str, now: int, by: str | None = None) -> None:
    """Let everything go on, as far as this hold is concerned; the journal of every round says so."""
    hold.ended_at, hold.ending, hold.ended_by = now, ending, by
    session.add(hold)
    session.flush()
    details = {"hold": hold.kind, "since": hold.since, "why": hold.why, "ending": ending}
    for row in session.exec(select(RoundRow).order_by(col(RoundRow.id))).all():
        lock_round(session, row.key)
        journal.write(session, the_id(row), [journal.Entry("hold ended", now, by or "server", None, details)], now)


def to_be_ended(session: Session, kind: str, by: str) -> HoldRow:
    """The standing hold of that kind, for somebody who wants to end it.

    Raises GrantcycleError when there is none, Refused when `by` is on the staff of no round.
    """
    person = find_person(session, by)
    rounds = session.exec(select(RoundRow.id)).all()
    roles = {row.role for one in rounds if person and one for row in roles_of(session, one, the_id(person))}
    if refusal := must_be_staff(Standing(roles=frozenset(roles))):
        raise Refused([refusal])
    hold = find_standing(session, kind)
    if hold is None:
        raise GrantcycleError("nothing is held for that reason")
    return hold


def refusal_of(hold: HoldRow) -> Refusal:
    """Why an act that cannot be taken back must wait."""
    return Refusal("held", f"this cannot be taken back, and everything such is held: {hold.why}")
