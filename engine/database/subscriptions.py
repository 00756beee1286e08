"""Who asked to be told of a programme, whichever round of it opens next?"""

from collections.abc import Mapping, Sequence

from sqlmodel import Session, col, select

from engine.database.connection import insert_once
from engine.database.records import PersonRow, RoleRow, RoundRow, SubscriptionRow
from engine.rules.workflow import EVERYONE


def begin(session: Session, programme: str, person_id: int, *, nonce: str, now: int) -> None:
    """Have somebody told of a programme from now on; once is enough. `nonce` is drawn where letters are known."""
    row = {"programme": programme, "person_id": person_id, "nonce": nonce, "since": now}
    if standing(session, programme, person_id) is None:
        insert_once(session, SubscriptionRow, [row])


def standing(session: Session, programme: str, person_id: int) -> SubscriptionRow | None:
    """The subscription of somebody to a programme, while it stands."""
    return session.exec(
        select(SubscriptionRow).where(
            col(SubscriptionRow.programme) == programme, col(SubscriptionRow.person_id) == person_id,
            col(SubscriptionRow.ended_at).is_(None),
        )
    ).first()  # fmt: skip


def of_nonce(session: Session, nonce: str) -> tuple[SubscriptionRow, PersonRow] | None:
    """The subscription with that nonce, standing or ended, and whose it is."""
    return session.exec(
        select(SubscriptionRow, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(SubscriptionRow.person_id))
        .where(col(SubscriptionRow.nonce) == nonce)
    ).first()


def subscribers(session: Session, programme: str) -> Sequence[PersonRow]:
    """All who asked to be told of a programme, in the order in which they did."""
    return session.exec(
        select(PersonRow)
        .join(SubscriptionRow, col(SubscriptionRow.person_id) == col(PersonRow.id))
        .where(col(SubscriptionRow.programme) == programme, col(SubscriptionRow.ended_at).is_(None))
        .order_by(col(SubscriptionRow.id))
    ).all()


def nonces(session: Session, round_id: int) -> Mapping[int, str]:
    """person -> the nonce with which they end being told, for those who subscribed to a round's programme."""
    rows = session.exec(
        select(SubscriptionRow.person_id, SubscriptionRow.nonce)
        .join(RoundRow, col(RoundRow.programme) == col(SubscriptionRow.programme))
        .where(col(RoundRow.id) == round_id, col(SubscriptionRow.ended_at).is_(None))
    ).all()
    return dict(rows)


def rounds_told(session: Session, programme: str, person_id: int) -> Sequence[str]:
    """The rounds of a programme in which somebody is one of `everyone`."""
    return session.exec(
        select(RoundRow.key)
        .join(RoleRow, col(RoleRow.round_id) == col(RoundRow.id))
        .where(
            col(RoundRow.programme) == programme, col(RoleRow.person_id) == person_id, col(RoleRow.role) == EVERYONE
        )
        .order_by(col(RoundRow.id))
    ).all()
