"""How do staff move a dossier: what would it cause, and then it is done?"""

from collections.abc import Sequence
from datetime import date

from starlette.responses import Response

from engine.cycle.trying import trying
from engine.database.consequences import Consequences
from engine.errors import Refusal, Refused
from engine.rules.workflow import STAFF, Transition
from web import dates
from web.applicant.looking import see
from web.applicant.new_value import NewValue, new_value
from web.ask import Ask
from web.committee.seat import called
from web.keys import nonce
from web.policy import MANAGES
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.bulk.seen import seen_of
from web.staff.dossier.ahead import role_said
from web.staff.dossier.happened import owed_said
from web.staff.dossier.looking import HERE, page, path_of
from web.staff.dossier.meanwhile import reasons_said

pages = Pages()
ACT = HERE + "/act/{transition}"
LONGEST = 5_000
"""characters of a reason"""
TRIED = "…"
"""the reason with which an act is only tried: it will be written"""


@pages.get(ACT, MANAGES)
def confirm(ask: Ask) -> Response:
    """What it would cause, found by trying it."""
    return _page(ask, _move(ask))


@pages.post(ACT, MANAGES)
def act(ask: Ask) -> Response:
    """Done, once."""
    transition, place = _move(ask), ask.place
    reason = ask.text("reason", LONGEST)
    if transition.guard("reason") and not reason:
        return _page(ask, transition, 422, errors=[ask.say("A reason is asked for here.")])
    asked = new_value(ask, transition, see(ask).values)
    if asked and asked.error:
        return _page(ask, transition, 422)
    try:
        ask.office.cycle.move(
            place.key, [place.number], transition.name, by=ask.email, now=ask.now, reason=reason or None,
            value=asked.value if asked else None, seen=seen_of(ask),
            undo_for=ask.office.undo_for, once=ask.text("once", 200) or nonce(),
        )  # fmt: skip
    except Refused as refused:
        return _page(ask, transition, 409, errors=reasons_said(ask, refused))
    said = ask.said(place.workflow.states[transition.target].title)
    return ask.go(path_of(ask), ask.say("%(number)s is now “%(state)s”.", number=place.number, state=said))


def _move(ask: Ask) -> Transition:
    """A move that staff make, or minute for a committee, at once."""
    workflow = ask.place.workflow
    found = workflow.transitions.get(ask.params["transition"])
    if found is None or found.takes_effect or not (found.by == STAFF or found.by in workflow.committees):
        raise NotThere
    return found


def _page(ask: Ask, transition: Transition, status: int = 200, errors: Sequence[str] = ()) -> Response:
    title, seen = called(ask, transition.name), see(ask)
    value = new_value(ask, transition, seen.values)
    refused, found = _tried(ask, transition, value)
    return page(
        ask, "", "act.html", status, seen=seen, value=value, title=title, transition=transition, errors=list(errors),
        has_errors=bool(errors), refused=[said_by(ask, one) for one in refused],
        consequences=_in_words(ask, transition, found) if found else [], reason=ask.text("reason", LONGEST),
        needs_reason=transition.guard("reason") is not None, ends=transition.target in ask.place.workflow.ends_in,
        once=ask.text("once", 200) or nonce(),
    )  # fmt: skip


def _tried(
    ask: Ask, transition: Transition, value: NewValue | None
) -> tuple[tuple[Refusal, ...], Consequences | None]:
    """Why it is refused, or what comes of it; of a move that sets a new value nothing is known before that is given."""
    place = ask.place
    if value is not None and value.value is None:
        return (), None
    with trying(ask.office.cycle, place.key, ask.now) as trial:
        done = trial.attempt(
            place.number,
            lambda: trial.move(
                place.key, [place.number], transition.name, by=ask.email, now=ask.now, reason=TRIED,
                value=value.value if value else None, undo_for=ask.office.undo_for,
            ),
        )
        return trial.refused.get(place.number, ()), trial.consequences() if done else None


def _in_words(ask: Ask, transition: Transition, found: Consequences) -> list[str]:
    place, ngettext = ask.place, ask.words.ngettext
    target = ask.said(place.workflow.states[transition.target].title)
    said = [ask.say("The dossier becomes “%(state)s”.", state=target)]
    for one in found.told:
        languages = ", ".join(f"{language} {count}" for language, count in one.languages.items())
        letter = ngettext(
            "%(n)s letter “%(letter)s” goes to %(who)s (%(languages)s), on %(when)s.",
            "%(n)s letters “%(letter)s” go to %(who)s (%(languages)s), on %(when)s.", one.count,
        )  # fmt: skip
        if one.count:
            said.append(letter % {
                "n": one.count, "letter": one.letter.replace("-", " "), "who": role_said(ask, one.role),
                "languages": languages, "when": dates.moment(one.leaves_at, place.zone, ask.language),
            })  # fmt: skip
    if not found.letters:
        said.append(ask.say("Nobody gets a letter."))
    for moved in found.set_off:
        title = ask.said(place.workflow.states[moved.target].title)
        said.append(ask.say("The calendar then takes it on at once: “%(state)s”.", state=title))
    for owed in found.owed:
        day = dates.day(date.fromisoformat(owed.last_day), ask.language)
        what = owed_said(ask, f"{owed.name} {owed.position}")
        said.append(ask.say("It owes from then on: %(what)s, by %(day)s.", what=what, day=day))
    if transition.target in place.workflow.ends_in:
        said.append(ask.say("This ends the dossier: nothing more is asked of it."))
    return said
