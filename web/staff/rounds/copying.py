"""How does last year's round become this year's?

Its file is taken as it stands, with another name, another title and every date moved; the rules are those of the
folder, or those that the old round runs on.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from engine.database.records import PinnedRow, RoundRow
from engine.database.store import find_round
from engine.errors import GrantcycleError, Unknown
from engine.files.reading import ROUND_NAME, Programme, folder_digest
from engine.files.redating import Move, moved, with_values, with_words, without_heading
from engine.files.several import file_of
from web.ask import Ask
from web.policy import STAFFS
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.rounds.beginning import begin
from web.staff.rounds.programmes import texts_on_disk
from web.staff.rounds.typed import between

pages = Pages()
COPY = "/staff/rounds/new/copy"
LONGEST = 200
MOST_WEEKS, MOST_YEARS = 520, 10


@dataclass(frozen=True)
class Model:
    """The round that is copied, with the rules it runs on and those of the folder, where they differ."""

    round: RoundRow
    programme: Programme
    pinned: Mapping[str, str]
    on_disk: Mapping[str, str] | None

    @property
    def differs(self) -> bool:
        """Whether the folder says something else by now than the round runs on."""
        return self.on_disk is not None and folder_digest(self.on_disk) != self.round.digest

    @property
    def file(self) -> str:
        return file_of(self.round.name, self.pinned)

    @property
    def has_company(self) -> bool:
        """Whether other rounds stand in the same file."""
        return self.file != f"rounds/{self.round.name}.toml"

    @property
    def others(self) -> tuple[str, ...]:
        """The languages that the round's title is translated into."""
        workflow = self.programme.workflow
        return tuple(one for one in workflow.languages if one != workflow.language)


def _model(ask: Ask, key: str) -> Model:
    with ask.reading() as session:
        try:
            row = find_round(session, key)
        except Unknown as unknown:
            raise NotThere from unknown
        files = dict(session.get_one(PinnedRow, row.digest).files)
        programme = ask.office.shelf.get(session, row.digest).programme
        session.expunge_all()
    return Model(row, programme, files, texts_on_disk(ask.office, row.programme))


@pages.get(COPY, STAFFS)
def form(ask: Ask) -> Response:
    """By how much, and under which name?"""
    return _form(ask, _model(ask, ask.query.get("round", "")))


def _form(ask: Ask, model: Model, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    typed = {**_suggested(model), **_typed(ask)}
    return show(
        ask, "staff/rounds/copy.html", status, model=model, typed=typed, errors=errors or {}, has_errors=bool(errors),
        most_weeks=MOST_WEEKS, most_years=MOST_YEARS,
    )  # fmt: skip


def _suggested(model: Model) -> Mapping[str, str]:
    """Last year's names with the years counted on."""
    old = model.programme.rounds[model.round.name]
    titles = {f"title-{one}": _next_year(model.programme.translate(old.title, one)) for one in model.others}
    return {
        "name": _next_year(old.name), "number": _next_number(old.number), "title": _next_year(old.title), **titles,
        "by": "years", "years": "1", "weeks": "52", "keep": "weekday", "rules": "folder",
    }  # fmt: skip


def _next_year(text: str) -> str:
    return re.sub(r"\b(19|20)\d\d\b", lambda found: str(int(found[0]) + 1), text)


def _next_number(text: str) -> str:
    return re.sub(r"\d+$", lambda found: f"{int(found[0]) + 1:0{len(found[0])}}", text)


def _typed(ask: Ask) -> dict[str, str]:
    return {str(name): ask.text(str(name), LONGEST) for name in ask.form if name != "csrf"}


@pages.post(COPY, STAFFS)
def copy(ask: Ask) -> Response:
    """Make the copy, and on to its page, where every date can still be changed."""
    model = _model(ask, ask.text("round", LONGEST))
    typed: Mapping[str, Any] = {**_suggested(model), **_typed(ask)}
    errors, move = {}, _move(typed)
    if move is None:
        errors["move"] = ask.say(
            "Write by how many weeks (1 to %(weeks)s) or years (1 to %(years)s) the dates are moved.",
            weeks=MOST_WEEKS, years=MOST_YEARS,
        )  # fmt: skip
    if not ROUND_NAME.fullmatch(typed["name"]):
        errors["name"] = ask.say("Use letters, digits, - and _, such as 2020.")
    if model.has_company:
        errors["name"] = ask.say("%(file)s holds several rounds: copy it in the programme's folder.", file=model.file)
    base = model.on_disk if model.on_disk is not None and typed["rules"] == "folder" else model.pinned
    if f"rounds/{typed['name']}.toml" in {*base, *model.pinned}:
        errors["name"] = ask.say("The programme has a round of that name already.")
    for field in ("number", "title"):
        if not typed[field]:
            errors[field] = ask.say("This may not be empty.")
    if errors or move is None:
        return _form(ask, model, 422, errors)
    try:
        files = _copied(model, base, typed, move)
    except GrantcycleError as problem:
        return _form(ask, model, 422, {"move": str(problem)})
    return begin(ask, model.round.programme, typed["name"], model.round.key, files)


def _move(typed: Mapping[str, str]) -> Move | None:
    if typed["by"] == "weeks":
        weeks = between(typed["weeks"], 1, MOST_WEEKS)
        return Move(weeks=weeks) if weeks else None
    years = between(typed["years"], 1, MOST_YEARS)
    return Move(years=years, weekday=typed["keep"] != "date") if years else None


def _copied(model: Model, base: Mapping[str, str], typed: Mapping[str, str], move: Move) -> dict[str, str]:
    """The programme's texts with the new round's file, and with its title in every language."""
    text = without_heading(model.pinned[model.file])
    text = with_values(
        moved(text, move), {("round", "title"): typed["title"], ("round", "number"): typed["number"]}
    )  # fmt: skip
    files = {**base, f"rounds/{typed['name']}.toml": text}
    for language in model.others:
        file = f"words.{language}.toml"
        if file in files:
            words = {typed["title"]: typed.get(f"title-{language}") or typed["title"]}
            files[file] = with_words(files[file], words)
    return files
