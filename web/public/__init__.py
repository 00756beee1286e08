"""What does anybody see: the open calls, one call, its calendar?"""

from starlette.responses import Response

from engine.database.meetings import meetings_of
from engine.database.store import the_id
from engine.rules.assessing import criteria_of
from engine.rules.moments import Calendar
from engine.rules.numbers import PerStrand
from engine.rules.questions import Question
from engine.rules.workflow import Criterion
from web.ask import Ask
from web.calendars.feed import feed, feed_headers
from web.calendars.held import held_of
from web.calendars.of_round import of_round
from web.calendars.source import source_of
from web.policy import PUBLIC, ROUND, ROUND_SIGNED_IN, somebody
from web.problems import NotThere
from web.public import meetings, signing_up, telling
from web.public.meetings import gatherings, words
from web.public.rounds import OVER, call_of, calls
from web.rendering import render
from web.routes import Pages

pages = Pages()
for _area in (meetings, signing_up, telling):
    pages.declared += _area.pages.declared


@pages.get("/", PUBLIC)
def open_calls(ask: Ask) -> Response:
    """The calls that take dossiers now, and those to come."""
    every = calls(ask)
    current = [call for call in every if call.state != OVER]
    over = [call for call in every if call.state == OVER]
    return render(ask, "public/calls.html", current=current, over=over)


@pages.get("/call/{programme}/{round}", ROUND)
def call(ask: Ask) -> Response:
    """One call: what is asked, of whom, by when, how it is decided, and whom to ask."""
    place = ask.place
    found = call_of(place, ask.now)
    if found is None:
        raise NotThere
    phases = [
        (
            title, place.workflow.strands.get(one.strand or ""), one.edge(name, "opens").day,
            None if one.never_closes(name) else one.edge(name, "closes").day, _hours(ask, one, name),
            one.rolled_from(name),
            [moved for moved in one.round.moved if (moved.phase, moved.strand) == (name, one.strand)],
            one.round.phases[name].zone,
        )
        for name, title in place.workflow.phases.items()
        for one in place.calendar.parts(name, place.workflow.strands)
    ]  # fmt: skip
    ahead = [one for one in gatherings(ask) if one.is_open]
    return render(
        ask, "public/call.html", call=found, phases=phases, gatherings=ahead, **words(ask),
        subscribed="everyone" in place.standing.roles, judged=_judged(ask),
        of_strands=lambda question: _of_strands(ask, question),
    )  # fmt: skip


def _hours(ask: Ask, calendar: Calendar, phase: str) -> list[str]:
    """From or until which hour a phase lasts, where its first or last day is not a whole one."""
    edges = {edge: calendar.edge(phase, edge).hour for edge in ("opens", "closes")}
    said = []
    if edges["opens"]:
        said.append(ask.say("from %(hour)s", hour=f"{edges['opens']:%H:%M}"))
    if edges["closes"] and not calendar.never_closes(phase):
        said.append(ask.say("until %(hour)s", hour=f"{edges['closes']:%H:%M}"))
    return said


def _of_strands(ask: Ask, question: Question) -> list[tuple[str, Question]]:
    """A question as all are asked it, or, where its limits are those of each strand, as the dossiers of each are."""
    place = ask.place
    if not any(isinstance(limit, PerStrand) for limit in (question.at_least, question.at_most)):
        return [("", question)]
    asked = {strand: place.programme.rules_of(place.round.name, strand).questions for strand in place.workflow.strands}
    return [(place.workflow.strands[strand], questions[question.name]) for strand, questions in asked.items()]


def _judged(ask: Ask) -> list[tuple[list[str], list[Criterion]]]:
    """(who judges, on what) of each assessment; without any, all committees on all that is marked."""
    workflow = ask.place.workflow
    if workflow.assessments:
        return [
            ([ask.said(workflow.committees[one.by].title)], list(criteria_of(workflow, one).values()))
            for one in workflow.assessments.values()
        ]
    criteria = list(workflow.criteria.values())
    return [([ask.said(one.title) for one in workflow.committees.values()], criteria)] if criteria else []


@pages.get("/call/{programme}/{round}/calendar.ics", ROUND)
def calendar(ask: Ask) -> Response:
    """The dates of a round, for a calendar program."""
    place = ask.place
    with ask.reading() as session:
        held = held_of(meetings_of(session, the_id(place.round)))
    happenings = of_round(
        place.programme, place.calendar, ask.language, ask.words.gettext, changed_at=place.changed_at, held=held,
        url=f"{ask.office.base_url}{place.call_path}",
    )  # fmt: skip
    content = feed(ask.said(place.round_title), happenings, place.zone, source_of(ask.office))
    return Response(content, headers=feed_headers(content))


@pages.post("/call/{programme}/{round}/unsubscribe", ROUND_SIGNED_IN)
def unsubscribe(ask: Ask) -> Response:
    """Not to be told any more."""
    place = ask.place
    ask.office.cycle.leave(place.key, by=somebody(ask).email, now=ask.now)
    return ask.go(place.call_path, ask.say("You will not be told any more."))
