"""What will become due in a round, and in which order?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Literal

from engine.rules.moments import Calendar, day_starts, from_instant
from engine.rules.times import Moment, Span
from engine.rules.workflow import Obligation, Transition, Workflow

DueKind = Literal["edge", "verdicts", "transition", "announcement", "reminder", "promise"]
ORDER: tuple[DueKind, ...] = ("edge", "verdicts", "transition", "announcement", "reminder", "promise")
"""At one instant: the round's own edge, then verdicts take effect, then calendar moves in the order of the file."""
PLACES = 1_000


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that the calendar does once.

    `at`: as of when it happens; `fires_at`: when the calendar may do it (later at a close, by grace and settle);
    `valid_until`: from when on a reminder is worth nothing. All UTC microseconds.
    """

    key: str
    kind: DueKind
    name: str
    moment: str
    position: int
    at: int
    fires_at: int
    local: str
    valid_until: int | None = None
    batch: int | None = None
    """the batch of dossiers for which it happens, where it does so for each batch"""
    strand: str | None = None
    """the strand of the dossiers for which it happens, where that has a date of its own"""
    clocks: str | None = None
    """the clocks of the dossiers for which it happens, where it comes at another instant by these"""

    @property
    def is_of_some(self) -> bool:
        """Whether it happens for those of one strand, or of one's clocks, alone."""
        return self.strand is not None or self.clocks is not None

    @property
    def base(self) -> str:
        """The key that it has for all."""
        return base_of(self.key, self.strand, self.clocks)

    def key_of(self, number: str) -> str:
        """Its key where one dossier has it by itself, whichever strand that stands in."""
        return f"{self.base} {number}"


def base_of(key: str, strand: str | None, clocks: str | None = None) -> str:
    """The key that something has for all, of the one that it has for a strand, or by some clocks."""
    if clocks is not None:
        return key.removesuffix(f" clocks {clocks}")
    return key if strand is None else key.removesuffix(f" strand {strand}")


def batch_of(transition: Transition) -> str | None:
    """With what a transition's letters are released: the moment at which all of them go; None when none is held."""
    moment = transition.takes_effect or transition.when
    return str(moment) if moment and transition.release != "auto" else None


BATCH = " batch "


def batch_name(moment: str, intake: int | None) -> str:
    """What is released at a moment that comes for each batch of an intake: `2 weeks after call closes batch 3`."""
    return moment if intake is None else f"{moment}{BATCH}{intake}"


def moment_and_intake(batch: str) -> tuple[str, int | None]:
    """The moment of what is released together, and of which batch of the intake it is, if of one."""
    moment, _, number = batch.rpartition(BATCH)
    return (moment, int(number)) if moment and number.isdecimal() else (batch, None)


def batches_of(transition: Transition, calendar: Calendar) -> tuple[str, ...]:
    """All with which a transition's letters are released in a round: one, or one for each batch of the intake."""
    moment = transition.effect or transition.moment
    if moment is None or transition.release == "auto":
        return ()
    if moment.phase != calendar.cut:
        return (str(moment),)
    return tuple(batch_name(str(moment), number) for number in range(1, len(calendar.batches) + 1))


def effect_at(workflow: Workflow, calendar: Calendar, moment: Moment) -> int:
    """When verdicts take effect at a moment (UTC microseconds): as people hear of it, and not before all are recorded
    that may be until its very end."""
    verdicts = (one for one in workflow.transitions.values() if one.effect == moment)
    if not any(one.window and one.window.end == moment for one in verdicts):
        return calendar.hearing(moment)
    return max(calendar.hearing(moment), calendar.leaves_at(calendar.instant(moment)))


def key_of(transition: Transition) -> str:
    """The key of what the calendar does of a transition: its moment, or the opening of a window to wait for a place."""
    return f"transition {transition.name}"


def agenda(workflow: Workflow, calendar: Calendar, settle: int) -> tuple[Due, ...]:
    """All that the workflow does in a round with these dates, in the order in which it fires.

    What hangs on an edge of a phase that is cut happens for each batch; with the calendar of a batch, for that one. So
    it is where strands, or other clocks, have dates of their own: what all others share happens for them together.
    """
    numbers = range(1, len(calendar.batches) + 1) if calendar.batch is None else (calendar.batch,)
    found = [*_of(workflow, calendar.of_batch(None), settle), *_notices(workflow, calendar)]
    for number in numbers if calendar.cut else ():
        found += _of(workflow, calendar.of_batch(number), settle, number)
    for strand in calendar.apart if calendar.strand is None else ():
        found += [due for due in _of(workflow, calendar.of_batch(None).of_strand(strand), settle) if due.strand]
    for clocks in calendar.others if calendar.strand is None and calendar.clocks is None else ():
        found += [due for due in _of(workflow, calendar.of_batch(None).of_clocks(clocks), settle) if due.clocks]
    return tuple(sorted(found, key=lambda due: (due.fires_at, due.position, due.key)))


def _notices(workflow: Workflow, calendar: Calendar) -> Iterator[Due]:
    """What the round alone announces, after the announcements of the rules."""
    for notice in calendar.round.notices.values():
        at = calendar.hearing_of(notice.on)
        place = len(workflow.announcements) + notice.position
        yield Due(
            key=f"announcement {notice.name}", kind="announcement", name=notice.name, moment=notice.name,
            position=ORDER.index("announcement") * PLACES + place, at=at, fires_at=at,
            local=from_instant(at, calendar.zone).isoformat(),
        )  # fmt: skip


def _heard_by_all(calendar: Calendar, moment: Moment) -> int:
    return calendar.of_strand(None).of_clocks(None).hearing(moment)


def _of(workflow: Workflow, calendar: Calendar, settle: int, batch: int | None = None) -> list[Due]:
    """What hangs on no batch, or what hangs on one."""
    found: list[Due] = []

    def add(
        kind: DueKind,
        name: str,
        moment: Moment,
        place: int,
        when: Callable[[Calendar, Moment], int],
        *,
        key: str,
        valid_until: int | None = None,
    ) -> None:
        recurs = moment.phase == calendar.cut and not (kind == "edge" and batch is None)
        if recurs != (batch is not None) or (moment.edge == "closes" and calendar.never_closes(moment.phase)):
            return
        apart = calendar.strands_apart(moment.phase) if kind != "announcement" else ()
        if calendar.strand is None and kind != "edge" and set(workflow.strands) <= set(calendar.round.apart.get(
            moment.phase, {})) and apart:
            return  # there is nobody for whom it would happen
        strand = calendar.strand if calendar.strand in apart else None
        at = when(calendar, moment)
        clocks = calendar.clocks if at != when(calendar.of_clocks(None), moment) else None
        wait = calendar.grace(moment) + settle if moment.edge == "closes" and at == calendar.instant(moment) else 0
        found.append(
            Due(
                key=f"{key}{'' if batch is None else f' batch {batch}'}{'' if strand is None else f' strand {strand}'}"
                f"{'' if clocks is None else f' clocks {clocks}'}",
                kind=kind,
                name=name,
                moment=str(moment),
                position=ORDER.index(kind) * PLACES + place,
                at=at,
                fires_at=at + wait,
                local=from_instant(at, calendar.zone).isoformat(),
                valid_until=valid_until,
                batch=batch,
                strand=strand,
                clocks=clocks,
            )
        )

    for place, phase in enumerate(workflow.phases):
        for edge in ("opens", "closes"):
            moment = Moment(phase, edge)
            if batch is not None and (edge == "opens" or batch == len(calendar.batches)):
                continue  # the phase itself opens and closes then
            add(
                "edge",
                f"{phase} {edge}",
                moment,
                2 * place + (edge == "closes"),
                Calendar.instant,
                key=f"edge {moment}",
            )
    taking_effect = dict.fromkeys(t.effect for t in workflow.transitions.values() if t.effect)
    for place, moment in enumerate(taking_effect):
        add("verdicts", str(moment), moment, place, partial(effect_at, workflow), key=f"verdicts {moment}")
    for transition in workflow.transitions.values():
        # from when its window opens places are given to those who wait for one: those that are free already, then
        opens = transition.window.start if transition.frees and transition.window else transition.moment
        if opens:
            add(
                "transition", transition.name, opens, transition.position, Calendar.instant, key=key_of(transition),
            )  # fmt: skip
    for announcement in workflow.announcements.values():
        if announcement.moment:
            add(  # it is one text for everybody
                "announcement", announcement.name, announcement.moment, announcement.position,
                _heard_by_all, key=f"announcement {announcement.name}",
            )  # fmt: skip
    for reminder in workflow.reminders.values():
        instants = sorted(calendar.hearing(moment) for moment in reminder.when)
        for number, moment in enumerate(reminder.when, start=1):
            at = calendar.hearing(moment)
            # a later reminder says the same with less time left, so after an outage only the last one is worth sending
            ends = [later for later in instants if later > at]
            if moment.direction == "before":
                ends.append(calendar.instant(Moment(moment.phase, moment.edge)))
            add(
                "reminder", reminder.name, moment, reminder.position, Calendar.hearing,
                key=f"reminder {reminder.name} {number}", valid_until=min(ends, default=None),
            )  # fmt: skip
    for promise in workflow.promises.values():
        if promise.before:
            add(
                "promise", promise.name, promise.before, promise.position, Calendar.hearing,
                key=f"promise {promise.name}",
            )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Laid:
    """One obligation laid out: the window in which it is fulfilled."""

    position: int
    opens_at: int
    due_at: int
    last_day: date
    year: int | None
    """1, 2, 3 ... for what is owed every year, month or week"""


def obligation_windows(
    obligation: Obligation, calendar: Calendar, *, since: int | None = None, days: Sequence[date] = (),
    own: tuple[int, int] | None = None,
) -> tuple[Laid, ...]:
    """All that one dossier owes by an obligation, in order; `since` is when it came there (UTC microseconds).

    `every` counts from the opening of the window, and the last stretch ends with the window. Of what is owed `within`
    so long nothing is known without `since`, and of a row of a schedule nothing without its `days`; a row whose day is
    past as the dossier comes there is owed until the end of that day. Of what is owed between days of the dossier
    itself nothing is known without its `own` window, [first instant, first instant after).
    """
    if obligation.own_window is not None:
        opens, due = own or (0, 0)
        last = last_day_before(due, calendar.zone)
        return tuple(Laid(number, opens, due, last, None) for number in range(1, obligation.times + 1)) if own else ()
    if obligation.window is None:
        if since is None:
            return ()
        if obligation.each is not None:
            came = from_instant(since, calendar.zone).date()
            lasts = [max(day, came) for day in days]
            over = [day_starts(day + timedelta(days=1), calendar.zone) for day in lasts]
            rows = enumerate(zip(over, lasts, strict=True), start=1)
            return tuple(Laid(number, since, due_at, last, None) for number, (due_at, last) in rows)
        assert obligation.within is not None
        last = calendar.shift(from_instant(since, calendar.zone).date(), obligation.within, 1)
        due_at = day_starts(last + timedelta(days=1), calendar.zone)
        return tuple(Laid(number, since, due_at, last, None) for number in range(1, obligation.times + 1))
    opens_at, due_at = calendar.window(obligation.window)
    zone = zone_of_owed(obligation, calendar)
    if obligation.every is None:
        last = last_day_before(due_at, zone)
        return tuple(Laid(number, opens_at, due_at, last, None) for number in range(1, obligation.times + 1))
    laid: list[Laid] = []
    first = from_instant(opens_at, zone).date()
    stretch = 0
    while True:
        begins = calendar.shift(first, Span(stretch, obligation.every), 1)
        starts = day_starts(begins, zone) if stretch else opens_at
        if starts >= due_at:
            return tuple(laid)
        ends = min(day_starts(calendar.shift(first, Span(stretch + 1, obligation.every), 1), zone), due_at)
        last = last_day_before(ends, zone)
        for _ in range(obligation.times):
            laid.append(Laid(len(laid) + 1, starts, ends, last, stretch + 1))
        stretch += 1


def zone_of_owed(obligation: Obligation, calendar: Calendar) -> str:
    """By whose clocks the last day of something owed ends: those of the phase with which its window does."""
    return calendar.zone_of(obligation.window.end.phase) if obligation.window else calendar.zone


def last_day_before(instant: int, zone: str) -> date:
    """The local day that an exclusive end still belongs to."""
    return from_instant(instant - 1, zone).date()


def reminders_before(last_day: date, spans: tuple[Span, ...], calendar: Calendar) -> tuple[int, ...]:
    """When an obligation's reminders leave: at `mails_at`, so long before its last day; earliest first."""
    return tuple(sorted(calendar.morning(calendar.shift(last_day, span, -1)) for span in spans))


def reminders_after(last_day: date, spans: tuple[Span, ...], calendar: Calendar) -> tuple[int, ...]:
    """When people are reminded of what has not come in: at `mails_at`, so long after its last day; earliest first."""
    return tuple(sorted(calendar.morning(calendar.shift(last_day, span, 1)) for span in spans))
