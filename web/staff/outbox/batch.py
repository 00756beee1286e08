"""Which letters go when a batch is approved, and who approves it?

They are found by letting the batch go, and taking it back: what is shown is what is sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from engine.cycle.batches import Held, batches, held
from engine.cycle.trying import Trial, trying
from engine.database.consequences import Consequences
from engine.database.pages.outbox import addresses_since, in_conflict, told_nobody, written_since
from engine.database.records import NotificationRow
from engine.database.store import the_id
from engine.errors import GrantcycleError, Refused
from engine.rules.workflow import APPLICANT
from web.ask import Ask
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.outbox.letter import framed
from web.staff.outbox.looking_for import path_of
from web.staff.outbox.naming import moment_title
from web.staff.outbox.plain import plain_page
from web.staff.outbox.warning import Warned

pages = Pages()
BATCH = "/staff/{programme}/{round}/outbox/batch"
NAMED = 5
"""dossiers and addresses that a warning names"""


@dataclass(frozen=True)
class Foretold:
    """What a batch would do now: `at` is the letter that is looked at, `place` its place among them."""

    came: Consequences
    first: int
    at: tuple[NotificationRow, str, str | None] | None
    warnings: Sequence[Warned]


def _asked(ask: Ask) -> str:
    """The batch that is meant. Raises NotThere for one that the rules do not know."""
    batch = ask.query.get("batch", "") or ask.text("batch", 200)
    with ask.reading() as session:
        if batch not in batches(ask.office.cycle.look(session, ask.place.key, ask.now)):
            raise NotThere
    return batch


def _place(ask: Ask) -> int:
    said = ask.query.get("place", "1")
    return max(1, min(int(said), 1_000_000)) if said.isascii() and said.isdecimal() and len(said) < 8 else 1


def _held(ask: Ask, batch: str) -> Held:
    with ask.reading() as session:
        return held(ask.office.cycle.look(session, ask.place.key, ask.now), batch)


def _foretell(ask: Ask, batch: str, place: int) -> Foretold:
    with trying(ask.office.cycle, ask.place.key, ask.now) as trial:
        trial.let_go(batch)
        came = trial.consequences()
        numbers = [number for told in came.told for number in told.samples.values()]
        if not numbers:
            return Foretold(came, 0, None, _warnings(ask, trial, came, 0))
        first, round_id = min(numbers), the_id(ask.place.round)
        found = written_since(trial.session, round_id, first, limit=1, offset=place - 1)
        at = found[0] if found and not in_conflict(trial.session, somebody(ask).person_id, found[0][0]) else None
        trial.session.expunge_all()
        return Foretold(came, first, at, _warnings(ask, trial, came, first))


def _warnings(ask: Ask, trial: Trial, came: Consequences, first: int) -> list[Warned]:
    """What keeps the batch from being approved."""
    round_id, workflow, found = the_id(ask.place.round), ask.place.workflow, list[Warned]()
    for told in came.told:
        for language, number in told.samples.items():
            row = trial.session.get_one(NotificationRow, number)
            if problem := ask.office.previews.problem_with(trial.session, row, ask.now):
                facts = {"letter": told.letter, "language": language, "problem": problem}
                said = ask.say("“%(letter)s” cannot be written in %(language)s: %(problem)s", **facts)
                found.append(Warned(said, stops=True))
    telling = {one.name for one in workflow.transitions.values() if APPLICANT in one.tell}
    numbers = [one.number for one in came.moved if one.transition in telling]
    if nobody := told_nobody(trial.session, round_id, numbers, first or 1 << 60):
        said = ask.say("Nobody is written to about: %(numbers)s", numbers=_named(nobody))
        found.append(Warned(said, stops=True))
    if first:
        wrong = ask.office.previews.unreachable(addresses_since(trial.session, round_id, first))
        if wrong:
            said = ask.say("These addresses are none: %(addresses)s", addresses=_named(wrong))
            found.append(Warned(said, stops=True))
    return found


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (" …" if len(names) > NAMED else "")


@pages.get(BATCH, MANAGES)
def batch(ask: Ask) -> Response:
    """The letters of a batch, one after the other, before it is approved."""
    return _page(ask, _asked(ask))


def _page(ask: Ask, batch: str, status: int = 200, errors: list[str] | None = None) -> Response:
    of, place = _held(ask, batch), _place(ask)
    told = _foretell(ask, batch, place)
    base = f"{path_of(ask)}/batch"
    return show(
        ask, "staff/outbox/batch.html", status, batch=batch, title=moment_title(ask, batch), of=of, told=told,
        place_of=place, total=told.came.letters + sum(one.stopped for one in told.came.told), base=base,
        mine=somebody(ask).person_id in of.approved_by, errors=errors or [], has_errors=bool(errors),
        as_place=lambda number: f"{base}?{_query(batch, number)}", frame=f"{base}/page?{_query(batch, place)}",
        crumbs=[(ask.say("Outbox"), path_of(ask))], stops=any(one.stops for one in told.warnings),
    )  # fmt: skip


def _query(batch: str, place: int) -> str:
    return urlencode({"batch": batch, "place": place})


@pages.get(BATCH + "/page", MANAGES)
def frame(ask: Ask) -> Response:
    """One of the letters, for a frame."""
    batch, place = _asked(ask), _place(ask)
    with trying(ask.office.cycle, ask.place.key, ask.now) as trial:
        trial.let_go(batch)
        numbers = [number for told in trial.consequences().told for number in told.samples.values()]
        found = written_since(
            trial.session, the_id(ask.place.round), min(numbers, default=1 << 60), limit=1, offset=place - 1
        )  # fmt: skip
        if not found or in_conflict(trial.session, somebody(ask).person_id, found[0][0]):
            return plain_page(ask, [ask.say("No letter stands here.")])
        try:
            return framed(ask.office.previews.show(trial.session, found[0][0], ask.now).html)
        except GrantcycleError as problem:
            return plain_page(ask, [str(problem)])


@pages.post(BATCH, MANAGES)
def approve(ask: Ask) -> Response:
    """Approve a batch as it was seen, or take the approval back."""
    batch, place = _asked(ask), ask.place
    title = moment_title(ask, batch)
    try:
        if ask.text("do") == "take back":
            ask.office.cycle.revoke(place.key, batch, by=ask.email, now=ask.now)
            return ask.go(path_of(ask), ask.say("Your approval of “%(title)s” is taken back.", title=title))
        if _held(ask, batch).digest != ask.text("digest", 64):
            return _page(ask, batch, 409, [ask.say("The batch has changed since you looked. Look once more.")])
        if against := [one.sentence for one in _foretell(ask, batch, 1).warnings if one.stops]:
            return _page(ask, batch, 409, against)
        ask.office.cycle.approve(place.key, batch, by=ask.email, now=ask.now)
    except Refused as refused:
        return _page(ask, batch, 409, [said_by(ask, one) for one in refused.reasons])
    missing = (of := _held(ask, batch)).needed - len(of.approved_by)
    if of.size and missing > 0:
        said = ask.say("You have approved “%(title)s”. It goes once somebody else has, too.", title=title)
    else:
        said = ask.say("“%(title)s” is approved.", title=title)
    return ask.go(path_of(ask), said)
