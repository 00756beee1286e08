"""What is asked of an applicant over the years: what is done, what is next, and what comes later?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from engine.database.pages.dossiers import Obligation, Reviewed
from engine.rules.agenda import obligation_windows, zone_of_owed
from engine.rules.facts import AWAITED
from engine.rules.moments import from_instant
from engine.rules.workflow import Obligation as Rule
from engine.rules.workflow import Workflow, title_of
from web import dates
from web.applicant.looking import Seen, crumbs, see
from web.applicant.owing import asked_again
from web.ask import Ask
from web.policy import CONTACT
from web.rendering import render
from web.routes import Pages

pages = Pages()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is asked: `tone` and `word` say where it stands, `when` which days are meant."""

    title: str
    when: str
    last_day: date
    tone: str
    word: str
    icon: str
    note: str = ""
    words: str = ""
    """what staff asked to be changed"""
    action: tuple[str, str] | None = None
    is_next: bool = False


@pages.get("/dossier/{programme}/{round}/{number}/plan", CONTACT)
def plan(ask: Ask) -> Response:
    """All that is asked, by the year in which it is due."""
    seen = see(ask)
    steps = steps_of(ask, seen)
    years: dict[int, list[Step]] = {}
    for step in steps:
        years.setdefault(step.last_day.year, []).append(step)
    done = sum(one.state in ("fulfilled", "excused") for one in seen.dossier.obligations)
    return render(
        ask, "applicant/plan.html", seen=seen, crumbs=crumbs(ask, seen), years=years, done=done, all=len(steps)
    )


def has_plan(seen: Seen) -> bool:
    """Whether anything is asked of it over the years."""
    return bool(seen.dossier.obligations)


def steps_of(ask: Ask, seen: Seen) -> list[Step]:
    """What is asked and what will be, in the order in which it is due; the first that is to be done is next."""
    workflow, dossier = ask.place.workflow, seen.dossier
    ended = dossier.head.state in workflow.ends_in
    names = [one.name for one in dossier.obligations]
    following = next((one for one in dossier.obligations if one.state in AWAITED), None) if not ended else None
    found = [
        _step(ask, seen, one, many=names.count(one.name) > 1, is_next=one is following, ended=ended)
        for one in dossier.obligations
    ]
    if not ended and dossier.obligations:
        found += _later(ask, seen, set(names))
    return sorted(found, key=lambda one: one.last_day)


def _step(ask: Ask, seen: Seen, one: Obligation, *, many: bool, is_next: bool, ended: bool) -> Step:
    place = ask.place
    rule = place.workflow.obligations[one.name]
    title = ask.said(title_of(place.workflow, rule))
    last_day = date.fromisoformat(one.last_day)
    late = any(it.late for it in seen.dossier.deliveries if it.obligation == (one.name, one.position))
    again = asked_again(seen.dossier, one)
    tone, word, icon = _word(ask, one, again, ended=ended)
    note = ""
    if one.ended_at is not None and one.state in ("fulfilled", "excused"):
        note = dates.day(from_instant(one.ended_at, place.zone).date(), ask.language)
        note = ask.say("%(day)s, late", day=note) if late else note
    action = None
    if one.state in AWAITED and rule.deliver and one.opens_at <= ask.now and not ended:
        label = ask.say("Hand in a new version") if again else ask.say("Hand it in")
        action = (label, f"{place.path}/deliver/{rule.deliver}")
    elif one.state in AWAITED and rule.attend and not ended and not place.calendar.round.meetings.get(rule.attend):
        action = (ask.say("Agree on a time"), f"{place.path}/meeting/{one.name}-{one.position}")
    return Step(
        f"{title} {one.position}" if many else title, _when(ask, rule, one.opens_at, last_day), last_day, tone,
        word, icon, note, (again.words or "") if again else "", action, is_next,
    )  # fmt: skip


def _word(ask: Ask, one: Obligation, again: Reviewed | None, *, ended: bool) -> tuple[str, str, str]:
    """(tone, word, sign) of where something owed stands, as its owner reads it."""
    if one.state == "fulfilled":
        return "good", ask.say("Done"), "good"
    if one.state == "excused":
        return "neutral", ask.say("Not needed"), "info"
    if ended:
        return "neutral", ask.say("Not asked any more"), "lock"
    if one.state == "handed in":
        return "info", ask.say("We are reading it"), "half"
    if one.state == "overdue":
        return "bad", ask.say("Overdue"), "bad"
    if again:
        return "warn", ask.say("Changes asked"), "back"
    if one.opens_at > ask.now:
        return "neutral", ask.say("Later"), "open"
    return "warn", ask.say("To do"), "open"


def _when(ask: Ask, rule: Rule, opens_at: int, last_day: date) -> str:
    """The day of the meeting where the round has one, else between which days it is asked."""
    sessions = ask.place.calendar.round.meetings.get(rule.attend or "", ())
    if sessions:
        return dates.day(sessions[0].day, ask.language)
    zone = zone_of_owed(rule, ask.place.calendar)
    opens = from_instant(opens_at, zone).date()
    said = dates.day(last_day, ask.language) if opens == last_day else ask.say(
        "from %(first)s to %(last)s", first=dates.day(opens, ask.language, form="d MMMM y"),
        last=dates.day(last_day, ask.language, form="d MMMM y"),
    )  # fmt: skip
    if zone == ask.place.zone:
        return said
    return ask.say("%(day)s by the clocks of %(city)s", day=said, city=dates.zone_name(zone, ask.language))


def _later(ask: Ask, seen: Seen, laid_out: set[str]) -> Iterator[Step]:
    """What will be asked once the dossier is further on its way."""
    place = ask.place
    ahead = _reachable(place.workflow, seen.dossier.head.state)
    for rule in place.workflow.obligations.values():
        if rule.name in laid_out or not ahead & set(rule.owed_by):
            continue
        # whether something with a guard will be owed, and until when what is counted from there, nobody knows yet
        windows = () if rule.guards else obligation_windows(rule, place.calendar)
        title = ask.said(title_of(place.workflow, rule))
        for laid in windows:
            if laid.due_at > ask.now:
                yield Step(
                    f"{title} {laid.position}" if len(windows) > 1 else title,
                    _when(ask, rule, laid.opens_at, laid.last_day), laid.last_day, "neutral", ask.say("Later"),
                    "open",
                )  # fmt: skip


def _reachable(workflow: Workflow, state: str) -> set[str]:
    """The states that a dossier may still come into."""
    found: set[str] = set()
    here = {state}
    while here:
        found |= here
        here = {one.target for one in workflow.transitions.values() if here & set(one.sources)} - found
    return found
