"""Who receives what is told to a role, and may they be written to?"""

from collections import Counter
from collections.abc import Iterable, Sequence

from email_validator import EmailNotValidError, validate_email
from sqlmodel import Session, col, func, select

from engine.cycle.telling import Many
from engine.database.connection import in_parts
from engine.database.records import ConflictRow, ContactRow, PersonRow, RoleRow
from engine.database.sitting import elsewhere_among
from engine.errors import GrantcycleError

NOT_ALLOWED = "not on the allow-list"


def contacts_of(session: Session, dossiers: Iterable[int]) -> dict[int, list[PersonRow]]:
    """dossier -> the people who speak for it, the first named first."""
    rows = session.exec(
        select(ContactRow.dossier_id, PersonRow)
        .join(PersonRow, col(PersonRow.id) == col(ContactRow.person_id))
        .where(col(ContactRow.dossier_id).in_(list(dossiers)))
        .order_by(col(ContactRow.id))
    ).all()
    found: dict[int, list[PersonRow]] = {}
    for dossier_id, person in rows:
        found.setdefault(dossier_id, []).append(person)
    return found


def people_in(session: Session, round_id: int, role: str) -> Sequence[PersonRow]:
    """The people with a part in a round: staff, members of a committee (never its observers), or `everyone`."""
    rows = session.exec(
        select(PersonRow)
        .join(RoleRow, col(RoleRow.person_id) == col(PersonRow.id))
        .where(col(RoleRow.round_id) == round_id, col(RoleRow.role) == role)
        .order_by(col(RoleRow.id))
    ).all()
    return list({person.id: person for person in rows}.values())  # who sits in two of several committees hears once


def conflicts_about(session: Session, dossiers: Iterable[int]) -> frozenset[tuple[int, int]]:
    """(dossier, person) for each conflict that was declared about these dossiers."""
    found: set[tuple[int, int]] = set()
    for some in in_parts(list(dossiers)):
        found.update(session.exec(
            select(ConflictRow.dossier_id, ConflictRow.person_id).where(col(ConflictRow.dossier_id).in_(some))
        ))  # fmt: skip
    return frozenset(found)


def not_theirs(session: Session, role: str, dossiers: Iterable[int]) -> frozenset[tuple[int, int]]:
    """(dossier, person) of those who have the part for other strands or answers than the dossier's."""
    return elsewhere_among(session, list(dossiers), (role,))


def not_theirs_within(session: Session, role: str, many: Iterable[Many]) -> dict[int, int]:
    """person -> how many dossiers of these cohorts are not theirs to hear of, conflicts aside."""
    counts: Counter[int] = Counter()
    for one in many:
        counts.update(person for _, person in elsewhere_among(session, one.ids, (role,), free=True))
    return counts


def conflicts_within(session: Session, many: Iterable[Many]) -> dict[int, int]:
    """person -> with how many dossiers of these cohorts, for those who have a conflict with any."""
    counts: Counter[int] = Counter()
    for one in many:
        rows = session.exec(
            select(ConflictRow.person_id, func.count())
            .where(col(ConflictRow.dossier_id).in_(one.ids))
            .group_by(col(ConflictRow.person_id))
        ).all()
        counts.update(dict(rows))
    return counts


def read_address(text: str) -> str:
    """The one address that a letter can be sent to, its domain as mail servers write it.

    Raises GrantcycleError with a sentence for anything else: two addresses, a line break, a display name.
    """
    if not text.isprintable():
        shown = text.encode("unicode_escape").decode("ascii")
        raise GrantcycleError(f'"{shown}" is not an address: it holds a line break or a control character')
    if "," in text or ";" in text:
        raise GrantcycleError(f'"{text}" is not one address')
    try:
        address = validate_email(text, check_deliverability=False, allow_smtputf8=False).ascii_email
    except EmailNotValidError as problem:
        raise GrantcycleError(f'"{text}" is not an address: {str(problem).rstrip(".")}') from problem
    assert address is not None
    return address


def may_write_to(address: str, allow: Sequence[str]) -> bool:
    """Whether the allow-list of a staging machine has the address or its domain; without a list everybody is on it."""
    if not allow:
        return True
    plain = address.lower()
    domain = plain.rpartition("@")[2]
    return any(entry.lower() == plain or entry.lower().removeprefix("@") == domain for entry in allow)
