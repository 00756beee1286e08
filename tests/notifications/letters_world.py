"""A small programme with letters, a round of it in a database, and what tells letters there."""

from dataclasses import dataclass
from email.headerregistry import Address
from typing import Any

from sqlmodel import col, select

from engine.clock import StoppedClock
from engine.cycle import Told
from engine.database.connection import Database
from engine.database.records import CauseRow, NotificationRow, PersonRow, RoundRow
from engine.files.reading import Programme
from notifications.outbox import Outbox
from notifications.postman import Postman
from notifications.rendering import Renderer
from notifications.sampling import sample_facts, sample_shared
from notifications.transport import Transport

SENDER = Address("Small Grants", addr_spec="grants@funder.example")
CONTACT = Address("Els Example", addr_spec="els@funder.example")
KEY = "small/2019"
MINUTE = 60_000_000
DAY = 24 * 60 * MINUTE

WORKFLOW = """
[workflow]
title     = "Kleine beurzen"
format    = 1
language  = "nl"
languages = ["nl", "fr", "en"]
currency  = "EUR"
begins_in = "draft"
ends_in   = ["done"]

[committee.jury]
title = "Commissie"

[phase]
call = "Oproep"

[state]
draft  = { title = "Ontwerp", phase = "call" }
handed = { title = "Ingediend", phase = "call" }
done   = { title = "Afgerond" }

[question.amount]
ask  = "Hoeveel?"
kind = "money"

[meeting.visit]
title   = "Bezoek"
open_to = "handed"
during  = "call"

[transition.submit]
from   = "draft"
to     = "handed"
by     = "applicant"
during = "call"
tell   = { applicant = "received", jury = "to-read" }

[transition.finish]
from = ["draft", "handed"]
to   = "done"
by   = "staff"
"""

ROUND = """
[round]
title    = "Ronde 2019"
number   = "SG19"
timezone = "Europe/Brussels"
mails_at = 09:00:00
holidays = "BE"

[phase]
call = { from = 2019-01-01, to = 2019-03-01 }

[[meeting.visit]]
on    = 2019-02-07
from  = 09:30:00
place = "Brussel"
"""

TEXTS = ("Kleine beurzen", "Commissie", "Oproep", "Ontwerp", "Ingediend", "Afgerond", "Hoeveel?", "Bezoek")
FRENCH = ("Petites bourses", "Comité", "Appel", "Projet", "Introduit", "Terminé", "Combien ?", "Visite")
ENGLISH = ("Small grants", "Committee", "Call", "Draft", "Handed in", "Finished", "How much?", "Visit")
PLACES = {
    "fr": {"Ronde 2019": "Tour 2019", "Brussel": "Bruxelles"},
    "en": {"Ronde 2019": "Round", "Brussel": "Brussels"},
}

RECEIVED = """{{ dossier.number }}: {{ dossier.title }}

{{ person.name }},

{{ dossier.title }} / {{ dossier.organisation }} / {{ dossier.state }}{% if reason %} / {{ reason }}{% endif %}

> **{{ phase.call.title }}** {{ phase.call.closes }}
> {{ meeting.visit.when }}

- {{ dossier.amount | money }}
"""
TO_READ = """{{ dossiers | length }} in {{ round.title }}

{% for dossier in dossiers %}
- {{ dossier.number }} {{ dossier.title }}
{% endfor %}
"""


def words(translations: tuple[str, ...], places: dict[str, str]) -> str:
    pairs = {**dict(zip(TEXTS, translations, strict=True)), **places}
    return "\n".join(f'"{text}" = "{translation}"' for text, translation in pairs.items())


def small_files() -> dict[str, str]:
    """The texts of the programme's folder."""
    files = {
        "workflow.toml": WORKFLOW,
        "rounds/2019.toml": ROUND,
        "words.fr.toml": words(FRENCH, PLACES["fr"]),
        "words.en.toml": words(ENGLISH, PLACES["en"]),
    }
    for language in ("nl", "fr", "en"):
        files[f"letters/{language}/received.md"] = RECEIVED
        files[f"letters/{language}/to-read.md"] = TO_READ
    return files


def applicant_facts(programme: Programme, **changed: Any) -> dict[str, Any]:
    """The facts of one applicant's letter; `changed` replaces those of its dossier, or others."""
    facts = sample_facts(programme, programme.rounds["2019"], "applicant", None)
    for name, value in changed.items():
        where = facts["dossier"] if name in facts["dossier"] else facts
        where[name] = value
    return facts


def shared_facts(programme: Programme) -> dict[str, Any]:
    return sample_shared(programme, programme.rounds["2019"])


@dataclass
class World:
    """A round with two staff, a jury of two, and two dossiers with a contact each."""

    database: Database
    programme: Programme
    outbox: Outbox
    clock: StoppedClock

    def tell(self, *told: Told, name: str = "transition submit", at: int | None = None) -> None:
        """Queue letters because of a cause of that name."""
        now = self.clock.now()
        with self.database.transaction() as session:
            round = session.exec(select(RoundRow)).one()
            facts = shared_facts(self.programme)
            cause = CauseRow(round_id=round.id, name=name, at=at or now, facts=facts, digest=round.digest)
            session.add(cause)
            session.flush()
            self.outbox.queue(session, cause, told, now)

    def to_applicant(self, dossier: int = 1, letter: str = "received", **more: Any) -> Told:
        facts = applicant_facts(self.programme, number=f"SG19-{dossier:03}")
        return Told("applicant", letter, (dossier,), self.clock.now(), facts_of={dossier: facts}, **more)

    def to_jury(self, *dossiers: int, role: str = "jury") -> Told:
        line = {"title": "Songs", "organisation": "Harbour", "state": "Ingediend", "reasons": []}
        facts = {dossier: {"number": f"SG19-{dossier:03}", **line} for dossier in dossiers}
        return Told(role, "to-read", dossiers, self.clock.now(), facts_of=facts)

    def rows(self) -> list[NotificationRow]:
        """The outbox in the order in which it was written."""
        return self.read(select(NotificationRow).order_by(col(NotificationRow.id)))

    def read(self, wanted: Any) -> list[Any]:
        """What a query finds."""
        with self.database.reading() as session:
            found = list(session.exec(wanted).all())
            session.expunge_all()
        return found

    def statuses(self) -> list[str]:
        return [row.status for row in self.rows()]

    def person(self, email: str) -> PersonRow:
        [person] = self.read(select(PersonRow).where(PersonRow.email == email))
        assert isinstance(person, PersonRow)
        return person

    def postman(self, transport: Transport, renderer: Renderer, **more: Any) -> Postman:
        return Postman(self.database, transport, renderer, sender=SENDER, **more)
