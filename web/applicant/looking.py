"""What does a page of a dossier know of it, and may its form still be filled in?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.cycle.acting import editing_refusal
from engine.database.pages import dossiers
from engine.database.pages.dossiers import Dossier
from engine.rules.forms import missing
from engine.rules.questions import Question
from web import dates
from web.ask import Ask
from web.problems import NotThere


@dataclass(frozen=True, slots=True)
class Seen:
    """A dossier as its contacts see it."""

    dossier: Dossier
    title: str

    @property
    def values(self) -> Mapping[str, Any]:
        """question -> the answer that counts."""
        return self.dossier.values


def see(ask: Ask) -> Seen:
    """The dossier of the page, with all that belongs to it."""
    place = ask.place
    with ask.reading() as session:
        head = dossiers.find(session, place.key, place.number)
        if head is None:
            raise NotThere
        dossier = dossiers.whole(session, head)
    texts = (dossier.values.get(one.name) for one in place.workflow.questions.values() if one.kind == "text")
    named = ask.say("Dossier %(number)s", number=place.number)
    return Seen(dossier, next((text for text in texts if text), dossier.head.organisation or named))


def crumbs(ask: Ask, seen: Seen | None = None) -> list[tuple[str, str]]:
    """The way to a page: the list, and the dossier where the page is about a part of it."""
    return [(ask.say("Your dossiers"), "/dossiers"), *([(seen.title, ask.place.path)] if seen else [])]


def why_closed(ask: Ask, seen: Seen) -> str | None:
    """Why the form cannot be filled in now, in the reader's language; None while it can be."""
    place = ask.place
    refusal = editing_refusal(place.workflow, seen.dossier.head.state, place.calendar, ask.now)
    if refusal is None:
        return None
    if refusal.code == "state":
        if seen.dossier.head.received_at is None:
            return ask.say("This dossier was not handed in. What you wrote can still be read.")
        return ask.say("What was handed in is not changed any more.")
    assert place.call is not None
    opens, closes, _ = place.call
    if refusal.code == "early":
        return ask.say("The call opens on %(day)s.", day=dates.moment(opens, place.zone, ask.language))
    until = dates.last_moment(closes, place.zone, ask.language)
    return ask.say("The call closed on %(until)s. What you typed before is kept.", until=until)


def unanswered(ask: Ask, values: Mapping[str, Any]) -> list[Question]:
    """The questions of the dossier's form that keep it from being complete."""
    form = ask.place.workflow.questions
    return [one for name, one in form.items() if missing(form, values, among=(name,))]
