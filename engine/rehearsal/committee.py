"""How does a committee come to its verdicts?

Staff note who came to pitch; the chair enters the verdicts, best first, until the places are given. Everything is
decided on what is really there at that instant.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time

from engine.database.caps import caps_of
from engine.rehearsal.acts import ATTENDANCE, MAIL_SERVER, OUTAGE, VERDICT, Act, write_instant
from engine.rehearsal.assessments import assess
from engine.rehearsal.decisions import Decision, decisions, first_sitting
from engine.rehearsal.hours import DAY, HOUR, MINUTE, instant_of, next_workday, on_workday, part
from engine.rehearsal.inventing import Invented
from engine.rehearsal.judging import read_and_score, reading_for
from engine.rehearsal.phrases import phrases
from engine.rehearsal.script import Maker
from engine.rehearsal.setting import Setting
from engine.rehearsal.watching import Standing, View
from engine.rules.meetings_apart import parts_of, strand_of
from engine.rules.moments import Calendar
from engine.rules.ranking import per_of
from engine.rules.workflow import APPLICANT, STRAND, Meeting, Transition


def decide(setting: Setting) -> None:
    """Put the work of every committee into the plan, and a day without mail when the first verdicts are told."""
    # where the rules declare assessments, reading is planned by these
    have_read = set(setting.workflow.committees) if setting.workflow.assessments else set[str]()
    assess(setting)
    for place, decision in enumerate(decisions(setting)):
        apart = decision.strand and setting.calendar.apart and not setting.workflow.assessments
        reads = decision.committee not in have_read or decision.batch is not None or bool(apart)
        _Deciding(setting, decision).begin(reads=reads, withdrawal=place == 0)
        have_read.add(decision.committee)
        if place == 0:
            down = decision.effect - HOUR // 2
            values = {"until": write_instant(down + DAY)}
            setting.plan.put(Act(down, MAIL_SERVER, OUTAGE, values=values))


def over_at(calendar: Calendar, meeting: Meeting, otherwise: tuple[int, int] | None = None) -> int:
    """When the last session of a meeting is over, and staff note who came; five in the afternoon if nobody says.

    One that no round has a day for is over half way through its window, or through another where it has none for all.
    """
    sessions = calendar.round.meetings.get(meeting.name, ())
    if not sessions:
        its = calendar.of_strand(strand_of(meeting) or calendar.strand)
        window = its.window(meeting.window) if meeting.window else otherwise
        assert window is not None
        return part(window, 0.5)
    last = sessions[-1]
    return instant_of(datetime.combine(last.day, last.end or max(last.start or time(17), time(17))), calendar.zone)


def _minute_by_minute(maker: Maker) -> Maker:
    """The same acts, one a minute: nobody enters sixty verdicts at once."""

    def spread(view: View, now: int) -> Iterator[Act]:
        for place, act in enumerate(maker(view, now)):
            yield replace(act, instant=now + place * MINUTE)

    return spread


class _Deciding:
    """One committee at work on one decision."""

    def __init__(self, setting: Setting, decision: Decision) -> None:
        self.setting = setting
        self.decision = decision
        self.chairs: dict[str, Invented] = {}
        self.own = phrases(setting.workflow.language)
        self.postponed: frozenset[str] = frozenset()
        self.merit: dict[str, float] = {}

    def begin(self, *, reads: bool, withdrawal: bool) -> None:
        """Put into the plan when the committee reads, hears and sits."""
        decision = self.decision
        if reads:
            # the weekday after: the calendar has to bring them all before the committee first
            reads_at = next_workday(part(decision.span, 0.06), self.setting.calendar.zone, time(9))
            reads_at = min(reads_at, part(decision.span, 0.14))
            reading = reading_for(self.setting, decision)
            self.setting.plan.at(reads_at, lambda view, now: read_and_score(self.setting, reading, view, now))
        heard = decision.win.guard("attended")
        for meeting in self._heard_at(heard.names) if heard else ():
            over = over_at(self.setting.calendar, meeting, decision.span)
            self.setting.plan.at(over, _minute_by_minute(self._those_who_came(meeting)))
        sits_at = first_sitting(self.setting, decision)
        self.setting.plan.at(sits_at, _minute_by_minute(self._first_sitting))
        self._at(0.9 if withdrawal else 0.98, time(10), _minute_by_minute(self._second_sitting))
        if withdrawal:
            self._at(0.94, time(14, 20), self._withdraws)
            self._at(0.98, time(10), _minute_by_minute(self._freed_place))

    def _at(self, share: float, hour: time, maker: Maker) -> None:
        span = self.decision.span
        self.setting.plan.at(on_workday(part(span, share), self.setting.calendar.zone, hour, within=span), maker)

    def _heard_at(self, names: Sequence[str]) -> Iterator[Meeting]:
        """The meetings at which staff note who came; where it is owed as well, that is noted as it is met."""
        workflow, calendar = self.setting.workflow, self.setting.calendar
        owed = {one.attend for one in workflow.obligations.values() if set(self.decision.win.sources) <= {*one.owed_by}}
        for meeting in (one for name in names for one in parts_of(workflow, name)):
            strand = strand_of(meeting)
            if None not in (strand, self.decision.strand) and strand != self.decision.strand:
                continue
            if meeting.declared not in owed or not calendar.round.meetings.get(meeting.name):
                yield meeting

    def _those_who_came(self, meeting: Meeting) -> Maker:
        called = meeting.declared

        def noted(view: View, now: int) -> Iterator[Act]:
            strand = self.decision.strand
            for dossier in view.dossiers_in(self.decision.win.sources):
                if strand not in (None, dossier.strand):
                    continue
                if not meeting.of or view.meeting(called, dossier.number) == meeting:
                    yield Act(now, self.setting.staff[0].email, ATTENDANCE, dossier.number, {"meeting": called})

        return noted

    def _decided_on(self, view: View) -> list[Standing]:
        """The dossiers that the decision is about."""
        strand = self.decision.strand
        there = [one for one in view.dossiers_in(self.decision.win.sources) if strand in (None, one.strand)]
        for members, its in self.setting.before(self.decision.committee, view, there):
            self.chairs |= {one.number: members[0] for one in its}
        return there

    def _ranked(self, view: View) -> list[Standing]:
        """Who is decided on, best first. What was heard at a meeting counts beside the scores."""
        standing = self._decided_on(view)
        unknown = [dossier.number for dossier in standing if dossier.number not in self.merit]
        heard = 1.0 if self.decision.win.guard("attended") else 0.0
        for number, score in view.scores(unknown).items():
            self.merit[number] = (score or 0.0) + heard * self.setting.inventor.chance.uniform(-1, 1)
        return sorted(standing, key=lambda dossier: (-self.merit[dossier.number], dossier.number))

    def _lists(self, view: View) -> Iterator[tuple[list[Standing], int | None]]:
        """Who is decided on, best first, and the places there are: a list for each strand where those are apart."""
        ranked = self._ranked(view)
        caps = caps_of(view.session, view.workflow, view.round_id, self.decision.win)
        if not caps:
            yield ranked, None
        if caps and per_of(view.workflow, self.decision.win) not in (None, STRAND):
            yield ranked, sum(cap.most for cap in caps)
            return
        for cap in caps:
            yield [one for one in ranked if cap.scope in (None, one.strand)], cap.most

    def _line(self, ranked: Sequence[Standing], places: int | None) -> int:
        """How many may pass: the places there are, or else the better half."""
        return min(len(ranked), places if places is not None else (len(ranked) + 1) // 2)

    def _tied(self, ranked: Sequence[Standing], line: int) -> list[str]:
        """Those with the merit of the last place, when it reaches over the line."""
        if not 0 < line < len(ranked) or self.merit[ranked[line - 1].number] != self.merit[ranked[line].number]:
            return []
        return [d.number for d in ranked if self.merit[d.number] == self.merit[ranked[line].number]]

    def _verdict(self, now: int, number: str, transition: Transition | None, reason: str = "") -> Iterator[Act]:
        if transition is not None:
            values = {"transition": transition.name} | ({"reason": reason} if reason else {})
            yield Act(now, self.chairs[number].email, VERDICT, number, values)

    def _first_sitting(self, view: View, now: int) -> Iterator[Act]:
        """What nobody doubts. Ties, and a few others, are talked about once more."""
        self.postponed = frozenset()
        for ranked, places in self._lists(view):
            yield from self._settle(ranked, places, now)

    def _settle(self, ranked: Sequence[Standing], places: int | None, now: int) -> Iterator[Act]:
        line = self._line(ranked, places)
        tied = self._tied(ranked, line)
        clear = [dossier.number for dossier in ranked if dossier.number not in tied]
        self.postponed |= frozenset((*tied, *self.setting.inventor.chance.sample(clear, k=len(clear) // 6)))
        for place, dossier in enumerate(ranked):
            if dossier.number not in self.postponed:
                yield from self._verdict(now, dossier.number, self._outcome(place < line))

    def _outcome(self, passes: bool) -> Transition | None:
        return self.decision.win if passes else self.decision.lose

    def _second_sitting(self, view: View, now: int) -> Iterator[Act]:
        """The others. The chair would take all that tie at the line, and is refused when the places are out."""
        for ranked, places in self._lists(view):
            yield from self._settle_others(ranked, places, now)

    def _settle_others(self, ranked: Sequence[Standing], places: int | None, now: int) -> Iterator[Act]:
        line = self._line(ranked, places)
        tied = self._tied(ranked, line)
        for place, dossier in enumerate(ranked):
            if dossier.number in self.postponed and dossier.number not in tied:
                yield from self._verdict(now, dossier.number, self._outcome(place < line))
        room = line - sum(dossier.number not in tied for dossier in ranked[:line])
        for place, number in enumerate(tied):
            if place < room or places is not None:
                yield from self._verdict(now, number, self.decision.win, self.own.tie_in)
            if place >= room:
                yield from self._verdict(now, number, self.decision.lose, self.own.tie_out)

    def _passing(self, dossiers: Sequence[Standing], verdicts: Mapping[str, str]) -> list[Standing]:
        return [dossier for dossier in dossiers if verdicts.get(dossier.number) == self.decision.win.name]

    def _withdraws(self, view: View, now: int) -> Iterator[Act]:
        """One who would have passed withdraws, if somebody else can have the place."""
        workflow, sources = self.setting.workflow, self.decision.win.sources
        standing = self._decided_on(view)
        passing = self._passing(standing, view.verdicts())
        ways_out = [
            move.name
            for move in workflow.transitions.values()
            if move.by == APPLICANT and set(sources) <= set(move.sources) and workflow.states[move.target].frees_place
        ]
        if ways_out and 1 < len(passing) < len(standing):
            gone = self.setting.inventor.chance.choice(passing)
            yield Act(now, gone.email, ways_out[0], gone.number)

    def _freed_place(self, view: View, now: int) -> Iterator[Act]:
        """The committee gives a place that came free to the next in line."""
        verdicts = view.verdicts()
        for ranked, places in self._lists(view):
            passing = self._passing(ranked, verdicts)
            waiting = [dossier for dossier in ranked if dossier not in passing]
            for dossier in waiting[: max(0, (places or 0) - len(passing))]:
                yield from self._verdict(now, dossier.number, self.decision.win, self.own.freed)
