"""The start page of the console: what needs somebody on staff today, over all their rounds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from engine.database.health import Health, health
from engine.database.pages.console import managed_rounds
from engine.database.pages.late import late_members, late_with_some
from engine.database.pages.today import Coming, Waiting, last_visit, waiting
from engine.database.store import extensions_of_all
from web import dates
from web.ask import Ask
from web.invitations.asked import still_ahead
from web.policy import BEGINS, somebody
from web.routes import Pages
from web.staff.board.ahead import for_the_first
from web.staff.console import show
from web.staff.today.needs import DAY, SOON, Run, needs_of, run_of, to_be_scored

pages = Pages()
SHOWN = 12
"""dates that are told of"""
COUNTED = (
    "transition", "handed in", "dossier started", "delivered", "recommended", "scored", "verdict recorded", "extended",
    "message sent", "note written",
)  # fmt: skip
"""what of the journal is told in short, the most telling first"""


@dataclass(frozen=True, slots=True)
class Date:
    """Something that comes, in words."""

    at: int
    zone: str
    what: str
    round: str
    href: str


@pages.get("/staff", BEGINS)
def today(ask: Ask) -> Response:
    """What waits, what comes, what happened, and whether the clock and the postman are well."""
    visitor = somebody(ask)
    with ask.reading() as session:
        rounds = managed_rounds(session, visitor.person_id)
        rules = ask.office.shelf.rules(session)
        moved = extensions_of_all(session)
        runs = [run_of(ask, one, rules(one.digest), moved) for one in rounds]
        before = last_visit(session, visitor.person_id, visitor.id)
        since = before if before is not None else ask.now - DAY
        ids = [one.id for one in rounds]
        found = waiting(session, ids, looker=visitor.person_id, since=since, now=ask.now, until=ask.now + SOON)
        wanted = {
            (run.round.id, state): assessment
            for run in runs
            for state, assessment in to_be_scored(run, ask.now)
        }
        every = [(run.round.id, run.workflow, run.calendar) for run in runs]
        late = [*late_members(session, wanted, found.states), *late_with_some(session, every, now=ask.now)]
        well = health(session, ask.now)
    return show(
        ask, "staff/today/today.html", needs=needs_of(ask, runs, found, late), runs=runs,
        coming=_coming(ask, runs, found),
        happened=_happened(ask, runs, found.happened), since=since, first_visit=before is None,
        figures=_well(ask, well), is_well=well.is_good(ask.now), zone=ask.office.zone, invitations=still_ahead(ask),
        counts={run.round.id: sum(n for (of, _), n in found.states.items() if of == run.round.id) for run in runs},
    )  # fmt: skip


def _coming(ask: Ask, runs: Sequence[Run], found: Waiting) -> list[Date]:
    """The dates of the coming week, in order."""
    by_id = {run.round.id: run for run in runs}
    rows = [
        Date(one.due_at, run.round.timezone, _whose(ask, run, one, said), run.title, f"{run.path}/timeline")
        for one in found.coming
        if (run := by_id.get(one.round_id)) and one.due_at >= ask.now and (said := _said(ask, run, one))
    ]
    return rows[:SHOWN]


def _said(ask: Ask, run: Run, one: Coming) -> str:
    """What the calendar will do, in words; empty for what nobody needs to be told."""
    workflow = run.workflow
    if one.kind == "edge":
        phase, _, edge = one.name.rpartition(" ")
        title = run.said(workflow.phases[phase])
        return ask.say("“%(phase)s” closes", phase=title) if edge == "closes" else ask.say(
            "“%(phase)s” opens", phase=title
        )
    if one.kind == "verdicts":
        return ask.say("Verdicts take effect")
    if one.kind == "transition" and workflow.transitions[one.name].frees:
        return ask.say("Places are given: “%(state)s”", state=run.state(workflow.transitions[one.name].target))
    if one.kind == "transition":
        return ask.say("Dossiers become “%(state)s”", state=run.state(workflow.transitions[one.name].target))
    if one.kind == "promise":
        return ask.say("Promised: %(what)s", what=run.said(workflow.promises[one.name].title))
    if one.kind == "reminder":
        return ask.say("A reminder goes out")
    return ask.say("An announcement goes out") if one.kind == "announcement" else ""


def _whose(ask: Ask, run: Run, one: Coming, said: str) -> str:
    """The same with whom it concerns, where it does not come for all at once."""
    if one.by_clocks:
        said = for_the_first(ask, said)
    return said if one.strand is None else f"{said} ({run.said(run.workflow.strands[one.strand])})"


def _happened(
    ask: Ask, runs: Sequence[Run], counts: Mapping[int, Mapping[str, int]]
) -> list[tuple[str, str, list[str]]]:
    """(round, the address of its journal, what happened in words) of each round in which something did."""
    found = []
    for run in runs:
        of = counts.get(run.round.id, {})
        said = [_counted(ask, what, of[what]) for what in COUNTED if of.get(what)]
        if said:
            found.append((run.title, f"{run.path}/journal", said))
    return found


def _counted(ask: Ask, what: str, n: int) -> str:
    """How often something happened, in words."""
    ngettext = ask.words.ngettext
    said = {
        "transition": ngettext("%(n)s dossier has moved", "%(n)s dossiers have moved", n),
        "handed in": ngettext("%(n)s dossier was handed in", "%(n)s dossiers were handed in", n),
        "dossier started": ngettext("%(n)s dossier was started", "%(n)s dossiers were started", n),
        "delivered": ngettext("%(n)s thing that is owed has arrived", "%(n)s things that are owed have arrived", n),
        "recommended": ngettext("%(n)s recommendation was written", "%(n)s recommendations were written", n),
        "scored": ngettext("marks were given once", "marks were given %(n)s times", n),
        "verdict recorded": ngettext("%(n)s verdict was recorded", "%(n)s verdicts were recorded", n),
        "extended": ngettext("more time was given once", "more time was given %(n)s times", n),
        "message sent": ngettext("%(n)s dossier was written to", "%(n)s dossiers were written to", n),
        "note written": ngettext("%(n)s note was written", "%(n)s notes were written", n),
    }
    return said[what] % {"n": dates.number(n, ask.language)}


def _well(ask: Ask, well: Health) -> list[dict[str, str]]:
    """How long the oldest deadline and the oldest letter have waited that should not have."""
    return [
        {"label": ask.say("Oldest overdue deadline"), "figure": _age(ask, well.overdue(ask.now)),
         "note": ask.say("the clock"), "href": "/staff/health"},
        {"label": ask.say("Oldest letter that has not left"), "figure": _age(ask, well.unsent(ask.now)),
         "note": ask.say("the postman"), "href": "/staff/health"},
    ]  # fmt: skip


def _age(ask: Ask, microseconds: int) -> str:
    minutes, ngettext = microseconds // 60_000_000, ask.words.ngettext
    if not microseconds:
        return ask.say("none")
    if minutes < 1:
        return ask.say("less than a minute")
    if minutes < 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": dates.number(minutes // 60, ask.language)}
