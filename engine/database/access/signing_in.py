"""How does somebody prove, once, that an address is theirs?

A request is bound to the browser that made it. It is spent by what arrives in a POST: the link in that browser, or the
code in that browser, or both together in another one. Looking spends nothing, so that a mail scanner cannot.
"""

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from engine.database.connection import insert_once
from engine.database.records import PersonRow, SignInRow
from engine.database.store import find_person

LINK_GOOD_FOR = 10 * 60 * 1_000_000
"""of the link and of the code, in microseconds (OWASP ASVS 5.0, 6.5.5: at most 10 minutes)"""
TRIES = 5


def ask(
    session: Session, *, nonce: str, email: str, language: str, browser: str, next: str, now: int
) -> SignInRow:
    """Note that somebody asked to sign in; what the same browser asked for the same address before is void."""
    session.connection().execute(
        update(SignInRow)
        .where(col(SignInRow.email) == email, col(SignInRow.browser) == browser, col(SignInRow.spent_at).is_(None))
        .values(spent_at=now)
    )
    row = SignInRow(
        nonce=nonce, email=email, language=language, browser=browser, next=next, asked_at=now,
        valid_until=now + LINK_GOOD_FOR,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def asked_since(session: Session, email: str, since: int) -> int:
    """How often that address was asked for since then."""
    asked = select(func.count()).where(col(SignInRow.email) == email, col(SignInRow.asked_at) >= since)
    return session.exec(asked.select_from(SignInRow)).one()


def standing(session: Session, nonce: str, now: int) -> SignInRow | None:
    """A request that may still be spent, or None."""
    row = session.get(SignInRow, nonce)
    if row is None or row.spent_at is not None or row.valid_until <= now or row.tries >= TRIES:
        return None
    return row


def count_try(session: Session, nonce: str) -> None:
    """One try more with a wrong code."""
    session.connection().execute(
        update(SignInRow).where(col(SignInRow.nonce) == nonce).values(tries=col(SignInRow.tries) + 1)
    )


def spend(session: Session, nonce: str, now: int) -> bool:
    """Spend a request; False when somebody else has spent it just now."""
    spent = session.connection().execute(
        update(SignInRow)
        .where(col(SignInRow.nonce) == nonce, col(SignInRow.spent_at).is_(None), col(SignInRow.tries) < TRIES)
        .values(spent_at=now)
    )
    return spent.rowcount == 1


def person_of(session: Session, email: str, language: str) -> PersonRow:
    """The person with that address, which is proved; made if nobody has it yet."""
    person = find_person(session, email)
    if person is None:
        insert_once(session, PersonRow, [{"email": email, "name": "", "language": language}], "email")
        person = find_person(session, email)
        assert person is not None
    return person
