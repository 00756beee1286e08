"""What shows that somebody came to a meeting?

A certificate is a page to print, for whoever came. By its number anybody finds that it is genuine, and for which
meeting; whose it is nobody is told, but whether a name is the one on it.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup
from starlette.responses import Response

from engine.database.pages import presence
from engine.database.pages.presence import Certified
from engine.files.reading import Programme
from web import dates
from web.ask import Ask
from web.keys import Keys, digest
from web.policy import PUBLIC, SIGNED_IN, somebody
from web.problems import NotThere
from web.rendering import environment, render
from web.routes import Pages

pages = Pages()


@dataclass(frozen=True)
class Certificate:
    """One certificate: its number, and the sheet in its holder's language."""

    of: Certified
    number: str
    title: str
    programme: str
    sheet: Markup

    @property
    def path(self) -> str:
        return f"/certificates/{self.number}"


def number_of(keys: Keys, person_id: int, round: str, meeting: str) -> str:
    """What nobody can make up: it names the person by a number alone."""
    proof = digest(keys.token("certificate", f"{person_id}/{round}/{meeting}"))
    return f"{person_id}-{proof[:5]}-{proof[5:10]}".upper()


def certificates(
    ask: Ask, found: Sequence[Certified], language_of: Callable[[Certified], str]
) -> Sequence[Certificate]:
    """Certificates, each in the language that is its own."""
    with ask.reading() as session:
        rules = ask.office.shelf.rules(session)
        programmes = {digest: rules(digest) for digest in {one.digest for one in found}}
    return [_certificate(ask, one, programmes[one.digest], language_of(one)) for one in found]


def _certificate(ask: Ask, of: Certified, programme: Programme, language: str) -> Certificate:
    """What the programme says stands in that language where it is written in it."""
    workflow, round = programme.workflow, programme.rounds[of.round.partition("/")[2]]
    rules = programme.rules_of(round.name)
    number = number_of(ask.office.keys, of.person_id, of.round, of.meeting)
    rows = of.rows
    minutes = [(row.ends_at - row.starts_at) // 60_000_000 for row in rows if row.starts_at and row.ends_at]
    sheet = environment(language).get_template("invitations/sheet.html").render(
        name=of.name, title=programme.translate(rules.meeting(of.meeting).title, language),
        programme=programme.translate(workflow.title, language), round=programme.translate(round.title, language),
        rows=rows, hours=_hours(sum(minutes), language) if len(minutes) == len(rows) else "", number=number,
        said=lambda text: programme.translate(text, language), contact=ask.office.contact, lang=language,
        address=f"{ask.office.base_url}/certificates/{number}/check",
    )  # fmt: skip
    return Certificate(
        of, number, programme.translate(rules.meeting(of.meeting).title, ask.language),
        programme.translate(round.title, ask.language), Markup(sheet),
    )  # fmt: skip


def _hours(minutes: int, language: str) -> str:
    """So many hours: `3`, `1.5`; of a quarter of an hour at least."""
    return dates.number(round(minutes / 15) / 4, language) if minutes else ""


@pages.get("/certificates", SIGNED_IN)
def own(ask: Ask) -> Response:
    """For what the visitor gets a certificate."""
    with ask.reading() as session:
        found = presence.certified(session, person_id=somebody(ask).person_id)
        session.expunge_all()
    return render(
        ask, "invitations/certificates.html", certificates=certificates(ask, found, lambda _one: ask.language)
    )


@pages.get("/certificates/{number}", SIGNED_IN)
def print_own(ask: Ask) -> Response:
    """One of the visitor's own, to print."""
    found = _found(ask)
    if found is None or found.person_id != somebody(ask).person_id:
        raise NotThere
    (one,) = certificates(ask, [found], lambda _one: ask.language)
    return render(ask, "invitations/certificate.html", one=one)


@pages.get("/certificates/{number}/check", PUBLIC)
def check(ask: Ask) -> Response:
    """Whether a certificate is genuine, and for which meeting; not whose it is."""
    return _check(ask, _found(ask))


@pages.post("/certificates/{number}/check", PUBLIC)
def check_name(ask: Ask) -> Response:
    """Whether the name on it is the name on it."""
    found, name = _found(ask), ask.text("name", 200)
    fits = found is not None and bool(name) and _plain(name) == _plain(found.name)
    return _check(ask, found, fits="yes" if fits else "no" if name else "")


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _check(ask: Ask, found: Certified | None, fits: str = "") -> Response:
    if found is None:
        raise NotThere("No certificate of that number stands.")
    (one,) = certificates(ask, [found], lambda _one: ask.language)
    return render(ask, "invitations/check.html", one=one, fits=fits, name=ask.text("name", 200))


def _found(ask: Ask) -> Certified | None:
    """What stands under the number in the path."""
    number = ask.params["number"][:60].upper()
    person = number.partition("-")[0]
    if not (person.isascii() and person.isdecimal() and len(person) < 18):
        return None
    with ask.reading() as session:
        every: Sequence[Certified] = presence.certified(session, person_id=int(person))
        session.expunge_all()
    keys = ask.office.keys
    return next(
        (
            one
            for one in every
            if hmac.compare_digest(number_of(keys, one.person_id, one.round, one.meeting).encode(), number.encode())
        ),
        None,
    )
