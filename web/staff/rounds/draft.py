"""What does a round in the making say, and may it be opened as it is?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from starlette.responses import Response

from engine.database.looking import open_rounds
from engine.database.pages.console import managed_rounds
from engine.database.preparing import drafts, rehearsals
from engine.database.records import DraftRow, PersonRow, RehearsalRow
from engine.errors import Unknown
from engine.files.prose import read_aloud
from engine.files.reading import Programme
from engine.files.redating import Dated, dates_in
from engine.files.several import file_of
from engine.rules.agenda import Due, agenda
from engine.rules.giving import rules_in
from engine.rules.meetings_apart import name_of_part
from engine.rules.moments import Calendar
from engine.rules.round import Round
from engine.rules.working_days import day_off
from web import dates
from web.ask import Ask
from web.policy import STAFFS, somebody
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.rounds.moments import moment_said
from web.staff.rounds.programmes import Examined, examined
from web.staff.rounds.texts import Text, as_html, text_of
from web.staff.rounds.typed import number

pages = Pages()
DRAFT = "/staff/rounds/draft/{draft}"


@dataclass(frozen=True)
class DateLine:
    """One date of the round: its place, what it was in the round that was copied, and what kind of day it is."""

    id: str
    """as its field is called"""
    where: tuple[str, ...]
    """phase or meeting, its name, and which of its days: "from", "to", "on" """
    dated: Dated
    old: Dated | None
    off: str | None
    """why nobody works on that day, in English"""

    @property
    def place(self) -> tuple[str, ...]:
        """The same without the round that it is written in, where a file holds several."""
        return self.where[2:] if self.where[0] == "round" else self.where

    @property
    def hour(self) -> str:
        """The hour that is written with the day; empty for a whole day."""
        return f"{self.dated.value:%H:%M:%S}" if self.dated.value != self.dated.day else ""


@dataclass(frozen=True)
class Seen:
    """A round in the making, with all that is shown of it."""

    row: DraftRow
    maker: PersonRow
    found: Examined
    lines: Sequence[DateLine]

    @property
    def key(self) -> str:
        return f"{self.row.programme}/{self.row.name}"

    @property
    def file(self) -> str:
        return file_of(self.row.name, self.row.files)

    @property
    def path(self) -> str:
        return f"/staff/rounds/draft/{self.row.id}"

    @property
    def programme(self) -> Programme | None:
        return self.found.programme

    @property
    def round(self) -> Round | None:
        return self.programme.rounds.get(self.row.name) if self.programme else None

    def title(self, language: str) -> str:
        """The round's title where its file can be read, else its key."""
        if self.programme is None or self.round is None:
            return self.key
        return self.programme.translate(self.round.title, language)

    def name_of(self, line: DateLine) -> str:
        """The title of the phase or meeting that a date belongs to, in the programme's own language."""
        kind, name = line.place[0], line.place[1]
        if self.programme is None:
            return name
        if kind == "phase":
            title = self.programme.workflow.phases.get(name, name)
            strand = self.programme.workflow.strands.get(line.place[2]) if len(line.place) > 3 else None
            return f"{title} ({strand})" if strand else title
        rules = rules_in(self.programme.workflow, self.round.given if self.round else {})
        called = name_of_part(name, line.place[2]) if len(line.place) > 4 else name
        meeting = rules.find_meeting(called)
        return meeting.title if meeting else name


def seen(ask: Ask) -> Seen:
    """The round in the making that the page is about. Raises NotThere."""
    id = number(ask.params["draft"])
    with ask.reading() as session:
        try:
            row = drafts.find(session, id or 0)
        except Unknown as unknown:
            raise NotThere from unknown
        maker = session.get_one(PersonRow, row.made_by)
        session.expunge_all()
    found = _of_this_round(examined(ask.office, row.programme, row.files), row)
    return Seen(row, maker, found, _lines(ask, row, found))


def _of_this_round(found: Examined, row: DraftRow) -> Examined:
    """Without the warnings about other rounds' files, which are over or were looked at when they were opened."""
    file = file_of(row.name, row.files)
    mine = [one for one in found.complaints if one.level == "error" or one.file in (file, *_not_rounds(row))]
    return Examined(found.programme, tuple(mine))


def _not_rounds(row: DraftRow) -> Sequence[str]:
    return [one for one in row.files if not one.startswith("rounds/")]


def _lines(ask: Ask, row: DraftRow, found: Examined) -> list[DateLine]:
    old = {one.path: one for one in dates_in(_model_text(ask, row))}
    round = found.programme.rounds.get(row.name) if found.programme else None
    lines = []
    text = row.files.get(file_of(row.name, row.files), "")
    for place, one in enumerate(dates_in(text)):
        where = tuple(str(part + 1) if isinstance(part, int) else part for part in one.path)
        if where[0] == "round" and not row.name.endswith(f"-{where[1]}"):
            continue  # of another round in the same file
        off = day_off(one.day, round.holidays) if round else None
        if round and "phase" in where and _rolls(round, one):
            off = None  # it counts on the next working day
        lines.append(DateLine(f"d{place}", where, one, old.get(one.path), off))
    return lines


def _rolls(round: Round, one: Dated) -> bool:
    """Whether a date is the close of a phase that counts on another day."""
    of = [str(step) for step in one.path]
    phase, strand = of[of.index("phase") + 1], of[-2]
    dates = round.dates(phase, strand) if phase in round.phases else None
    return dates is not None and dates.written is not None and dates.written.day == one.day and one.path[-1] != "from"


def _model_text(ask: Ask, row: DraftRow) -> str:
    """The file of the round that was copied; empty where none was."""
    if "/" not in row.source:
        return ""
    with ask.reading() as session:
        for other in open_rounds(session):
            if other.key == row.source:
                programme = ask.office.shelf.get(session, other.digest).programme
                return programme.files.get(file_of(other.name, programme.files), "")
    return ""


@pages.get(DRAFT, STAFFS)
def page(ask: Ask) -> Response:
    """Its dates, all that is wrong, and the form that opens it."""
    return draft_page(ask, seen(ask))


def draft_page(
    ask: Ask, draft: Seen, status: int = 200, errors: Mapping[str, str] | None = None,
    typed: Mapping[str, str] | None = None,
) -> Response:  # fmt: skip
    """The same, with what was typed and is not right."""
    approved: tuple[RehearsalRow, PersonRow] | None = None
    with ask.reading() as session:
        if draft.programme:
            approved = rehearsals.approved(session, draft.programme.digest, draft.row.name)
        managed = managed_rounds(session, somebody(ask).person_id, limit=200)
        models = [one.key for one in managed if one.programme == draft.row.programme]
        is_open = draft.key in {row.key for row in open_rounds(session)}
        session.expunge_all()
    return show(
        ask, "staff/rounds/draft.html", status, draft=draft, errors=errors or {}, typed=typed or {},
        has_errors=bool(errors), approved=approved, past=_past(ask, draft), models=models, is_open=is_open,
        people=[("", ask.say("nobody")), *((one, one) for one in models)], off_said=lambda off: _off(ask, off),
        dated=lambda day: dates.day(day, ask.language, form="EEE d MMM y"),
        weekday=lambda day: dates.day(day, ask.language, form="EEEE"),
        labels={line.id: _said_of(ask, draft, draft.name_of(line)) for line in draft.lines},
        said_of=lambda text: _said_of(ask, draft, text),
    )  # fmt: skip


def _past(ask: Ask, draft: Seen) -> Sequence[Due]:
    """What would have been due before now: with any of it the round cannot be opened here."""
    return [due for due in coming(ask, draft) if due.at <= ask.now]


def coming(ask: Ask, draft: Seen) -> Sequence[Due]:
    """All that the calendar will do, in its order; nothing where the files cannot be read."""
    if draft.programme is None or draft.round is None:
        return ()
    return agenda(draft.programme.workflow, Calendar(draft.round), ask.office.cycle.settle)


@pages.get(DRAFT + "/words", STAFFS)
def words(ask: Ask) -> Response:
    """The rules and the dates, read aloud, with the agenda."""
    draft = seen(ask)
    prose = None
    if draft.programme and draft.round:
        languages = draft.programme.workflow.languages
        language = ask.language if ask.language in languages else draft.programme.workflow.language
        prose = as_html(read_aloud(draft.programme, draft.round, language)), language
    return show(
        ask, "staff/rounds/draft_words.html", draft=draft, prose=prose, agenda=coming(ask, draft),
        moment_said=moment_said,
    )  # fmt: skip


@pages.get(DRAFT + "/text", STAFFS)
def text(ask: Ask) -> Response:
    """One of its files, line by line, with what is wrong where it stands."""
    draft = seen(ask)
    shown: Text = text_of(draft.row.files, ask.query.get("file", draft.file), draft.found.complaints)
    return show(ask, "staff/rounds/draft_text.html", draft=draft, shown=shown)


def _said_of(ask: Ask, draft: Seen, text: str) -> str:
    """What the programme says, in the reader's language; as it stands while its files cannot be read."""
    return draft.programme.translate(text, ask.language) if draft.programme else text


def _off(ask: Ask, off: str) -> str:
    """Why nobody works on a day, in the reader's language; holidays by their own name."""
    name = off.partition("(")[2].rstrip(")")
    return ask.say("holiday: %(name)s", name=name) if name else ask.say("weekend")


def day_of(typed: str) -> date | None:
    """A day as a form sends it: `2020-02-28`."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
