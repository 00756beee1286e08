"""What does a round's workflow look like, with its dossiers in it, and what hangs on each state?"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup
from starlette.responses import Response

from engine.database.looking import counts_by_state
from engine.files.drawing import OnPage, draw_svg
from engine.files.prose_words import Voice
from engine.files.reading import Programme, folder_digest
from engine.rules.agenda import effect_at
from engine.rules.times import Moment
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF, Letters, Promise, Reminder, Transition
from web.ask import Ask
from web.place import Place
from web.policy import MANAGES
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.rounds.moments import moment_said
from web.staff.rounds.programmes import Examined, examined, texts_on_disk
from web.staff.timeline.wording import span_words

pages = Pages()
WORKFLOW = "/staff/{programme}/{round}/workflow"


@dataclass(frozen=True)
class Way:
    """A move out of a state, or into it, with when it happens and what is written because of it."""

    move: Transition
    by_calendar: bool
    opens: int | None
    closes: int | None
    letters: tuple[tuple[str, str], ...]
    """(role, letter)"""


def workflow_path(place: Place) -> str:
    return f"/staff/{place.key}/workflow"


def pinned(ask: Ask) -> Examined:
    """The rules that the round runs on, with what `check` says of them."""
    return examined(ask.office, ask.place.programme.name, ask.place.programme.files)


def has_changed(ask: Ask) -> bool | None:
    """Whether the folder on this machine says something else than the round runs on; None where there is none."""
    files = texts_on_disk(ask.office, ask.place.programme.name)
    return None if files is None else folder_digest(files) != ask.place.round.digest


def as_written(ask: Ask) -> Programme:
    """The programme that the round runs on as its files say, without what its rules have inherited."""
    with ask.reading() as session:
        return ask.office.shelf.read(session, ask.place.round.digest)


@pages.get(WORKFLOW, MANAGES)
def picture(ask: Ask) -> Response:
    """The diagram."""
    place = ask.place
    with ask.reading() as session:
        counts = counts_by_state(session, place.round.id or 0)
    said = ask.words.ngettext
    under = {
        state: said("%(n)s dossier", "%(n)s dossiers", count) % {"n": count} for state, count in counts.items() if count
    }
    links = {state: f"{workflow_path(place)}/state/{quote(state, safe='')}" for state in place.workflow.states}
    drawn = Markup(draw_svg(as_written(ask), _language(ask), OnPage(under, links)))
    return show(
        ask, "staff/rounds/picture.html", drawn=drawn, counts=counts, found=pinned(ask), changed=has_changed(ask)
    )  # fmt: skip


def _language(ask: Ask) -> str:
    workflow = ask.place.workflow
    return ask.language if ask.language in workflow.languages else workflow.language


@pages.get(WORKFLOW + "/state/{state}", MANAGES)
def state(ask: Ask) -> Response:
    """What a state is called for whom, how dossiers come in and leave, and which letters hang on it."""
    place, name = ask.place, ask.params["state"]
    workflow = place.workflow
    if name not in workflow.states:
        raise NotThere
    with ask.reading() as session:
        count = counts_by_state(session, place.round.id or 0).get(name, 0)
    moves = workflow.transitions.values()
    return show(
        ask, "staff/rounds/state.html", state=workflow.states[name], count=count,
        ways_in=[_way(place, one) for one in moves if one.target == name],
        ways_out=[_way(place, one) for one in moves if name in one.sources],
        reminders=_reminders(place, name), promises=_promises(place, name),
        obligations=[one for one in workflow.obligations.values() if name in one.owed_by],
        by_said=lambda role: role_said(ask, role),
        own_said=lambda own: Voice(place.programme, None, ask.language).own(own),
        span_said=lambda span: span_words(ask, span), moment_said=moment_said,
    )  # fmt: skip


def role_said(ask: Ask, role: str) -> str:
    """Who a role is, in the reader's language."""
    known = {
        STAFF: ask.say("programme staff"), APPLICANT: ask.say("the applicant"), EVERYONE: ask.say("everybody told"),
    }  # fmt: skip
    committee = ask.place.workflow.committees.get(role)
    return ask.said(committee.title) if committee else known.get(role, role)


def _way(place: Place, move: Transition) -> Way:
    calendar = place.calendar
    if move.moment is not None:
        at = calendar.instant(move.moment)
        return Way(move, True, at, None, _letters(move.tell))
    opens, closes = calendar.window(move.window) if move.window else (None, None)
    if move.effect is not None:
        opens = effect_at(place.workflow, calendar, move.effect)
    return Way(move, move.takes_effect is not None, opens, closes, _letters(move.tell))


def _letters(tell: Letters) -> tuple[tuple[str, str], ...]:
    return tuple(tell.items())


def _reminders(place: Place, state: str) -> Sequence[tuple[Reminder, Sequence[tuple[Moment, int]]]]:
    """Each reminder about the state, with the instants at which it leaves."""
    return [
        (one, [(moment, place.calendar.hearing(moment)) for moment in one.when])
        for one in place.workflow.reminders.values()
        if state in one.about
    ]


def _promises(place: Place, state: str) -> Sequence[tuple[Promise, int | None]]:
    """Each promise to those who stand there, with when it is looked at; None where each has a day of its own."""
    return [
        (one, place.calendar.hearing(one.before) if one.before else None)
        for one in place.workflow.promises.values() if state in one.about
    ]  # fmt: skip
