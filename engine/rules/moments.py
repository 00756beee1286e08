"""When is a moment?

Local wall times become instants here and nowhere else. An instant is an integer of UTC microseconds; instants are
only ever compared as integers. The zone data are those of the pinned `tzdata` wheel, the same on every machine.
"""

import importlib.metadata
import importlib.resources
import zoneinfo
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, cached_property

from engine.errors import GrantcycleError
from engine.rules.round import BY_APPLICANT, NEVER, LocalEdge, Round
from engine.rules.times import EdgeName, Moment, Span, Window
from engine.rules.working_days import working_days_from

SECOND = 1_000_000
MOST_BATCHES = 400
"""into which a phase can be cut"""
DAY_END = time(23, 59)
"""An hour written in the last minute of a day means: to the end of that day."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LostHour(GrantcycleError):
    """A local time that the clocks skip when summer time begins."""

    def __init__(self, local: datetime, zone: str) -> None:
        before, after = (
            from_instant(_utc_microseconds(local.replace(tzinfo=zone_info(zone), fold=fold)), zone) for fold in (1, 0)
        )
        # where the clocks skip midnight, or a whole day, a neighbour lies on another day
        write = " or ".join(
            f"{neighbour:%H:%M}" if neighbour.date() == local.date() else f"{neighbour:%Y-%m-%d %H:%M}"
            for neighbour in (before, after)
        )
        super().__init__(
            f"{local:%Y-%m-%d %H:%M:%S} does not exist in {zone}: the clocks go forward over it; write {write}"
        )


@cache
def tzdata_version() -> str:
    """The version of the zone data in use, as IANA numbers it (`2026.1` for 2026a)."""
    return importlib.metadata.version("tzdata")


@cache
def zone_info(zone: str) -> zoneinfo.ZoneInfo:
    """The zone, read from the pinned wheel and never from the machine's own files.

    Raises GrantcycleError for a name that is no zone.
    """
    try:
        parts = zone.split("/")
        if ".." in parts:
            raise ValueError("leads out of the wheel")
        path = importlib.resources.files("tzdata.zoneinfo").joinpath(*parts)
        with path.open("rb") as source:
            return zoneinfo.ZoneInfo.from_file(source, key=zone)
    except (OSError, ValueError) as problem:
        raise GrantcycleError(f'"{zone}" is not a time zone') from problem


def _utc_microseconds(aware: datetime) -> int:
    since = aware.astimezone(UTC) - EPOCH
    return (since.days * 86_400 + since.seconds) * SECOND + since.microseconds


def from_instant(instant: int, zone: str) -> datetime:
    """The instant as a naive local wall time of `zone`."""
    utc = EPOCH + timedelta(microseconds=instant)
    return utc.astimezone(zone_info(zone)).replace(tzinfo=None, fold=0)


def to_instant(day: date, hour: time, zone: str) -> int:
    """The instant of a local wall time; in the doubled hour the later one, which favours the applicant.

    Raises LostHour for a wall time that does not exist.
    """
    local = datetime.combine(day, hour)
    instant = _utc_microseconds(local.replace(tzinfo=zone_info(zone), fold=1))
    if from_instant(instant, zone) != local:
        raise LostHour(local, zone)
    return instant


def is_doubled(day: date, hour: time, zone: str) -> bool:
    """Whether that wall time happens twice, when summer time ends."""
    local = datetime.combine(day, hour, tzinfo=zone_info(zone))
    first, second = (_utc_microseconds(local.replace(fold=fold)) for fold in (0, 1))
    return first < second


def is_never(instant: int) -> bool:
    """Whether an instant is the close of a phase that lasts until further notice, in whichever zone."""
    return from_instant(instant, "UTC").year >= NEVER.day.year


def day_starts(day: date, zone: str) -> int:
    """The first instant of a local day, also where midnight itself is skipped or doubled."""
    # fold 0 is the first of two midnights; for a skipped one it is the very instant at which the clocks jump
    return _utc_microseconds(datetime.combine(day, time(0), tzinfo=zone_info(zone)))


def shift(day: date, span: Span, direction: int, holidays: str | None = None) -> date:
    """The day `span` later (direction 1) or earlier (-1); months and years keep the day and clamp it (31 -> 30).

    `holidays` is the region whose working days are counted; without one only weekends are no working days.
    """
    if span.unit == "working day":
        return working_days_from(day, direction * span.count, holidays)
    if span.unit in ("day", "week"):
        return day + timedelta(days=direction * span.count * (7 if span.unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + direction * span.count * (12 if span.unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


class Calendar:
    """The moments of one round as instants, with its extensions applied.

    For a dossier of a `batch` (1, 2, 3 ...) the edges of the phase that is cut are those of its own batch, and for one
    of a `strand` those that the strand has of its own. Phases may open and close by the `clocks` of a dossier; `others`
    are all such clocks in the round. `extended` are the edges that were moved for all (`call closes`)
    or for one strand (`call closes small`), `alone` those that were moved for one dossier by itself.
    """

    def __init__(
        self,
        round: Round,
        extended: Mapping[str, LocalEdge] | None = None,
        batch: int | None = None,
        strand: str | None = None,
        alone: Mapping[str, LocalEdge] | None = None,
        clocks: str | None = None,
        others: Sequence[str] = (),
    ) -> None:
        self.round = round
        self.zone = round.timezone
        self.extended = dict(extended or {})
        self.alone = dict(alone or {})
        self.cut = round.cut
        self.batch = batch if self.cut else None
        self.strand = strand
        self.clocks = clocks if round.by_applicant else None
        self.others = tuple(others) if round.by_applicant else ()

    def _like(self, *, batch: int | None, strand: str | None, clocks: str | None) -> "Calendar":
        return Calendar(self.round, self.extended, batch, strand, self.alone, clocks, self.others)

    def of_batch(self, batch: int | None) -> "Calendar":
        """The same dates for the dossiers of a batch, or (None) for those of none."""
        return self._like(batch=batch, strand=self.strand, clocks=self.clocks)

    def of_strand(self, strand: str | None) -> "Calendar":
        """The same dates for the dossiers of a strand, or (None) those that concern no dossier."""
        return self._like(batch=self.batch, strand=strand, clocks=self.clocks)

    def of_clocks(self, clocks: str | None) -> "Calendar":
        """The same dates for the dossiers with these clocks, or (None) those that go by the round's."""
        return self._like(batch=self.batch, strand=self.strand, clocks=clocks)

    def zone_of(self, phase: str) -> str:
        """By whose clocks a phase opens and closes."""
        return self.round.zone_of(phase, self.clocks)

    def goes_by(self, phase: str) -> str | None:
        """The clocks by which a phase opens and closes where they are not the round's: a zone, or `applicant` where no
        dossier is meant."""
        zone = self.round.phases[phase].zone
        return (self.clocks or zone) if zone == BY_APPLICANT else zone

    def strands_apart(self, phase: str) -> tuple[str, ...]:
        """The strands that have dates of their own in a phase: by the file, or because theirs were moved."""
        moved = (key.split(" ") for key in self.extended if key.count(" ") == 2)
        return tuple(dict.fromkeys([*self.round.apart.get(phase, {}), *(one[2] for one in moved if one[0] == phase)]))

    @cached_property
    def apart(self) -> tuple[str, ...]:
        """The strands that have dates of their own in any phase."""
        return tuple(dict.fromkeys(one for phase in self.round.phases for one in self.strands_apart(phase)))

    @property
    def each(self) -> tuple["Calendar", ...]:
        """The dates of those without any of their own, and of each strand, and of all clocks, that have some; of one
        strand, or of one's clocks, its own."""
        if self.strand is not None or self.clocks is not None:
            return (self,)
        return (self, *(self.of_strand(one) for one in self.apart), *(self.of_clocks(one) for one in self.others))

    def parts(self, phase: str, strands: Collection[str]) -> tuple["Calendar", ...]:
        """The dates that a phase has for some of these strands, as they are shown: those without any of their own
        together first."""
        apart = self.strands_apart(phase) if self.strand is None else ()
        rest = () if apart and set(strands) <= set(apart) else (self,)
        return (*rest, *(self.of_strand(one) for one in apart))

    @cached_property
    def batches(self) -> tuple[tuple[LocalEdge, LocalEdge], ...]:
        """The first and the last of each batch of the phase that is cut; the last one ends with the phase."""
        if self.cut is None:
            return ()
        every = self.round.phases[self.cut].every
        assert every is not None
        opens, end = self.whole(self.cut, "opens"), self.whole(self.cut, "closes")
        zone = self.round.zone_of(self.cut)
        ends = edge_instant(end, "closes", zone)
        found: list[tuple[LocalEdge, LocalEdge]] = []
        starts = opens
        while True:
            later = Span(every.count * (len(found) + 1), every.unit)
            following = LocalEdge(self.shift(opens.day, later, 1), opens.hour)
            if edge_instant(following, "opens", zone) >= ends:
                return (*found, (starts, end))
            whole_day = following.hour is None
            found.append((starts, LocalEdge(following.day - timedelta(days=1)) if whole_day else following))
            starts = following

    def batch_at(self, instant: int) -> int | None:
        """The batch of a dossier handed in then; None where no phase is cut. A close belongs to what it ends."""
        for number, (_, closes) in enumerate(self.batches, start=1):
            assert self.cut is not None
            if instant < edge_instant(closes, "closes", self.round.zone_of(self.cut)):
                return number
        return len(self.batches) or None

    def edge(self, phase: str, edge: EdgeName) -> LocalEdge:
        """The edge as the round writes it, or as it was extended; of a phase that is cut that of the batch."""
        if phase == self.cut and self.batch is not None:
            starts, ends = self.batches[min(self.batch, len(self.batches)) - 1]
            return starts if edge == "opens" else ends
        return self.whole(phase, edge)

    def whole(self, phase: str, edge: EdgeName) -> LocalEdge:
        """The edge of the phase as a whole, however it is cut."""
        name = f"{phase} {edge}"
        dates = self.round.dates(phase, self.strand)
        written = dates.opens if edge == "opens" else dates.closes
        if self.strand in self.round.apart.get(phase, {}):
            moved = self.extended.get(f"{name} {self.strand}", written)
        else:
            moved = self.extended.get(f"{name} {self.strand}", self.extended.get(name, written))
        return self.alone.get(name, moved)

    def never_closes(self, phase: str) -> bool:
        """Whether a phase lasts until further notice."""
        return self.edge(phase, "closes") == NEVER

    def rolled_from(self, phase: str) -> LocalEdge | None:
        """The close of a phase as the round writes it, where it counts on a later day because nobody works on that."""
        dates = self.round.dates(phase, self.strand)
        return dates.written if self.edge(phase, "closes") == dates.closes else None

    def day(self, moment: Moment) -> date:
        """The day that people would name: the last day for "closes"."""
        day = self.edge(moment.phase, moment.edge).day
        if moment.span is None:
            return day
        return self.shift(day, moment.span, -1 if moment.direction == "before" else 1)

    def shift(self, day: date, span: Span, direction: int) -> date:
        """The day `span` later (direction 1) or earlier (-1), by the working days of the round."""
        return shift(day, span, direction, self.round.holidays)

    def instant(self, moment: Moment) -> int:
        """The first instant of "opens", the first instant after "closes"; an offset shifts the edge by its span."""
        edge = self.edge(moment.phase, moment.edge)
        on, zone = LocalEdge(self.day(moment), edge.hour), self.zone_of(moment.phase)
        if self.round.phases[moment.phase].zone == BY_APPLICANT:
            return lenient_instant(on, moment.edge, zone)
        return edge_instant(on, moment.edge, zone)

    def hearing(self, moment: Moment) -> int:
        """When people hear because of that day.

        At `mails_at` of the day; the next morning for a "closes" at the end of a day, which is over only then; and at
        the instant itself where another hour is written.
        """
        day = self.day(moment)
        if moment.span is None:
            hour = self.edge(moment.phase, moment.edge).hour
            to_the_end = moment.edge == "closes" and (hour is None or hour >= DAY_END)
            if hour is not None and not to_the_end:
                return self.instant(moment)
            if to_the_end:
                day += timedelta(days=1)
            # where the phase has clocks of its own, the day may not have begun or ended there in our morning
            return max(self.morning(day), self.instant(moment))
        return self.morning(day)

    def hearing_of(self, on: LocalEdge) -> int:
        """When people hear what is announced on a day, or at an hour of one."""
        return self.morning(on.day) if on.hour is None else to_instant(on.day, on.hour, self.zone)

    def morning(self, day: date) -> int:
        """`mails_at` of a day; where the clocks skip that hour, so much later: a letter may wait, a deadline not."""
        try:
            return to_instant(day, self.round.mails_at, self.zone)
        except LostHour:
            return _utc_microseconds(datetime.combine(day, self.round.mails_at, tzinfo=zone_info(self.zone)))

    def window(self, window: Window) -> tuple[int, int]:
        """The window as [first instant, first instant after); `during` a phase that is cut is the whole of it."""
        if window.during is not None and window.during == self.cut:
            edges: tuple[EdgeName, EdgeName] = ("opens", "closes")
            zone = self.round.zone_of(window.during)
            opens, closes = (edge_instant(self.whole(window.during, one), one, zone) for one in edges)
            return opens, closes
        return self.instant(window.start), self.instant(window.end)

    def never_ends(self, window: Window) -> bool:
        """Whether a window is that of a phase which lasts until further notice."""
        return is_never(self.instant(window.end))

    def grace(self, moment: Moment) -> int:
        """For how many microseconds after a phase closes acts are still taken."""
        if moment.edge != "closes" or moment.span is not None:
            return 0
        if moment.phase == self.cut and self.batch is not None and self.batch < len(self.batches):
            return 0  # between two batches nobody is too late
        return self.round.dates(moment.phase, self.strand).grace // timedelta(microseconds=1)

    def leaves_at(self, instant: int) -> int:
        """When a letter about `instant` leaves: at once, but from a midnight at the next `mails_at`."""
        local = from_instant(instant, self.zone)
        if local.time() != time(0) and instant != day_starts(local.date(), self.zone):
            return instant
        return self.morning(local.date())


def window_at(calendar: Calendar, window: Window, instant: int) -> tuple[int, int]:
    """A window as [first instant, first instant after): of one that each batch has, the first that is not over then."""
    if not window.recurs_with(calendar.cut):
        return calendar.window(window)
    each = [calendar.of_batch(number).window(window) for number in range(1, len(calendar.batches) + 1)]
    return next((one for one in each if instant < one[1]), each[-1])


def lenient_instant(edge: LocalEdge, name: EdgeName, zone: str) -> int:
    """`edge_instant` by clocks that nobody has looked at beforehand: where they skip the hour, so much later."""
    try:
        return edge_instant(edge, name, zone)
    except LostHour:
        assert edge.hour is not None
        return _utc_microseconds(datetime.combine(edge.day, edge.hour, tzinfo=zone_info(zone)))


def edge_instant(edge: LocalEdge, name: EdgeName, zone: str) -> int:
    """The first instant of an "opens", the first instant after a "closes".

    A stated hour is inclusive (17:00 admits 17:00:00.000000), and 23:59 means to the end of the day.
    """
    if edge.hour is None:
        return day_starts(edge.day + timedelta(days=1) if name == "closes" else edge.day, zone)
    if name == "closes":
        if edge.hour >= DAY_END:
            return day_starts(edge.day + timedelta(days=1), zone)
        return to_instant(edge.day, edge.hour, zone) + 1
    return to_instant(edge.day, edge.hour, zone)
