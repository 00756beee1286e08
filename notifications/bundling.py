"""Which letters does one cause make: for whom, and about which dossiers?

Applicants get one letter for each dossier they speak for. Staff, committees and everybody else get one letter each,
with all the dossiers that they may see.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from engine.cycle.telling import LINES, Told
from engine.database.records import PersonRow
from engine.database.store import the_id
from engine.database.subscriptions import nonces
from engine.rules.workflow import APPLICANT, EVERYONE
from notifications.facts import STOP
from notifications.recipients import (
    conflicts_about,
    conflicts_within,
    contacts_of,
    not_theirs,
    not_theirs_within,
    people_in,
)


@dataclass(frozen=True, slots=True)
class Addressed:
    """One letter for one person: what was told, about which dossier (None for a bundle), with which facts."""

    told: Told
    person: PersonRow
    dossier_id: int | None
    facts: dict[str, Any]
    thread: str | None = None


def address(session: Session, round_id: int, told: Sequence[Told]) -> list[Addressed]:
    """The letters that are to be written, in the order in which they were told."""
    letters: list[Addressed] = []
    for telling in told:
        if telling.personal:
            letters += _by_name(session, telling)
        elif telling.role == APPLICANT:
            letters += _to_applicants(session, telling)
        else:
            letters += _bundles(session, round_id, telling)
    return letters


def _by_name(session: Session, told: Told) -> list[Addressed]:
    letters = []
    for one in told.personal:
        person = session.get_one(PersonRow, one.person_id)
        facts = {"person": {"name": person.name or person.email}, **one.facts}
        letters.append(Addressed(told, person, one.dossier_id, facts, one.thread))
    return letters


def _to_applicants(session: Session, told: Told) -> list[Addressed]:
    contacts = contacts_of(session, told.about)
    return [
        Addressed(
            told,
            person,
            dossier_id,
            {"person": {"name": person.name or person.email}, **told.facts_of[dossier_id], **told.extras},
        )
        for dossier_id in told.about
        for person in contacts.get(dossier_id, ())
    ]


def _bundles(session: Session, round_id: int, told: Told) -> list[Addressed]:
    conflicts = conflicts_about(session, told.about) | not_theirs(session, told.role, told.about)
    hidden = Counter(person for _, person in conflicts)
    if told.size > len(told.about):
        alone = conflicts_about(session, told.alone) | not_theirs(session, told.role, told.alone)
        hidden = Counter(person for _, person in alone)
        hidden.update(conflicts_within(session, told.many))
        hidden.update(not_theirs_within(session, told.role, told.many))
    letters = []
    stops = nonces(session, round_id) if told.role == EVERYONE else {}
    for person in people_in(session, round_id, told.role):
        facts: dict[str, Any] = {"person": {"name": person.name or person.email}, **told.extras}
        if nonce := stops.get(the_id(person)):
            facts[STOP] = f"/told-no-more/{nonce}"
        if told.role != EVERYONE:
            # somebody with a conflict about a dossier reads nothing about it, in whichever role, and nobody of another
            # committee of that name does
            seen = [one for one in told.about if (one, the_id(person)) not in conflicts][:LINES]
            more = told.size - len(seen) - hidden[the_id(person)]
            if told.about and not seen and more <= 0:
                continue
            facts |= {"dossiers": [told.facts_of[dossier_id] for dossier_id in seen], "reason": told.reason}
            if more > 0:
                facts["more"] = more
        letters.append(Addressed(told, person, None, facts))
    return letters
