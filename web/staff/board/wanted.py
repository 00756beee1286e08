"""Which dossiers are asked for, and how is that said?

Everything stands in the address: a link is a view. What means nothing in this round is left out, and told.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from sqlmodel import Session

from engine.database.pages import filtering
from engine.database.pages.filtering import Filter, Meaningless
from engine.database.pages.lists import FIRST, Looking, sorts
from engine.database.pages.ranges import FROM, bounds_of, is_bound
from engine.database.store import the_id
from engine.rules.typed import parse_answer
from web.ask import Ask
from web.committee.seat import called
from web.dates import amount, from_iso, number, short_day
from web.policy import somebody

A_PAGE = 50
Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A list as its address says."""

    filter: Filter
    sort: str
    columns: tuple[str, ...]
    """as they were chosen, none when they were not"""
    page: int
    meaningless: tuple[Meaningless, ...]

    def pairs(self, *, filter: Filter | None = None, sort: str = "", page: int = 1) -> Pairs:
        """The list as it stands in an address, with something changed; from its first page on."""
        wanted_sort = sort or self.sort
        return [
            *(self.filter if filter is None else filter).pairs(),
            *([("sort", wanted_sort)] if wanted_sort != FIRST else []),
            *([("columns", ",".join(self.columns))] if self.columns else []),
            *([("page", str(page))] if page > 1 else []),
        ]

    @property
    def query(self) -> str:
        """What stands behind the question mark for all pages of it."""
        return urlencode(self.pairs())


@dataclass(frozen=True, slots=True)
class Chip:
    """A part of a filter in words, and the address without it."""

    text: str
    without: str


def look(ask: Ask, session: Session) -> Looking:
    """The round of the page, as its visitor may see it."""
    place = ask.place
    call = place.call
    return Looking(
        session, ask.office.kept, place.workflow, digest=place.round.digest, round_id=the_id(place.round),
        person_id=somebody(ask).person_id, closes=call[1] if call else None,
    )  # fmt: skip


def asked(ask: Ask, columns: Sequence[str]) -> Wanted:
    """What the address of a page asks for; `columns` are those that there are."""
    return read(ask, ask.request.query_params.multi_items(), columns)


def read(ask: Ask, pairs: Iterable[tuple[str, str]], columns: Sequence[str]) -> Wanted:
    """What the parts of an address ask for."""
    given = list(pairs)
    found = filtering.read(given, ask.place.workflow)
    meaningless = list(found.meaningless)
    last = dict(given)
    sort = last.get("sort", "").strip() or FIRST
    if sort.removeprefix("-") not in sorts(ask.place.workflow):
        meaningless.append(Meaningless("sort", sort[: filtering.LONGEST], "unknown"))
        sort = FIRST
    chosen: list[str] = []
    for name in (one.strip() for key, value in given if key == "columns" for one in value.split(",")):
        if name and name not in columns:
            meaningless.append(Meaningless("columns", name[: filtering.LONGEST], "unknown"))
        elif name and name not in chosen:
            chosen.append(name)
    page = last.get("page", "")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 7 else 1
    return Wanted(found.filter, sort, tuple(chosen), max(number, 1), tuple(meaningless))


def link(path: str, pairs: Pairs) -> str:
    """An address with that behind its question mark."""
    return f"{path}?{urlencode(pairs)}" if pairs else path


# ── In words ─────────────────────────────────────────────────────────────────


def flag_words(ask: Ask) -> Mapping[str, str]:
    """What each flag is called."""
    say = ask.say
    return {
        "needs": say("Needs me"),
        "overdue": say("Overdue"),
        "incomplete": say("Answers missing"),
        "late": say("Received late"),
        "extension": say("Has more time"),
        "asks": say("Asks for more time"),
        "conflict": say("Conflict declared"),
        "held": say("Held back"),
        "differ": say("Scores differ"),
        "decided": say("Verdict recorded"),
        "undecided": say("No verdict yet"),
    }


def verdict_words(ask: Ask) -> Mapping[str, str]:
    """What each verdict is called; where two are called alike, with the state that it is given in."""
    workflow = ask.place.workflow
    words = {name: called(ask, name) for name in workflow.transitions}
    alike = [one for one, count in Counter(words.values()).items() if count > 1]
    states = {name: ask.said(workflow.states[one.sources[0]].title) for name, one in workflow.transitions.items()}
    return {name: f"{text} ({states[name]})" if text in alike else text for name, text in words.items()}


def language_words(ask: Ask) -> Mapping[str, str]:
    """What each language is called."""
    return {"nl": ask.say("Dutch"), "fr": ask.say("French"), "en": ask.say("English")}


def chips(ask: Ask, path: str, wanted: Wanted) -> list[Chip]:
    """Each part of the filter in words, with a link that takes it away."""
    found = []
    for name, value in wanted.filter.pairs():
        field = "text" if name == "q" else name
        without = wanted.pairs(filter=wanted.filter.without(field, value))
        found.append(Chip(_said(ask, name, value), link(path, without or [("all", "1")])))
    return found


def _said(ask: Ask, name: str, value: str) -> str:
    say, workflow = ask.say, ask.place.workflow
    if name == "only":
        return flag_words(ask)[value]
    if name == "state":
        return ask.said(workflow.states[value].title)
    if name == "strand":
        return ask.said(workflow.strands[value])
    if name == "answer":
        question, choice = filtering.choices_of(workflow)[value]
        return f"{ask.said(question.ask)} {ask.said(choice)}"
    if is_bound(name):
        return _bound_said(ask, name, value)
    if name == "language":
        return language_words(ask).get(value, value)
    if name == "verdict":
        return say("Verdict: %(verdict)s", verdict=verdict_words(ask)[value])
    if name == "batch":
        return say("Batch %(n)s", n=value)
    if name == "amount_from":
        return say("From %(amount)s", amount=amount(float(value), workflow.currency, ask.language))
    if name == "amount_to":
        return say("Up to %(amount)s", amount=amount(float(value), workflow.currency, ask.language))
    if name == "organisation":
        return say("Organisation: “%(text)s”", text=value)
    return say("Text: “%(text)s”", text=value)


def _bound_said(ask: Ask, name: str, value: str) -> str:
    """A bound of answers, as the reader writes days, amounts and numbers."""
    question = bounds_of(ask.place.workflow)[name]
    asked = ask.said(question.ask)
    if question.kind == "date":
        bound = short_day(from_iso(value), ask.language)
    else:
        size = float(parse_answer(question, value))
        bound = amount(size, ask.place.workflow.currency, ask.language) if question.kind == "money" else number(
            size, ask.language
        )
    if name.startswith(FROM):
        return ask.say("%(question)s from %(bound)s", question=asked, bound=bound)
    return ask.say("%(question)s up to %(bound)s", question=asked, bound=bound)


def left_out(ask: Ask, wanted: Wanted) -> list[str]:
    """What of the address means nothing here, in sentences."""
    say = ask.say
    names = {
        "only": say("Shown"), "state": say("State"), "strand": say("Strand"),
        "language": say("Language"), "verdict": say("Verdict"), "answer": say("Answer"),
        "batch": say("Batch"),
        "amount_from": say("Amount from"), "amount_to": say("Amount up to"), "sort": say("Order"),
        "columns": say("Columns"),
    }  # fmt: skip
    not_so = {
        "no amount": say("“%(value)s” is not an amount, and was left out: write for example 45000."),
        "no number": say("“%(value)s” is not a number, and was left out: write for example 12 or 12.5."),
        "no day": say("“%(value)s” is not a day, and was left out: write for example 1/3/2019."),
    }
    return [
        not_so[one.because] % {"value": one.value}
        if one.because in not_so
        else say("%(name)s: there is no “%(value)s” in this round, and it was left out.",
                 name=names.get(one.name, one.name), value=one.value)
        for one in wanted.meaningless[:5]
    ]  # fmt: skip
