"""What else did the applicant of a dossier hand in, and what do staff not hold against this one?"""

from collections.abc import Callable

from starlette.responses import Response

from engine.cycle.lifting import LONGEST, guards_across
from engine.database.across import When
from engine.database.pages import applicants
from engine.errors import Refused
from engine.rules.workflow import Workflow
from web.applicant.looking import see
from web.ask import Ask
from web.policy import MANAGES, somebody
from web.reasons import said_by
from web.reasons.sentence import N_
from web.routes import Pages
from web.staff.bulk.seen import seen_of
from web.staff.dossier.looking import HERE, page, path_of
from web.staff.dossier.meanwhile import reasons_said

pages = Pages()
CALLED = {
    "once_per": N_("that one dossier is taken"),
    "clear_of": N_("what became of earlier dossiers"),
    "follows": N_("that an earlier dossier came so far"),
}
"""guard -> what it asks, as it stands after "not held against it:" """


@pages.get(HERE + "/applicant", MANAGES)
def applicant(ask: Ask) -> Response:
    """The other dossiers, what they mean for this one, and what is lifted."""
    return _page(ask)


@pages.post(HERE + "/applicant/lift", MANAGES)
def lift(ask: Ask) -> Response:
    """A rule is not held against this dossier, for a reason."""
    place, guard, reason = ask.place, ask.text("guard", 40), ask.text("reason", LONGEST + 1)
    return _done(
        ask, ask.say("This is not held against the dossier any more."), typed=reason,
        act=lambda: ask.office.cycle.lift(
            place.key, place.number, guard, reason=reason, by=ask.email, now=ask.now, seen=seen_of(ask)
        ),
    )  # fmt: skip


@pages.post(HERE + "/applicant/put-back", MANAGES)
def put_back(ask: Ask) -> Response:
    """It is held against it again."""
    place, guard = ask.place, ask.text("guard", 40)
    return _done(
        ask, ask.say("This is held against the dossier again."),
        act=lambda: ask.office.cycle.put_back(place.key, place.number, guard, by=ask.email, now=ask.now),
    )


@pages.post(HERE + "/applicant/join", MANAGES)
def join(ask: Ask) -> Response:
    """The name of another dossier's organisation is this one's too."""
    place, name = ask.place, ask.text("name", 300)
    return _done(
        ask, ask.say("Both names are one organisation from now on, in every round."),
        act=lambda: ask.office.cycle.join_names(
            place.key, name, place.its_dossier.organisation, by=ask.email, now=ask.now
        ),
    )


@pages.post(HERE + "/applicant/part", MANAGES)
def part(ask: Ask) -> Response:
    """This name is an organisation's of its own."""
    place = ask.place
    return _done(
        ask, ask.say("This name is an organisation’s of its own again."),
        act=lambda: ask.office.cycle.part_name(place.key, place.its_dossier.organisation, by=ask.email, now=ask.now),
    )


def _done(ask: Ask, said: str, *, act: Callable[[], object], typed: str = "") -> Response:
    try:
        act()
    except Refused as refused:
        return _page(ask, 409, errors=reasons_said(ask, refused), typed=typed, has_errors=True)
    return ask.go(path_of(ask, "/applicant"), said)


def _page(ask: Ask, status: int = 200, **facts: object) -> Response:
    place, seen = ask.place, see(ask)
    workflow, when = place.workflow, When(ask.now, place.zone, place.calendar.round.holidays)
    with ask.reading() as session:
        dossier, reader = place.its_dossier, somebody(ask).person_id
        others, unseen = applicants.beside(session, workflow, dossier, when, reader)
        guards = applicants.looking_across(place.handing_in) if dossier.received_at is None else ()
        found = applicants.against(session, workflow, dossier, guards, when, reader)
        lifts = applicants.lifts_of(session, seen.dossier.head.id)
        names = applicants.other_names(session, workflow.programme, dossier.organisation_key)
    standing = {one.guard for one in lifts}
    return page(
        ask, "", "applicant.html", status, seen=seen, others=others, unseen=unseen,
        against=[said_by(ask, one) for one in found], lifts=[(_called(ask, one.guard), one) for one in lifts],
        also_called=names, may_lift=[(one, _called(ask, one)) for one in _asked(workflow) if one not in standing],
        state_of=lambda name: ask.said(workflow.states[name].title) if name in workflow.states else name,
        at=path_of(ask, "/applicant").partition("?")[0],
        **{"errors": [], "typed": "", "has_errors": False, **facts},
    )  # fmt: skip


def _asked(workflow: Workflow) -> list[str]:
    return [one for one in CALLED if one in guards_across(workflow)]


def _called(ask: Ask, guard: str) -> str:
    return ask.say(CALLED[guard])
