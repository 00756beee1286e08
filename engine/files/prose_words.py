"""How are days, hours, moments, people and numbers called in a language?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from babel import Locale
from babel.dates import format_date, get_timezone_location
from babel.numbers import format_currency, format_decimal, get_currency_name

from engine.errors import Unknown
from engine.files.prose_en import ENGLISH
from engine.files.prose_fr import FRENCH
from engine.files.prose_nl import DUTCH
from engine.files.reading import Programme
from engine.rules.giving import rules_in
from engine.rules.moments import Calendar, from_instant
from engine.rules.numbers import Named, Number, PartOf, PerStrand, Share
from engine.rules.round import BY_APPLICANT, NEVER, LocalEdge, PhaseDates, Round
from engine.rules.times import Moment, OwnMoment, OwnWindow, Span, Window
from engine.rules.workflow import APPLICANT, EVERYONE, STAFF, Letters, question_of, title_of
from engine.rules.working_days import part_name

PHRASES: Mapping[str, Mapping[str, str]] = {"nl": DUTCH, "fr": FRENCH, "en": ENGLISH}
LONGER: tuple[tuple[str, int], ...] = (("hours", 3600), ("minutes", 60), ("seconds", 1))


class Voice:
    """One programme, and perhaps one round, told in one language.

    Raises Unknown for a language in which there are no phrases.
    """

    def __init__(self, programme: Programme, round: Round | None, language: str) -> None:
        if language not in PHRASES:
            raise Unknown("language", language, PHRASES)
        self.programme, self.round, self.language = programme, round, language
        self.workflow = rules_in(programme.workflow, round.given) if round else programme.workflow
        self.calendar = Calendar(round) if round else None
        self.phrases = PHRASES[language]
        self.locale = Locale.parse(self.phrases["locale"])

    # ── phrases ──

    def say(self, key: str, /, **facts: object) -> str:
        """The phrase of that key, filled in."""
        return self.phrases[key].format(**facts)

    def count(self, key: str, number: int, **facts: object) -> str:
        """The phrase for one or for several, filled in."""
        one, several = self.phrases[key].split("|")
        return (one if number == 1 else several).format(n=self.number(number), **facts)

    def both(self, items: Sequence[str], word: str = "and") -> str:
        """`a, b and c`, or with another word before the last."""
        *rest, last = items or [""]
        return f"{', '.join(rest)} {self.phrases[word]} {last}" if rest else last

    def words(self, text: str) -> str:
        """A text of the programme, translated."""
        return self.programme.translate(text, self.language)

    def title(self, text: str) -> str:
        """A text of the programme, translated, between quotation marks."""
        return self.say("quote", text=self.words(text))

    def states(self, names: Iterable[str], word: str = "or") -> str:
        """The titles of states."""
        return self.both([self.title(self.workflow.states[name].title) for name in names], word)

    def answers(self, wanted: Mapping[str, Sequence[str]]) -> str:
        """That questions are answered so, as the clause of a condition."""
        told = [
            self.say(
                "answer", question=self.title(question_of(self.workflow, key).ask),
                choices=self.both([self.title(choice) for choice in choices], "or"),
            )
            for key, choices in wanted.items()
        ]  # fmt: skip
        return self.both(told)

    # ── numbers ──

    def number(self, number: float) -> str:
        """A number with the language's separators, all its decimals kept."""
        text: str = format_decimal(number, locale=self.locale, decimal_quantization=False)
        return text

    def amount(self, number: Number, plain: Callable[[float], str]) -> str:
        """A number of the rules; one that the round gives by its name, until a round gives it."""
        if isinstance(number, PerStrand):
            each = [
                self.say("of strand", number=self.amount(one, plain), strand=self.strand(strand))
                for strand, one in number.of.items()
            ]
            return self.both(each)
        if isinstance(number, Named):
            return self.say("given", name=number.name)
        if isinstance(number, PartOf):
            whole = self.title(question_of(self.workflow, number.of).ask)
            return self.say("part of", share=self.share(number.share), question=whole)
        return self.share(number) if isinstance(number, Share) else plain(number)

    def share(self, share: Share) -> str:
        """`30 %`, which does not break over two lines."""
        return f"{self.number(share.percent)}\N{NO-BREAK SPACE}%"

    def strand(self, strand: str) -> str:
        """The title of a strand, between quotation marks."""
        return self.title(self.workflow.strands[strand])

    def in_strands(self, names: Sequence[str]) -> str:
        """That a dossier stands in one of these, as the clause of a condition."""
        return self.say("strand", names=self.both([self.strand(name) for name in names], "or"))

    def money(self, amount: float) -> str:
        """An amount in the currency of the programme, decimals only where there are any."""
        if self.workflow.currency is None:
            return self.number(amount)
        pattern = self.say("money")
        if amount != int(amount):
            pattern = pattern.replace("##0", "##0.00")
        text: str = format_currency(
            amount,
            self.workflow.currency,
            pattern,
            locale=self.locale,
            currency_digits=False,
            decimal_quantization=False,
        )
        return text

    def currency(self, code: str) -> str:
        """What people call that money."""
        name: str = get_currency_name(code, count=2, locale=self.locale)
        return name

    def language_name(self, code: str) -> str:
        """What that language is called in this one."""
        name: str = self.locale.languages.get(code, code)
        return name

    def country(self, region: str) -> str:
        """What that country is called, or that part of one."""
        code = region.partition("-")[0]
        name: str = self.locale.territories.get(code, code)
        return name if region == code else f"{name} ({part_name(region) or region})"

    def city(self, zone: str) -> str:
        """The city that a zone is named after."""
        return get_timezone_location(zone, locale=self.locale, return_city=True)

    # ── time ──

    def span(self, span: Span) -> str:
        """`3 days`."""
        return self.count(span.unit, span.count)

    def length(self, length: timedelta) -> str:
        """A length of clock time, in hours, minutes and seconds."""
        left, parts = int(length.total_seconds()), []
        for key, seconds in LONGER:
            many, left = divmod(left, seconds)
            if many:
                parts.append(self.count(key, many))
        return self.both(parts)

    def day(self, day: date) -> str:
        """`Friday 1 March 2019`."""
        text = format_date(day, "EEEE d MMMM y", locale=self.locale)
        return text.replace(" 1 ", " 1er ") if self.language == "fr" else text

    def hour(self, hour: int, minute: int = 0, second: int = 0) -> str:
        """`9:30`, as the language writes it; seconds only where there are any."""
        if second:
            return self.say("hour with seconds", hour=hour, minute=minute, second=second)
        return self.say("hour" if minute else "full hour", hour=hour, minute=minute)

    def clock(self, hour: time) -> str:
        """The hour of a round file."""
        return self.hour(hour.hour, hour.minute, hour.second)

    def stamp(self, local: datetime, *, ends: bool = False) -> str:
        """A day and its hour; a midnight at which something `ends` is 24:00 of the day before."""
        if ends and local.time() == time(0):
            return self.say("at", day=self.day(local.date() - timedelta(days=1)), hour=self.hour(24))
        return self.say("at", day=self.day(local.date()), hour=self.clock(local.time()))

    def instant(self, instant: int, *, ends: bool = False) -> str:
        """The same, of UTC microseconds, in the round's zone."""
        assert self.round is not None
        return self.stamp(from_instant(instant, self.round.timezone), ends=ends)

    def on(self, instant: int) -> str:
        """`on Friday 1 March 2019, 9:30`."""
        return self.say("on", day=self.instant(instant))

    def edge(self, edge: LocalEdge) -> str:
        """An edge of a phase as the round writes it."""
        if edge == NEVER:
            return self.say("further notice")
        return self.day(edge.day) if edge.hour is None else self.stamp(datetime.combine(edge.day, edge.hour))

    def dates(self, dates: PhaseDates) -> str:
        """From when to when a phase lasts."""
        if dates.opens == dates.closes and dates.opens.hour is None:
            told = self.say("on", day=self.day(dates.opens.day))
        elif dates.closes == NEVER:
            told = self.say("from until further notice", start=self.edge(dates.opens))
        else:
            told = self.say("from to", start=self.edge(dates.opens), end=self.edge(dates.closes))
        if dates.zone == BY_APPLICANT:
            told = self.say("by applicants", dates=told)
        elif dates.zone:
            told = self.say("by clocks", dates=told, city=self.city(dates.zone), zone=dates.zone)
        if dates.every and self.calendar:
            told = self.count("cut", len(self.calendar.batches), dates=told, span=self.span(dates.every))
        return told if dates.written is None else self.say("rolled", dates=told, written=self.edge(dates.written))

    def dates_of_all(self, phase: str) -> str:
        """From when to when a phase lasts, for each strand that has dates of its own and for all others."""
        assert self.round is not None
        assert self.calendar is not None
        told = [
            self.dates(self.round.dates(phase, one.strand)) if one.strand is None else
            self.say("for dates", strand=self.strand(one.strand), dates=self.dates(self.round.dates(phase, one.strand)))
            for one in self.calendar.parts(phase, self.workflow.strands)
        ]
        return self.say("apart").join(told)

    def _moment(self, moment: Moment, *, noun: bool, heard: bool) -> str:
        phase = self.title(self.workflow.phases[moment.phase])
        each = " each" if self.calendar and moment.phase == self.calendar.cut else ""
        if moment.span and moment.direction:
            edge = self.say(f"{moment.edge}{each}", phase=phase)
            words = self.say(moment.direction, span=self.span(moment.span), edge=edge)
        else:
            words = self.say(f"{'' if noun else 'at '}{moment.edge}{each}", phase=phase)
        if self.calendar is None or self.calendar.strands_apart(moment.phase):
            return words  # where strands have dates of their own, those stand with the phase
        if each:
            return words
        if heard:
            return f"{words} ({self.instant(self.calendar.hearing(moment))})"
        return f"{words} ({self.instant(self.calendar.instant(moment), ends=moment.edge == 'closes')})"

    def at(self, moment: Moment, *, heard: bool = False) -> str:
        """`3 days before the end of the phase “Call” (...)`; `heard`: with the hour at which people hear of it."""
        return self._moment(moment, noun=False, heard=heard)

    def own(self, moment: OwnMoment, *, noun: bool = False) -> str:
        """`14 days after the day in “On which day do you begin?”`: a point of time of each dossier."""
        if moment.is_accepted:
            what = self.title(title_of(self.workflow, self.workflow.obligations[moment.anchor]))
            anchor = self.say("own accepted", what=what)
        else:
            anchor = self.say("own day", question=self.title(self.workflow.questions[moment.anchor].ask))
        if moment.span and moment.direction:
            return self.say(moment.direction, span=self.span(moment.span), edge=anchor)
        return anchor if noun else self.say("on own", anchor=anchor)

    def window(self, window: Window | None, within: Span | None = None, own: OwnWindow | None = None) -> str:
        """When something may be done."""
        if own is not None:
            start, end = (
                self.own(one, noun=True) if isinstance(one, OwnMoment) else self._moment(one, noun=True, heard=False)
                for one in (own.start, own.end)
            )
            return self.say("between", start=start, end=end)
        if within is not None:
            return self.say("within", span=self.span(within))
        if window is None:
            return self.say("always")
        if window.during:
            return self.say("during")
        start, end = (self._moment(moment, noun=True, heard=False) for moment in (window.start, window.end))
        return self.say("between", start=start, end=end)

    # ── people ──

    def role(self, role: str) -> str:
        """Who that is; a committee has its title only where there are several."""
        if role in (APPLICANT, STAFF, EVERYONE):
            return self.say(role)
        if len(self.workflow.committees) == 1:
            return self.say("committee")
        return self.say("committee of", title=self.title(self.workflow.committees[role].title))

    def letters(self, letters: Letters) -> str:
        """Who gets which letter."""
        return self.both([self.say("gets", who=self.role(role), letter=name) for role, name in letters.items()])


def sentence(text: str) -> str:
    """The text with a capital at its beginning."""
    return text[:1].upper() + text[1:]
