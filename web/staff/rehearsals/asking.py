"""Which rounds can be rehearsed, and how is a rehearsal asked for?"""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.responses import Response

from engine.database.looking import open_rounds
from engine.database.pages.console import managed_rounds
from engine.database.preparing import drafts, rehearsals
from engine.database.preparing.rehearsals import Wanted
from engine.errors import Refused
from engine.files.reading import Programme
from web.ask import Ask
from web.policy import STAFFS, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.rounds.programmes import examined, folders, rounds_in, texts_on_disk
from web.staff.rounds.typed import between, number

pages = Pages()
REHEARSALS = "/staff/rehearsals"
A_PAGE = 25
MOST_DOSSIERS, MOST_LATE, MOST_CONFLICTS, MOST_SEED = 500, 4, 50, 999_999
USUAL = {"dossiers": "20", "seed": "7", "late": "0", "conflicts": "1"}


@dataclass(frozen=True, slots=True)
class Choice:
    """A round that can be rehearsed: `open` as it runs, in the `folder` as it is written, or a `draft`."""

    value: str
    label: str
    kind: str


def rehearsal_path(id: int) -> str:
    return f"/staff/rehearsals/one/{id}"


def _choices(ask: Ask) -> list[Choice]:
    with ask.reading() as session:
        managed = managed_rounds(session, somebody(ask).person_id, limit=200)
        making = [(row.id, f"{row.programme}/{row.name}") for row in drafts.standing(session)]
    found = [Choice(f"draft {id}", key, "draft") for id, key in making]
    for folder in folders(ask.office):
        keys = [f"{folder.name}/{name}" for name in rounds_in(folder)]
        found += [Choice(f"folder {key}", key, "folder") for key in keys]
    return [*found, *(Choice(f"open {one.key}", one.key, "open") for one in managed)]


@pages.get(REHEARSALS, STAFFS)
def page(ask: Ask) -> Response:
    """The form, and what has been rehearsed."""
    return _page(ask)


def _page(ask: Ask, status: int = 200, errors: Mapping[str, str] | None = None) -> Response:
    before = number(ask.query.get("before", ""))
    with ask.reading() as session:
        found = rehearsals.newest(session, limit=A_PAGE + 1, before=before)
        session.expunge_all()
    typed = {name: ask.text(name, 200) for name in (*USUAL, "round")} if status != 200 else {
        **USUAL, "round": ask.query.get("round", ""),
    }  # fmt: skip
    lines = [(row, person, rehearsals.how(row, ask.now)) for row, person in found[:A_PAGE]]
    return show(
        ask, "staff/rehearsals/rehearsals.html", status, lines=lines, choices=_choices(ask), typed=typed,
        errors=errors or {}, has_errors=bool(errors), can_play=ask.office.workshop.rehearsals is not None,
        playing=next((row for row, _, how in lines if how == "playing"), None),
        older=found[A_PAGE - 1][0].id if len(found) > A_PAGE else None,
        most={"dossiers": MOST_DOSSIERS, "seed": MOST_SEED, "late": MOST_LATE, "conflicts": MOST_CONFLICTS},
    )  # fmt: skip


@pages.post(REHEARSALS, STAFFS)
def start(ask: Ask) -> Response:
    """Ask for a rehearsal, and on to its page, which says how far it is."""
    stage = ask.office.workshop.rehearsals
    if stage is None:
        raise NotThere
    errors: dict[str, str] = {}
    wanted = _wanted(ask, errors)
    chosen = ask.text("round", 200)
    if chosen not in {one.value for one in _choices(ask)}:
        return _page(ask, 422, {**errors, "round": ask.say("Choose a round.")})
    programme, round = _programme(ask, chosen)
    if programme is None:
        errors["round"] = ask.say("There are errors in its files: it cannot be rehearsed before they are mended.")
    if errors or programme is None or wanted is None:
        return _page(ask, 422, errors)
    try:
        with ask.office.database.transaction() as session:
            id = rehearsals.ask(session, programme, round, wanted, by=somebody(ask).person_id, now=ask.now)
    except Refused as refused:
        return _page(ask, 409, {"round": " ".join(said_by(ask, one) for one in refused.reasons)})
    stage.play(id)
    return ask.go(rehearsal_path(id))


def _wanted(ask: Ask, errors: dict[str, str]) -> Wanted | None:
    bounds = {
        "dossiers": (1, MOST_DOSSIERS), "seed": (0, MOST_SEED), "late": (0, MOST_LATE),
        "conflicts": (0, MOST_CONFLICTS),
    }  # fmt: skip
    values: dict[str, int] = {}
    for name, (least, most) in bounds.items():
        value = between(ask.text(name, 20), least, most)
        if value is None:
            errors[name] = ask.say("Write a whole number from %(least)s to %(most)s.", least=least, most=most)
        else:
            values[name] = value
    return Wanted(**values) if not errors else None


def _programme(ask: Ask, chosen: str) -> tuple[Programme | None, str]:
    """What is rehearsed, and the name of the round; None where its files cannot be read."""
    kind, _, what = chosen.partition(" ")
    if kind == "draft":
        with ask.reading() as session:
            row = drafts.find(session, int(what))
            name, round, files = row.programme, row.name, dict(row.files)
        found = examined(ask.office, name, files).programme
    elif kind == "folder":
        name, _, round = what.partition("/")
        texts = texts_on_disk(ask.office, name)
        found = examined(ask.office, name, texts).programme if texts is not None else None
    else:
        round = what.partition("/")[2]
        with ask.reading() as session:
            digest = next(row.digest for row in open_rounds(session) if row.key == what)
            found = ask.office.shelf.get(session, digest).programme
    return (found if found is not None and round in found.rounds else None), round
