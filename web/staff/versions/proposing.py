"""How do staff plan a change of a round that runs: bring its files, see all that it would do, and let it happen?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.responses import Response

from engine.cycle.planning import plan as plan_of
from engine.cycle.plans import Plan
from engine.database.connection import insert_once
from engine.database.records import PinnedRow
from engine.errors import Refusal, Refused
from engine.files.reading import Programme
from web.ask import Ask
from web.policy import MANAGES
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.rounds.happened import moment_in_words
from web.staff.rounds.programmes import examined, texts_on_disk
from web.staff.rounds.uploading import NotTaken, changed_texts
from web.staff.versions.listing import VERSIONS, listing, path_of
from web.staff.wording.moments import role_title

pages = Pages()
AHEAD = 366 * 86_400_000_000
"""how far a plan looks on a page (microseconds): while it is tried nobody else acts in the round"""
LONGEST_REASON = 2_000


@dataclass(frozen=True, slots=True)
class ToMap:
    """A state that the new rules lack: what it is called, and where its dossiers go, or seem to."""

    state: str
    title: str
    chosen: str


@pages.post(VERSIONS + "/propose", MANAGES)
def propose(ask: Ask) -> Response:
    """Take files in and keep their text, or say all that is wrong with them; then on to what they would do."""
    name = ask.place.programme.name
    try:
        files = texts_on_disk(ask.office, name) if ask.text("from", 20) == "folder" else changed_texts(ask)
    except NotTaken as refusal:
        return listing(ask, 422, errors={"file": str(refusal)})
    if files is None:
        raise NotThere
    found = examined(ask.office, name, files)
    if found.programme is None or found.errors:
        sentence = ask.say("What is wrong stands below, each with its place.")
        return listing(ask, 422, errors={"file": sentence}, found=found)
    if ask.place.round.name not in found.programme.rounds:
        sentence = ask.say("There is no round %(round)s in these files.", round=ask.place.round.name)
        return listing(ask, 422, errors={"file": sentence})
    row = {
        "digest": found.programme.digest, "programme": name, "files": dict(found.programme.files), "pinned_at": ask.now,
    }  # fmt: skip
    with ask.office.database.transaction() as session:
        insert_once(session, PinnedRow, [row], "digest")
    return ask.go(f"{path_of(ask)}/plan?{urlencode({'text': found.programme.digest})}")


@pages.get(VERSIONS + "/plan", MANAGES)
def plan(ask: Ask) -> Response:
    """All that a change would do; nothing of it is kept."""
    return _page(ask, _programme(ask, ask.query.get("text", "")), _mapped(ask.query))


def _programme(ask: Ask, digest: str) -> Programme:
    """The programme of that digest. Raises NotThere for what is none, or of another programme."""
    with ask.reading() as session:
        row = session.get(PinnedRow, digest) if len(digest) == 64 else None
        if row is None or row.programme != ask.place.round.programme:
            raise NotThere
        return ask.office.shelf.read(session, digest)


def _mapped(given: Mapping[str, object]) -> dict[str, str]:
    """Which state goes where, as the fields `map.STATE` say."""
    found = ((name.removeprefix("map."), str(value)) for name, value in given.items() if name.startswith("map."))
    return {state: target for state, target in found if target}


def _page(
    ask: Ask, programme: Programme, mapped: Mapping[str, str], status: int = 200,
    refused: Sequence[Refusal] = (), reason: str = "",
) -> Response:  # fmt: skip
    place = ask.place
    known = {old: new for old, new in mapped.items() if new in programme.workflow.states}
    planned = plan_of(ask.office.cycle, place.key, programme, now=ask.now, mapped=known, until=ask.now + AHEAD)
    states = [(name, programme.translate(one.title, ask.language)) for name, one in programme.workflow.states.items()]
    return show(
        ask, "staff/versions/plan.html", status, plan=planned, path=path_of(ask), to_map=_to_map(ask, planned),
        states=states, reasons=[said_by(ask, one) for one in planned.reasons],
        refused=[said_by(ask, one) for one in refused], reason=reason, has_errors=bool(refused),
        key_said=lambda key: moment_in_words(ask, key), sums=_sums(planned), signed=_signed,
        role_said=lambda role: role_title(ask, role),
    )  # fmt: skip


def _to_map(ask: Ask, planned: Plan) -> list[ToMap]:
    states = ask.place.workflow.states
    wanted = {**planned.to_map, **planned.mapped}
    return [ToMap(name, ask.said(states[name].title), near or "") for name, near in wanted.items() if name in states]


def _signed(lines: Sequence[str]) -> list[tuple[str, str]]:
    """The lines of a unified difference, each with its sign."""
    return [("…", "") if one.startswith("@@") else (one[:1], one[1:]) for one in lines[2:]]


def _sums(planned: Plan) -> dict[str, int]:
    """How much differs, in a few numbers."""
    letters = planned.letters.values()
    return {
        "dates": len(planned.dates),
        "dossiers": len(planned.elsewhere),
        "more": sum(max(now - was, 0) for was, now in letters),
        "less": sum(max(was - now, 0) for was, now in letters),
        "reasons": len(planned.reasons),
    }


@pages.post(VERSIONS + "/replace", MANAGES)
def replace(ask: Ask) -> Response:
    """Let the round go on with the change, after the same check; or the plan again, with what is in the way."""
    programme = _programme(ask, ask.text("text", 64))
    mapped = _mapped({name: value for name, value in ask.form.items() if isinstance(value, str)})
    reason = ask.text("reason", LONGEST_REASON)
    try:
        version = ask.office.cycle.replace_rules(
            ask.place.key, programme, reason=reason, by=ask.email, now=ask.now, mapped=mapped,
            opened=ask.text("opened", 64) or None,
        )  # fmt: skip
    except Refused as refused:
        return _page(ask, programme, mapped, 422, refused.reasons, reason)
    if version is None:
        return ask.go(path_of(ask), ask.say("The round runs on these files already."))
    return ask.go(path_of(ask), ask.say("The round goes on with version %(n)s.", n=version))
