"""What will an extension do, before it is done: to which dossiers, dates, letters, phases and promises?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlmodel import col, func, select

from engine.cycle.trying import Trial, trying
from engine.database.consequences import Dated, Told
from engine.database.pages.extensions import Concerned, concerned
from engine.database.records import ExtensionRow
from engine.database.store import the_id
from engine.rules.knock_on import at_risk, overlaps, shortened
from engine.rules.moments import Calendar
from engine.rules.round import NEVER, LocalEdge
from engine.rules.timers import DECIDES, MOVES, PROMISES, REMINDS
from web import dates
from web.ask import Ask
from web.policy import somebody
from web.staff.timeline.extending import Typed
from web.staff.timeline.movable import calendars_of
from web.staff.timeline.warnings import oddities
from web.staff.timeline.wording import day_words, edge_words, line_moment, moment_words, moments_of, position_words

REMINDERS = ("reminder", "obligation reminder", REMINDS)
OTHERS = ("transition", "verdicts", "announcement", "promise")


@dataclass(frozen=True, slots=True)
class Changed:
    """One date that moves, is planned or falls away, and for how many dossiers it does so by itself."""

    what: str
    before: str
    after: str
    dossiers: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """All that comes of it, as it was found by doing it and taking that back."""

    what: str
    moved: Sequence[Changed]
    concerned: Concerned
    reminders: Sequence[Changed]
    others: Sequence[Changed]
    told: Sequence[Told]
    people: int
    warnings: Sequence[str]


def carry_out(trial: Trial, ask: Ask, found: Typed) -> int:
    """The act itself, in a trial. Gives the number of the decision. Raises what the act raises."""
    assert found.chosen is not None
    assert found.to is not None
    place = ask.place
    if found.request:
        trial.answer_extension(
            place.key, found.request.id, granted=True, words=found.form.reason.data, by=ask.email, now=ask.now,
            to=found.to,
        )  # fmt: skip
        newest = select(func.max(ExtensionRow.id)).where(col(ExtensionRow.round_id) == the_id(place.round))
        return trial.session.exec(newest).one() or 0
    return trial.extend_each(
        place.key, found.chosen.of, found.to, reason=found.form.reason.data, by=ask.email, now=ask.now,
        dossiers=found.numbers, strand=found.chosen.strand, undo_for=ask.office.undo_for,
    )  # fmt: skip


def foresee(ask: Ask, found: Typed) -> Foreseen:
    """What the form would do now. Raises Refused and the other refusals of the act."""
    assert found.chosen is not None
    with trying(ask.office.cycle, ask.place.key, ask.now) as trial:
        before = _calendar(ask, trial, found)
        decision = carry_out(trial, ask, found)
        consequences = trial.consequences()
        after = _calendar(ask, trial, found)
        rows = trial.session.exec(
            select(ExtensionRow)
            .where((col(ExtensionRow.id) == decision) | (col(ExtensionRow.first_id) == decision))
            .order_by(col(ExtensionRow.id))
        ).all()
        moved = _moved(ask, rows)
        whom = concerned(trial.session, decision, somebody(ask).person_id)
    dated = [one for one in consequences.dated if not one.fires]
    return Foreseen(
        position_words(ask, found.chosen.of, found.chosen.strand), moved, whom,
        _changed(ask, [one for one in dated if one.kind in REMINDERS]),
        _changed(ask, [one for one in dated if one.kind in OTHERS]),
        consequences.told, sum(one.people for one in consequences.told),
        [*_of_the_day(ask, found, before), *_knock_on(ask, before, after)],
    )  # fmt: skip


def _calendar(ask: Ask, trial: Trial, found: Typed) -> Calendar:
    """The dates of those who are concerned, as they are now."""
    calendar = calendars_of(ask, trial.session, found.dossiers[:1])[0]
    return calendar if found.dossiers or found.chosen is None else calendar.of_strand(found.chosen.strand)


def _written(day: str, hour: str | None) -> LocalEdge:
    return LocalEdge(date.fromisoformat(day), time.fromisoformat(hour) if hour else None)


def _moved(ask: Ask, rows: Sequence[ExtensionRow]) -> list[Changed]:
    """The deadline itself: from where to where, those alike counted together."""
    counted: dict[tuple[str, str, str], int] = {}
    for row in rows:
        old, new = _written(row.old_day, row.old_hour), _written(row.new_day, row.new_hour)
        key = (position_words(ask, row.of, row.strand), _edge(ask, old), _edge(ask, new))
        counted[key] = counted.get(key, 0) + (row.dossier_id is not None)
    return [Changed(*key, dossiers=count) for key, count in counted.items()]


def _edge(ask: Ask, edge: LocalEdge) -> str:
    if edge == NEVER:
        return ask.say("until further notice")
    hour = f", {edge.hour:%H:%M}" if edge.hour else ""
    return f"{dates.day(edge.day, ask.language)}{hour}"


def _changed(ask: Ask, dated: Sequence[Dated]) -> list[Changed]:
    """The deadlines that hang on it, those alike counted together."""
    counted: dict[tuple[str, str, str], int] = {}
    for one in dated:
        what = _called(ask, one)
        key = tuple(line_moment(ask, at, closes=True) if at else "" for at in (one.before, one.after))
        counted[what, key[0], key[1]] = counted.get((what, key[0], key[1]), 0) + (one.number is not None)
    return [Changed(*key, dossiers=count) for key, count in counted.items()]


def _called(ask: Ask, one: Dated) -> str:
    workflow = ask.place.workflow
    if one.kind == "obligation reminder":
        return ask.say("Reminder of what is owed")
    if one.kind == "reminder":
        number = int(one.key.split(" ")[2])
        moment = workflow.reminders[one.name].when[number - 1]
        return ask.say("Reminder, %(moment)s", moment=moment_words(ask, moment))
    if one.kind == REMINDS:
        return ask.say("Reminder")
    if one.kind in ("transition", MOVES):
        rule = workflow.transitions[one.name]
        return ask.say("Becomes “%(state)s”", state=ask.said(workflow.states[rule.target].title))
    if one.kind in ("promise", PROMISES):
        return ask.say("Promise: %(promise)s", promise=ask.said(workflow.promises[one.name].title))
    if one.kind == DECIDES:
        state = ask.said(workflow.states[workflow.transitions[one.name].target].title)
        return ask.say("Verdicts take effect: %(states)s", states=f"“{state}”")
    if one.kind == "verdicts":
        return ask.say("Verdicts take effect, %(moment)s", moment=moment_words(ask, moments_of(workflow)[one.name]))
    return ask.say("Announcement")


def _of_the_day(ask: Ask, found: Typed, before: Calendar) -> Iterator[str]:
    """What is odd about the new day itself."""
    assert found.to is not None
    assert found.chosen is not None
    day = found.to.date() if isinstance(found.to, datetime) else found.to
    if why := oddities(ask, day, before):
        yield ask.say("%(day)s: %(why)s.", day=dates.day(day, ask.language), why=", ".join(why))
    if found.chosen.kind != "opens" and day < found.chosen.edge.day:
        yield ask.say("This is earlier than now: those concerned lose time.")


def _knock_on(ask: Ask, before: Calendar, after: Calendar) -> Iterator[str]:
    """What else is touched: phases, the committee, promises."""
    workflow, say = ask.place.workflow, ask.say
    for overlap in overlaps(workflow, before, after):
        opens = day_words(ask, after.edge(overlap.later, "opens").day)
        closes = day_words(ask, after.edge(overlap.moved, "closes").day)
        yield say(
            "%(later)s on %(opens)s, before %(moved)s on %(closes)s.", later=edge_words(ask, overlap.later, "opens"),
            opens=opens, moved=edge_words(ask, overlap.moved, "closes"), closes=closes,
        )  # fmt: skip
    for shorter in shortened(workflow, before, after):
        title = ask.said(workflow.committees[shorter.committee].title)
        days = ask.words.ngettext("%(n)s day", "%(n)s days", shorter.after) % {"n": shorter.after}
        yield say(
            "%(committee)s: %(days)s to decide in place of %(before)s.", committee=title, days=days,
            before=shorter.before,
        )  # fmt: skip
    for risk in at_risk(workflow, before, after, ask.now):
        title = ask.said(workflow.promises[risk.promise].title)
        yield say(
            "Promise “%(promise)s” is at risk: due %(due)s, and kept %(kept)s at the earliest.", promise=title,
            due=line_moment(ask, risk.due_at, closes=False), kept=line_moment(ask, risk.kept_at, closes=True),
        )  # fmt: skip

