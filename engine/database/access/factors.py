"""What does a member of staff prove besides an address?

An authenticator (RFC 6238), whose secret is worked out from a nonce with a key that the database does not hold, and
recovery codes, of which only digests are kept.
"""

from collections.abc import Iterable

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from engine.database.records import FactorRow, RecoveryCodeRow


def of_person(session: Session, person_id: int) -> FactorRow | None:
    """A person's second factor, or None."""
    return session.exec(
        select(FactorRow).where(col(FactorRow.person_id) == person_id, col(FactorRow.ended_at).is_(None))
    ).first()


def put(session: Session, person_id: int, nonce: str, step: int, codes: Iterable[str], now: int) -> None:
    """Set a person's second factor, in place of an earlier one; `codes` are digests of the recovery codes."""
    session.connection().execute(
        update(FactorRow)
        .where(col(FactorRow.person_id) == person_id, col(FactorRow.ended_at).is_(None))
        .values(ended_at=now)
    )
    row = FactorRow(person_id=person_id, nonce=nonce, since=now, last_step=step)
    session.add(row)
    session.flush()
    assert row.id is not None
    session.add_all([RecoveryCodeRow(factor_id=row.id, digest=code) for code in codes])
    session.flush()


def spend_step(session: Session, factor_id: int, step: int) -> bool:
    """Spend the code of one step of time; False when it, or a later one, was spent already."""
    spent = session.connection().execute(
        update(FactorRow)
        .where(col(FactorRow.id) == factor_id, col(FactorRow.last_step) < step, col(FactorRow.ended_at).is_(None))
        .values(last_step=step)
    )
    return spent.rowcount == 1


def spend_recovery_code(session: Session, factor_id: int, digest: str, now: int) -> bool:
    """Spend a recovery code; False when it is none of these, or was spent already."""
    spent = session.connection().execute(
        update(RecoveryCodeRow)
        .where(
            col(RecoveryCodeRow.factor_id) == factor_id,
            col(RecoveryCodeRow.digest) == digest,
            col(RecoveryCodeRow.used_at).is_(None),
        )
        .values(used_at=now)
    )
    return spent.rowcount == 1


def recovery_codes_left(session: Session, factor_id: int) -> int:
    """How many recovery codes have not been used."""
    left = select(func.count()).where(
        col(RecoveryCodeRow.factor_id) == factor_id, col(RecoveryCodeRow.used_at).is_(None)
    )
    return session.exec(left.select_from(RecoveryCodeRow)).one()


def remove(session: Session, person_id: int, now: int) -> bool:
    """End a person's second factor, for instance because telephone and codes are lost; False when there is none."""
    ended = session.connection().execute(
        update(FactorRow)
        .where(col(FactorRow.person_id) == person_id, col(FactorRow.ended_at).is_(None))
        .values(ended_at=now)
    )
    return ended.rowcount == 1
