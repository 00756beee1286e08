"""How do staff write to those who speak for a dossier, or for many, and what will each of them read?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from starlette.responses import HTMLResponse, Response

from engine.cycle.messages import LONGEST_SUBJECT, LONGEST_TEXT, Message, Words
from engine.cycle.trying import trying
from engine.database.pages import judging
from engine.database.pages.wanting import Wanting, dossiers_named, wanting
from engine.database.records import NotificationRow
from engine.database.store import the_id
from engine.errors import GrantcycleError, Refused
from web.applicant.owing import title_of_obligation
from web.ask import Ask
from web.keys import nonce
from web.mailbox import LETTER_POLICY
from web.office import Written
from web.policy import MANAGES
from web.problems import Conflict, NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.words import translations

pages = Pages()
AT = "/staff/{programme}/{round}/message"
MOST = 1_000
"""dossiers that are written to with one form"""


def N_(sentence: str) -> str:  # noqa: N802  what gathers sentences for translation looks for this name
    """A sentence that is said in the language of whoever is written to."""
    return sentence


ASKING = (
    N_("Something is still missing from your dossier"),
    N_("Something is still missing from your dossier. Could you send it to us, or add it on the page of your dossier?"),
)
"""the subject and the text with which somebody asks for what is missing"""


@dataclass(frozen=True)
class Draft:
    """A message that is being written: to which dossiers, in which languages, with what in each."""

    numbers: tuple[str, ...]
    titles: Mapping[str, str]
    people: Mapping[str, int]
    """language -> how many people read it, of those who are written to"""
    lacking: Mapping[str, Wanting]
    complete: tuple[str, ...]
    """those from which nothing is missing: they are not asked"""
    asks: bool
    typed: Mapping[str, Words]
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def message(self) -> Message:
        return Message(self.typed, self.asks)


@pages.get(AT, MANAGES)
def begin(ask: Ask) -> Response:
    """An empty message, or the prepared one that asks for what is missing."""
    given = ask.request.query_params
    return _page(ask, _draft(ask, given.getlist("number"), asks=bool(given.get("asks")), prepared=True))


@pages.post(AT, MANAGES)
def write(ask: Ask) -> Response:
    """See what each reader would get, then send it, once."""
    numbers = [one for one in ask.form.getlist("number") if isinstance(one, str)]
    begun = ask.text("do", 20) not in ("preview", "send")
    draft = _draft(ask, numbers, asks=bool(ask.text("asks", 5)), prepared=begun)
    if begun:
        return _page(ask, draft)
    try:
        previews = _tried(ask, draft)
        if ask.text("do", 20) == "send":
            count = ask.office.cycle.message(
                ask.place.key, draft.numbers, draft.message, by=ask.email, now=ask.now,
                once=ask.text("once", 200) or nonce(),
            )  # fmt: skip
            return _sent(ask, draft, count)
    except Refused as refused:
        return _page(ask, draft, 422, [said_by(ask, one) for one in refused.reasons])
    except GrantcycleError:
        link = ask.say("A link in the text leads nowhere from a letter: it begins with https:// or mailto:.")
        return _page(ask, draft, 422, [link])
    return _page(ask, draft, previews=previews)


@pages.post(AT + "/page", MANAGES)
def page_of_letter(ask: Ask) -> Response:
    """The letter as a page, for the frame beside the form."""
    numbers = [one for one in ask.form.getlist("number") if isinstance(one, str)]
    try:
        previews = _tried(ask, _draft(ask, numbers, asks=bool(ask.text("asks", 5)), prepared=False))
    except GrantcycleError as problem:
        raise Conflict("The message cannot be shown as it is.") from problem
    shown = previews.get(ask.text("language", 5))
    if shown is None:
        raise NotThere
    answer = HTMLResponse(shown.html)
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer


def _draft(ask: Ask, numbers: Sequence[str], *, asks: bool, prepared: bool) -> Draft:
    """What is written, as it was typed. Raises NotThere for a dossier that the round does not have."""
    place, wanted = ask.place, list(dict.fromkeys(numbers))
    if not wanted or len(wanted) > MOST:
        raise NotThere
    round_id = the_id(place.round)
    with ask.reading() as session:
        found = dossiers_named(session, round_id, wanted)
        if found.keys() != set(wanted):
            raise NotThere
        lacking = {one.number: one for one in wanting(session, place.workflow, found.values(), ask.now).values()}
        going = [one for one in wanted if one in lacking] if asks else wanted
        titles = judging.titles(session, place.workflow, round_id, wanted)
        read = judging.letters_by_language(session, round_id, going)
    people: dict[str, int] = {}
    for language, count in read.items():
        written = language if language in place.workflow.languages else place.workflow.language
        people[written] = people.get(written, 0) + count
    people = dict(sorted(people.items(), key=lambda one: -one[1])) or {place.workflow.language: 0}
    return Draft(
        tuple(going), titles, people, lacking, tuple(one for one in wanted if one not in going), asks,
        {language: _words(ask, language, asks=asks, prepared=prepared) for language in people},
    )  # fmt: skip


def _words(ask: Ask, language: str, *, asks: bool, prepared: bool) -> Words:
    if prepared and asks:
        subject, text = (translations(language).gettext(sentence) for sentence in ASKING)
        return Words(subject, text)
    if prepared:
        return Words("", "")
    return Words(ask.text(f"subject-{language}", LONGEST_SUBJECT + 1), ask.text(f"text-{language}", LONGEST_TEXT + 1))


def _tried(ask: Ask, draft: Draft) -> dict[str, Written]:
    """language -> the letter of the first who reads it, found by writing to all and taking it back.

    Raises Refused with the engine's reasons, GrantcycleError where it cannot be put into words.
    """
    place = ask.place
    with trying(ask.office.cycle, place.key, ask.now) as trial:
        trial.message(place.key, draft.numbers, draft.message, by=ask.email, now=ask.now)
        (told, *_) = [*trial.consequences().told, None]
        return {
            language: ask.office.previews.show(trial.session, trial.session.get_one(NotificationRow, number), ask.now)
            for language, number in (told.samples.items() if told else ())
        }


def _sent(ask: Ask, draft: Draft, count: int) -> Response:
    place = ask.place
    if count == 1:
        said = ask.say("The message is sent. It stands under the letters of the dossier.")
        return ask.go(f"/staff/{place.key}/dossiers/{draft.numbers[0]}/letters", said)
    said = ask.words.ngettext(
        "The message is sent to %(n)s dossier.", "The message is sent to %(n)s dossiers.", count
    ) % {"n": count}  # fmt: skip
    return ask.go(f"/staff/{place.key}/dossiers", said)


def _page(
    ask: Ask,
    draft: Draft,
    status: int = 200,
    errors: Sequence[str] = (),
    previews: Mapping[str, Written] | None = None,
) -> Response:
    place, board = ask.place, f"/staff/{ask.place.key}"
    one = draft.numbers[0] if len(draft.numbers) == 1 else ""
    crumbs = [(ask.said(place.round_title), board), (ask.say("Dossiers"), f"{board}/dossiers")]
    if one:
        crumbs.append((draft.titles.get(one, one), f"{board}/dossiers/{one}"))
    return show(
        ask, "staff/dossier/message.html", status, draft=draft, errors=list(errors), has_errors=bool(errors),
        crumbs=crumbs, previews=previews or {}, board=board,
        lists=[(number, _lacks(ask, draft, number)) for number in draft.numbers],
        once=ask.text("once", 200) or nonce(), longest=LONGEST_SUBJECT,
        languages_said={"nl": "Nederlands", "fr": "Français", "en": "English"},
        unwritten=[language for language, words in draft.typed.items() if not (words.subject or words.text)],
    )  # fmt: skip


def _lacks(ask: Ask, draft: Draft, number: str) -> list[str]:
    """What is missing from a dossier, in words."""
    found = draft.lacking.get(number)
    if found is None:
        return []
    owed = [ask.said(title_of_obligation(ask.place.workflow, one["name"])) for one in found.owed]
    return [*(ask.said(question) for question in found.questions), *owed]
