"""Do the dates of a round fit the rules of its workflow?"""

from collections.abc import Iterator

from engine.errors import GrantcycleError
from engine.files.arriving import earliest_arrivals, moved_at
from engine.files.days import YEARS
from engine.files.phases import DATES
from engine.files.rounds import days_of
from engine.files.source import Source, Spot
from engine.rules.agenda import effect_at, obligation_windows, reminders_after, reminders_before
from engine.rules.by_applicant import by_one_clock
from engine.rules.meetings_apart import named_in
from engine.rules.moments import Calendar, day_starts, from_instant, is_never, window_at
from engine.rules.numbers import Named
from engine.rules.round import Round
from engine.rules.strands import together_in
from engine.rules.times import EdgeName, Moment, Window
from engine.rules.workflow import EVERYONE, STRAND, Meeting, Obligation, Promise, Workflow


def judge_round(workflow: Workflow, round: Round, source: Source) -> None:
    """Complain about whatever concerns the dates and the rules together, each at its place in the round file."""
    apart = Calendar(round).apart
    _Dates(workflow, round, Spot(source, ()), None).check(is_of_some=not apart or set(apart) < set(workflow.strands))
    known = len(source.complaints)
    for strand in apart:
        _Dates(workflow, round, Spot(source, ()), strand).check()
    # what is wrong for all would else be said of each strand once more
    source.complaints[known:] = dict.fromkeys(one for one in source.complaints[known:]
                                              if one not in source.complaints[:known])  # fmt: skip


class _Dates:
    """A complaint names the rule in its sentence and stands at the date that would have to change."""

    def __init__(self, workflow: Workflow, round: Round, whole: Spot, strand: str | None) -> None:
        self.workflow, self.round, self.whole, self.strand = workflow, round, whole, strand
        # the dates of one batch stand for those of all: what recurs comes in each as far from its edges
        self.whole_round = Calendar(round, strand=strand)
        self.calendar = self.whole_round.of_batch(1 if round.cut else None)
        self.arrivals: dict[str, int] = {}

    def check(self, *, is_of_some: bool = True) -> None:
        """`is_of_some` says whether there are dossiers with these dates; else only what concerns none is judged."""
        if self.strand is None and not (self._recurs_well() and self._goes_together() and self._goes_by_applicants()):
            return
        exist = [self._exists(rule, moment) for rule, moment in self._moments()]
        lasting = [self._ends(obligation) for obligation in self.workflow.obligations.values()]
        if not all((*exist, *lasting)):
            return  # what follows compares these moments
        if self.strand is None:
            self._check_sessions()
        if not is_of_some:
            return
        self.arrivals = earliest_arrivals(self.workflow, self.calendar)
        self._check_windows()
        self._check_verdicts()
        self._check_reminders()
        self._check_promises()
        self._check_obligations()

    def _edge(self, moment: Moment) -> Spot:
        """Where the round writes the edge that a moment hangs on."""
        place, raw = self.whole.at("phase", moment.phase), (self.whole.source.data or {})["phase"][moment.phase]
        strand = self.strand if self.strand in raw else None
        if strand is None and not set(DATES) & set(raw):
            strand = next(iter(self.round.apart[moment.phase]))
        if strand is not None:
            place, raw = place.at(strand), raw[strand]
        return place.at("on" if "on" in raw else "from" if moment.edge == "opens" else "to")

    def _moments(self) -> Iterator[tuple[str, Moment]]:
        for transition in self.workflow.transitions.values():
            for moment in (transition.moment, transition.effect):
                if moment is not None:
                    yield f"[transition.{transition.name}]", moment
            rule = f"[transition.{transition.name}]"
            if transition.window is not None:
                yield from self._of_window(rule, transition.window)
            yield from ((rule, moment) for moment in (transition.own_window.dated if transition.own_window else ()))
        for one in self.workflow.assessments.values():
            if one.window is not None:
                yield from self._of_window(f"[assessment.{one.name}]", one.window)
            dated = one.own_window.dated if one.own_window else ()
            yield from ((f"[assessment.{one.name}]", moment) for moment in dated)
        for meeting in self.workflow.meetings.values():
            rule = f"[meeting.{meeting.name}]"
            if meeting.window is not None:
                yield from self._of_window(rule, meeting.window)
            yield from ((rule, moment) for moment in (meeting.own_window.dated if meeting.own_window else ()))
        for obligation in self.workflow.obligations.values():
            if obligation.window is not None:
                yield from self._of_window(f"[obligation.{obligation.name}]", obligation.window)
        for reminder in self.workflow.reminders.values():
            for moment in reminder.when:
                yield f"[reminder.{reminder.name}]", moment
        for promise in self.workflow.promises.values():
            if promise.before is not None:
                yield f"[promise.{promise.name}]", promise.before
        for announcement in self.workflow.announcements.values():
            if announcement.moment:
                yield f"[announcement.{announcement.name}]", announcement.moment

    def _goes_together(self) -> bool:
        """Whether what cannot begin for one strand by itself begins for all of them at once."""
        sound = True
        for phase, own in self.round.apart.items():
            dates = [self.round.phases[phase], *own.values()]
            edges: tuple[EdgeName, ...] = ("opens", "closes")
            differ = [edge for edge in edges if len({getattr(one, edge) for one in dates}) > 1]
            if because := together_in(self.workflow, self.round, phase, *differ):
                self.whole.at("phase", phase, next(iter(own))).complain(
                    f"cannot have dates of its own: {because[1]}"
                )
                sound = False
        return sound

    def _goes_by_applicants(self) -> bool:
        """Whether only what each does, or undergoes, by itself hangs on a phase that goes by the clocks of each."""
        sound = True
        for phase in self.round.by_applicant:
            place = self.whole.at("phase", phase, "zone")
            if because := by_one_clock(self.workflow, phase):
                place.complain(f'cannot be "applicant": {because}')
                sound = False
        return sound

    def _recurs_well(self) -> bool:
        """Whether every batch has its edges, and what hangs on them can happen for each batch by itself."""
        cut = self.round.cut
        if cut is None:
            return True
        place = self.whole.at("phase", cut, "every")
        try:
            for number in range(1, len(self.whole_round.batches) + 1):
                edges: tuple[EdgeName, EdgeName] = ("opens", "closes")
                for edge in edges:
                    self.whole_round.of_batch(number).instant(Moment(cut, edge))
        except GrantcycleError as problem:
            place.complain(f"a batch would begin at an hour that is not there: {problem}")
            return False
        before = len(place.source.complaints)
        for move in self.workflow.transitions.values():
            rule = f"[transition.{move.name}]"
            if move.moment and move.moment.phase == cut and self.workflow.begins_in in move.sources:
                place.complain(
                    f'{rule} moves dossiers out of "{self.workflow.begins_in}" at "{move.moment}", which comes for '
                    "each batch, and whoever is there has none yet"
                )
            if not move.window or not move.window.recurs_with(cut):
                continue
            if move.frees:
                place.complain(f"{rule} gives places between moments that come for each batch, and places are of all")
            elif self.workflow.begins_in in move.sources:
                place.complain(
                    f'{rule} leads out of "{self.workflow.begins_in}" between moments that come for each batch, and '
                    "whoever is there has none yet"
                )
        for meeting in self.workflow.meetings.values():
            for_all = meeting.open_to == EVERYONE or meeting.seats is not None or meeting.running_order is not None
            if meeting.window and meeting.window.recurs_with(cut) and for_all:
                place.later(f"[meeting.{meeting.name}] between moments that come for each batch")
        return len(place.source.complaints) == before

    def _of_window(self, rule: str, window: Window) -> Iterator[tuple[str, Moment]]:
        """Its moments; one `during` a phase that lasts until further notice simply does not end."""
        yield rule, window.start
        if window.during is None or not self.calendar.never_closes(window.during):
            yield rule, window.end

    def _ends(self, obligation: Obligation) -> bool:
        """Whether what is owed has a last day."""
        if obligation.window is None:
            return True
        if not self.calendar.never_closes(obligation.window.end.phase):
            return True
        self._edge(obligation.window.end).complain(
            f"is required: [obligation.{obligation.name}] is owed during this phase, and would never be due"
        )
        return False

    def _exists(self, rule: str, moment: Moment) -> bool:
        """Whether the moment is a time that the clocks of the round show, within the years that are allowed."""
        if moment.edge == "closes" and self.calendar.never_closes(moment.phase):
            self._edge(moment).complain(
                f'is required: "{moment}", which {rule} hangs on, never comes in a phase that never closes'
            )
            return False
        try:
            year = self.calendar.day(moment).year
            if year not in YEARS:
                raise OverflowError
            self.calendar.instant(moment)
            self.calendar.hearing(moment)
        except (OverflowError, ValueError):
            self._edge(moment).complain(
                f'"{moment}", which {rule} hangs on, lies outside the years {YEARS[0]} to {YEARS[-1]}'
            )
            return False
        except GrantcycleError as problem:
            self._edge(moment).complain(f'"{moment}", which {rule} hangs on: {problem}')
            return False
        return True

    def _check_windows(self) -> None:
        windows: list[tuple[str, Window]] = [
            *((f"[transition.{move.name}]", move.window) for move in self.workflow.transitions.values() if move.window),
            *((f"[meeting.{one.name}]", one.window) for one in self.workflow.meetings.values() if one.window),
            *((f"[assessment.{one.name}]", one.window) for one in self.workflow.assessments.values() if one.window),
            *((f"[obligation.{one.name}]", one.window) for one in self.workflow.obligations.values() if one.window),
        ]
        for rule, window in windows:
            start, end = self.calendar.window(window)
            if start >= end and window.during is None:
                self._edge(window.end).complain(
                    f'{rule} is never open: "{window.end}" ({self._say(end)}) does not come after '
                    f'"{window.start}" ({self._say(start)})'
                )

    def _check_verdicts(self) -> None:
        for move in self.workflow.transitions.values():
            if move.effect is None or move.window is None:
                continue
            # one moment of all comes after the windows of every batch
            batches = len(self.whole_round.batches)
            is_common = move.window.recurs_with(self.round.cut) and move.effect.phase != self.round.cut
            calendar = self.whole_round.of_batch(batches) if is_common else self.calendar
            effect, closes = effect_at(self.workflow, calendar, move.effect), calendar.instant(move.window.end)
            if effect < closes:
                self._edge(move.effect).complain(
                    f'[transition.{move.name}] takes effect at "{move.takes_effect}" ({self._say(effect)}), before its '
                    f'window ends at "{move.window.end}" ({self._say(closes)})'
                )

    def _deadline(self, state: str, *, undecided: bool) -> int | None:
        """From when on a reminder about the state is too late; None when dossiers may stay in it.

        The calendar leaves nobody behind, unless a guard holds a dossier back; a verdict leaves the undecided behind.
        Who waits for a place may wait for ever, and what is counted from where a dossier came has no one date.
        """
        moves = [move for move in self.workflow.transitions.values() if state in move.sources and not move.frees]
        by_calendar = [move for move in moves if move.moment is not None]
        if by_calendar:
            certain = [self.calendar.instant(move.moment) for move in by_calendar if move.moment and not move.guards]
            return min(certain, default=None)
        if any(move.is_timed or move.within or move.own_effect for move in moves):
            return None
        verdicts = [move for move in moves if move.takes_effect is not None and not undecided]
        ends = [moved_at(move, self.workflow, self.calendar) for move in verdicts]
        ends += [self.calendar.instant(move.window.end) for move in moves if move.window and not move.takes_effect]
        return max((end for end in ends if end is not None), default=None)

    def _check_reminders(self) -> None:
        for reminder in self.workflow.reminders.values():
            undecided = any(guard.word == "verdict" for guard in reminder.guards)
            deadlines = [self._deadline(state, undecided=undecided) for state in reminder.about]
            known = [deadline for deadline in deadlines if deadline is not None]
            over = max(known) if len(known) == len(deadlines) else None
            there = min((self.arrivals[state] for state in reminder.about if state in self.arrivals), default=None)
            states = _states(reminder.about)
            for moment in reminder.when:
                at = self.calendar.hearing(moment)
                says = f'[reminder.{reminder.name}] "{moment}" ({self._say(at)}) comes'
                if there is not None and at < there:
                    self._edge(moment).complain(
                        f"{says} before any dossier can stand in {states} (from {self._say(there)})"
                    )
                if over is not None and at >= over:
                    self._edge(moment).complain(f"{says} after its deadline: {states} is left by {self._say(over)}")

    def _check_promises(self) -> None:
        for promise in self.workflow.promises.values():
            if promise.before is None:
                continue
            if promise.pay is not None:
                self._check_paid_in_time(promise, promise.before)
                continue
            before = self.calendar.hearing(promise.before)
            for state in promise.about:
                moves = [move for move in self.workflow.transitions.values() if state in move.sources]
                known = [moved_at(move, self.workflow, self.calendar) for move in moves]
                moved = [instant for instant in known if instant is not None]
                if moved and before < min(moved):
                    self._edge(promise.before).complain(
                        f'[promise.{promise.name}] is due at "{promise.before}" ({self._say(before)}), earlier than '
                        f'what it hangs on: "{state}" is left at {self._say(min(moved))}'
                    )

    def _check_paid_in_time(self, promise: Promise, moment: Moment) -> None:
        """Money that would be owed by a moment at which nobody can be owed it yet."""
        before = self.calendar.instant(moment)
        owed = [self.arrivals[state] for state in promise.about if state in self.arrivals]
        if owed and before <= min(owed):
            self._edge(moment).complain(
                f'[promise.{promise.name}] is due at "{moment}" ({self._say(before)}), before any dossier can stand in '
                f"{_states(promise.about)} (from {self._say(min(owed))})"
            )

    def _check_obligations(self) -> None:
        for obligation in self.workflow.obligations.values():
            if obligation.window is None:
                continue
            due = self.calendar.window(obligation.window)[1]
            owed = [self.arrivals[state] for state in obligation.owed_by if state in self.arrivals]
            if owed and due <= min(owed):
                self._edge(obligation.window.end).complain(
                    f"[obligation.{obligation.name}] is over at {self._say(due)}, before any dossier can stand in "
                    f"{_states(obligation.owed_by)} (from {self._say(min(owed))})"
                )
            reminded = obligation.remind or obligation.remind_after
            windows = obligation_windows(obligation, self.calendar) if reminded else ()
            # what is owed several times at once is due on one day
            for last_day in dict.fromkeys(laid.last_day for laid in windows):
                try:
                    reminders_before(last_day, obligation.remind, self.calendar)
                    reminders_after(last_day, obligation.remind_after, self.calendar)
                except (GrantcycleError, OverflowError, ValueError) as problem:
                    self._edge(obligation.window.end).complain(f"[obligation.{obligation.name}] remind: {problem}")
                    break

    def _check_sessions(self) -> None:
        for name, sessions in self.round.meetings.items():
            declared, scope = named_in(name)
            place = self.whole.at("meeting", declared, *filter(None, [scope]))
            meeting = self.workflow.meetings.get(declared)
            if meeting is None or not self._is_written_for_whom(meeting, scope, place):
                continue  # it was complained about
            if meeting.window is None:
                place.at(0).complain(
                    f'"{name}" takes place for each dossier on days of its own ({_own_days(meeting)}); a round has no '
                    "day for it"
                )
                continue
            calendar = self.whole_round.of_strand(scope if meeting.per == STRAND else None)
            for index, session in enumerate(sessions):
                day = day_starts(session.day, self.round.timezone)
                opens, closes = window_at(calendar, meeting.window, day)
                first, last = (from_instant(edge, self.round.timezone).date() for edge in (opens, closes - 1))
                if day >= closes or session.day < first:
                    until = "further notice" if is_never(closes) else last
                    place.at(index, "on").complain(
                        f'{session.day} lies outside the window of "{name}": {first} to {until} ({meeting.window})'
                    )

    def _is_written_for_whom(self, meeting: Meeting, scope: str, place: Spot) -> bool:
        """Whether days are given for each strand or answer where there is a meeting for each, and only there."""
        name, per = meeting.name, meeting.per
        known, each = self._scopes(per), "strand" if per == STRAND else f'answer to "{per}"'
        if per is not None and not known:
            return False
        if per is None and scope:
            place.complain(f'"{name}" is one meeting for all: write {days_of(name)}')
        elif per is not None and not scope:
            place.complain(f"there is one for each {each}: write for which, as in {days_of(name, known[0])}")
        elif scope and scope not in known:
            place.unknown(each, scope, known)
        else:
            return True
        return False

    def _scopes(self, per: str | None) -> tuple[str, ...]:
        """The strands or answers for which there is a meeting each; none where what would say so is amiss."""
        if per == STRAND:
            return tuple(self.workflow.strands)
        question = self.workflow.questions.get(per or "")
        choices = question.choices if question else ()
        known = self.round.given.get(choices.name) if isinstance(choices, Named) else choices
        return known if isinstance(known, tuple) else ()

    def _say(self, instant: int) -> str:
        if is_never(instant):
            return "until further notice"
        return f"{from_instant(instant, self.round.timezone):%Y-%m-%d %H:%M}"


def _own_days(meeting: Meeting) -> str:
    return f"within {meeting.within}" if meeting.within else str(meeting.own_window)


def _states(names: tuple[str, ...]) -> str:
    return " or ".join(f'"{name}"' for name in names)
