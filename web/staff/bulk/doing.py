"""What would a move of several dossiers cause; and then it is done, if it is what was seen."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from engine.cycle.offering import WRITTEN
from engine.cycle.seen import ChangedSince
from engine.cycle.together import NotAll
from engine.cycle.trying import trying
from engine.database.consequences import Consequences, Told
from engine.errors import Refusal, Refused
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF, Transition
from web import dates
from web.applicant.owing import title_of_obligation
from web.ask import Ask
from web.committee.seat import called
from web.keys import nonce
from web.policy import MANAGES
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.bulk.chosen import NAMED, Chosen, back_of, chosen, field, numbers_sent, titles
from web.staff.bulk.sample import dossiers_of, sample_path
from web.staff.bulk.seen import changed_page, seen_of
from web.staff.bulk.why import nothing_chosen, why_not
from web.staff.console import show
from web.staff.undoable import done_words

pages = Pages()
AT = "/staff/{programme}/{round}/act"
LONGEST_REASON = 5_000
"""characters"""


@dataclass(frozen=True)
class Foretold:
    """What doing it now would cause: who moves, why others do not, and all that follows."""

    going: list[str]
    against: Mapping[str, tuple[Refusal, ...]]
    found: Consequences
    samples: Mapping[int, str]
    """of a letter that would be written: the dossier it is about, or the first of those it lists"""

    @property
    def is_final(self) -> bool:
        """Whether it cannot be undone: the calendar goes on from it at once."""
        return bool(self.found.set_off)


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter on the page: its name, to whom, how many, in words; (language, count, sample) each."""

    name: str
    who: str
    count: int
    people: int
    languages: tuple[tuple[str, int, str], ...]
    leaves_at: int
    stopped: int


def asked_move(ask: Ask) -> Transition:
    """The move that a form or an address names. Raises NotThere for none."""
    found = ask.place.workflow.transitions.get(field(ask, "transition"))
    if found is None:
        raise NotThere
    return found


def foretell(ask: Ask, of: Chosen, transition: Transition) -> Foretold:
    """Try it, and where not all may go, try it with those who may. Raises Refused when nobody at all could."""
    place, numbers = ask.place, of.numbers
    reason = ask.text("reason", LONGEST_REASON) or (WRITTEN if transition.guard("reason") else None)
    with trying(ask.office.cycle, place.key, ask.now) as trial:
        against: dict[str, tuple[Refusal, ...]] = {}
        while numbers:
            try:
                trial.move(
                    place.key, numbers, transition.name, by=ask.email, now=ask.now, reason=reason,
                    undo_for=ask.office.undo_for,
                )  # fmt: skip
                found = trial.consequences()
                about = dossiers_of(trial.session, [one for told in found.told for one in told.samples.values()])
                return Foretold(numbers, against, found, about)
            except NotAll as refused:
                against |= refused.against
                numbers = [number for number in numbers if number not in refused.against]
    return Foretold([], against, Consequences(), {})


def consequences_page(ask: Ask, status: int = 200, errors: list[str] | None = None) -> Response:
    """Everything that would follow, before anything is done."""
    transition = asked_move(ask)
    try:
        with ask.reading() as session:
            of = chosen(ask, session)
            named = titles(ask, session, of.numbers)
        foretold = foretell(ask, of, transition)
    except Refused as refused:
        return nothing_chosen(ask, refused)
    place, found = ask.place, foretold.found
    states = {dossier.number: ask.said(place.workflow.states[dossier.state].title) for dossier in of.dossiers}
    return show(
        ask, "staff/bulk/consequences.html", status, of=of, transition=transition.name, foretold=foretold,
        title=called(ask, transition.name), target=ask.said(place.workflow.states[transition.target].title),
        titles=named, states=states, most=NAMED, why_not=why_not(ask, foretold.against),
        letters=[letter_line(ask, foretold, transition, told) for told in found.told if told.count or told.stopped],
        owed=_owed(ask, found), follows=_set_off(ask, found), asks_for_a_reason=transition.guard("reason") is not None,
        reason=ask.text("reason", LONGEST_REASON), errors=errors or [], has_errors=bool(errors),
        once=ask.text("once", 200) or nonce(), minutes=ask.office.undo_for // 60_000_000,
        ends=transition.target in place.workflow.ends_in,
    )  # fmt: skip


def letter_line(ask: Ask, foretold: Foretold, transition: Transition, told: Told) -> LetterLine:
    """A letter as the page tells of it; each language has the address of a sample."""
    names = {"nl": ask.say("Dutch"), "fr": ask.say("French"), "en": ask.say("English")}
    languages = tuple(
        (
            names.get(language, language), count,
            sample_path(
                ask, foretold.samples.get(told.samples[language], foretold.going[0]), transition, told, language
            ),
        )
        for language, count in told.languages.items()
    )
    return LetterLine(
        told.letter.replace("-", " "), who_is_told(ask, told.role), told.count, told.people, languages,
        told.leaves_at, told.stopped,
    )  # fmt: skip


def who_is_told(ask: Ask, role: str) -> str:
    """A role in words."""
    known = {
        APPLICANT: ask.say("those who speak for the dossier"), STAFF: ask.say("the staff"),
        EVERYONE: ask.say("all who asked to be told"),
    }  # fmt: skip
    committee = ask.place.workflow.committees.get(role)
    return ask.said(committee.title) if committee else known.get(role, role)


def _owed(ask: Ask, found: Consequences) -> list[tuple[str, int]]:
    """What is owed from then on, and by how many dossiers."""
    counts: dict[str, int] = {}
    for owed in found.owed:
        what = ask.said(title_of_obligation(ask.place.workflow, owed.name))
        day = dates.day(date.fromisoformat(owed.last_day), ask.language)
        sentence = ask.say("%(what)s, until %(day)s", what=what, day=day)
        counts[sentence] = counts.get(sentence, 0) + 1
    return list(counts.items())


def _set_off(ask: Ask, found: Consequences) -> list[tuple[str, str]]:
    """(number, state) of what the calendar moves at once because of it."""
    states = ask.place.workflow.states
    return [(moved.number, ask.said(states[moved.target].title)) for moved in found.set_off]


@pages.post(f"{AT}/do", MANAGES)
def do(ask: Ask) -> Response:
    """Done, all of it or nothing."""
    place, transition = ask.place, asked_move(ask)
    numbers = numbers_sent(ask)
    reason = ask.text("reason", LONGEST_REASON)
    if transition.guard("reason") and not reason:
        return consequences_page(ask, 422, [ask.say("Write the reason: it stands in the letters and in the journal.")])
    count = ask.text("count", 20)
    if ask.text("final", 5) and count != str(len(set(numbers))):
        return consequences_page(
            ask, 422, [ask.say("Type how many dossiers it is, as a number: this cannot be undone.")]
        )  # fmt: skip
    try:
        batch = ask.office.cycle.move(
            place.key, numbers, transition.name, by=ask.email, now=ask.now, reason=reason or None, seen=seen_of(ask),
            undo_for=ask.office.undo_for, once=ask.text("once", 200) or None,
        )  # fmt: skip
    except ChangedSince as changed:
        return changed_page(
            ask, changed, title=called(ask, transition.name), again=f"/staff/{place.key}/act", back=back_of(ask),
            without={change.number for change in changed.changes},
        )  # fmt: skip
    except NotAll:
        return consequences_page(ask, 409)
    except Refused as refused:
        return consequences_page(ask, 409, [said_by(ask, one) for one in refused.reasons])
    return ask.go(back_of(ask), done_words(ask, batch))
