"""Which deadlines of a round can be moved now: edges of its phases that are ahead, and what is owed?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from engine.cycle.own_time import own_times
from engine.database.calendars import extended
from engine.database.pages.extensions import open_dues
from engine.database.records import DossierRow
from engine.database.store import extensions_of, the_id
from engine.rules.moments import Calendar
from engine.rules.round import LocalEdge
from engine.rules.strands import together_in
from engine.rules.times import EdgeName, Moment
from web.ask import Ask
from web.place import scene_of
from web.staff.timeline.wording import day_words, edge_day_words, edge_words, position_words

EDGES: tuple[EdgeName, ...] = ("closes", "opens")


@dataclass(frozen=True, slots=True)
class Movable:
    """Something that can be moved: as extensions call it, as people do, and where it is now."""

    of: str
    words: str
    now: str
    kind: str
    """`closes`, `opens`, `owed` or `own`"""
    edge: LocalEdge
    """where it is now; of what is owed, the earliest last day"""
    strand: str | None = None
    """for whose dossiers an edge is moved; None for all that have no dates of their own"""

    @property
    def key(self) -> str:
        """What tells it from all others in a form."""
        return self.of if self.strand is None else f"{self.of} {self.strand}"

    @property
    def label(self) -> str:
        return f"{self.words} ({self.now})"


def calendars_of(ask: Ask, session: Session, dossiers: Sequence[DossierRow]) -> list[Calendar]:
    """The dates of each of these dossiers; those of the round where there is none."""
    place = ask.place
    round, rows = place.programme.rounds[place.round.name], extensions_of(session, the_id(place.round))
    if not dossiers:
        return [extended(round, rows)]
    return [extended(round, rows, the_id(one), strand=one.strand, clocks=one.clocks) for one in dossiers]


def movable(ask: Ask, session: Session, dossiers: Sequence[DossierRow]) -> list[Movable]:
    """What can be moved for these dossiers or, where none is named, for everybody: deadlines first."""
    place, workflow = ask.place, ask.place.workflow
    calendars, found = calendars_of(ask, session, dossiers), []
    for name in EDGES:
        for phase in workflow.phases:
            ahead = [one for one in calendars if one.instant(Moment(phase, name)) > ask.now]
            written_apart = calendars[0].round.apart.get(phase, {})
            if written_apart and not dossiers and set(workflow.strands) <= set(written_apart):
                ahead = []  # there is nobody who has no dates of their own
            if ahead:
                edge = ahead[0].edge(phase, name)
                now = ask.say("now %(day)s", day=edge_day_words(ask, edge))
                found.append(Movable(f"{phase} {name}", edge_words(ask, phase, name), now, name, edge))
            if not dossiers:
                found += _of_strands(ask, calendars[0], phase, name)
    numbers = [one.number for one in dossiers] or None
    for due in open_dues(session, the_id(place.round), workflow.ends_in, numbers):
        of, first = f"{due.name} {due.position}", date.fromisoformat(due.first_day)
        count = ask.words.ngettext("%(n)s dossier", "%(n)s dossiers", due.dossiers) % {"n": due.dossiers}
        now = ask.say("now %(day)s, %(dossiers)s", day=day_words(ask, first), dossiers=count)
        found.append(Movable(of, position_words(ask, of), now, "owed", LocalEdge(first)))
    if dossiers:
        scene = scene_of(ask.office.cycle, session, place.key, ask.now)
        for own in own_times(scene, dossiers[0]):
            now = ask.say("now %(day)s", day=day_words(ask, own.last_day))
            found.append(Movable(own.of, position_words(ask, own.of), now, "own", LocalEdge(own.last_day)))
    return found


def _of_strands(ask: Ask, calendar: Calendar, phase: str, name: EdgeName) -> list[Movable]:
    """The same edge for each strand by itself, where that may be."""
    workflow, found = ask.place.workflow, []
    if together_in(workflow, calendar.round, phase, name):
        return []
    for strand in workflow.strands:
        theirs = calendar.of_strand(strand)
        if theirs.instant(Moment(phase, name)) > ask.now:
            edge = theirs.edge(phase, name)
            now = ask.say("now %(day)s", day=edge_day_words(ask, edge))
            found.append(Movable(f"{phase} {name}", edge_words(ask, phase, name, strand), now, name, edge, strand))
    return found


def choices_of(ask: Ask, found: Sequence[Movable]) -> dict[str, list[tuple[str, str]]]:
    """The same, grouped, for a list to choose from."""
    titles = {"closes": ask.say("Deadlines"), "opens": ask.say("Beginnings"), "owed": ask.say("Owed by dossiers"),
              "own": ask.say("Counted from where the dossier came")}
    grouped = {title: [(one.key, one.label) for one in found if one.kind == kind] for kind, title in titles.items()}
    return {title: options for title, options in grouped.items() if options}
