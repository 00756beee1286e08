"""Who is asked first about these dossiers? Chosen by hand, and taken back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from engine.cycle.assigning import Pair
from engine.database.pages import matrix
from engine.database.pages.assignments import last_assigned, titles, unread
from engine.database.pages.matrix import Member
from engine.errors import Refused
from engine.rules.sharing import Unread
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES, somebody
from web.problems import Conflict
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.jury.desk import must_desk
from web.staff.jury.progress import UNDO

pages = Pages()
MOST = 200
"""dossiers that are decided on by hand in one form"""
AT = "/staff/{programme}/{round}/committee"


@dataclass(frozen=True)
class Choice:
    """One dossier in the form: who may be asked, and who is ticked."""

    number: str
    title: str
    organisation: str
    ticked: frozenset[int]
    was: frozenset[int]
    """who was asked when the page was shown"""
    barred: frozenset[int]
    languages: frozenset[str]


def choices(
    dossiers: Sequence[Unread], called: Mapping[str, tuple[str, str]], ticked: Mapping[str, frozenset[int]]
) -> list[Choice]:
    """The rows of a form; `ticked` are those of a proposal, or of a form that comes back."""
    return [
        Choice(
            one.number, *called[one.number], ticked.get(one.number, frozenset(one.read_by)), frozenset(one.read_by),
            frozenset(one.barred), frozenset(one.languages),
        )
        for one in dossiers
    ]  # fmt: skip


def pairs_of(ask: Ask, name: str, members: Sequence[Member]) -> set[tuple[str, int]]:
    """(number, person id) of each box of that name in a form; what is none is left out.

    Raises Conflict for somebody who does not sit in the committee any more.
    """
    ids, found = {one.email: one.id for one in members}, set()
    for value in ask.form.getlist(name):
        number, _, email = value.partition("|") if isinstance(value, str) else ("", "", "")
        if number and email:
            if email not in ids:
                raise Conflict("Somebody has left the committee since you opened this page. Open it again.")
            found.add((number, ids[email]))
    return found


def with_addresses(pairs: set[tuple[str, int]], members: Sequence[Member]) -> list[Pair]:
    """The same as the engine names them."""
    emails = {one.id: one.email for one in members}
    return sorted((number, emails[person]) for number, person in pairs)


@pages.get(f"{AT}/assign", MANAGES)
def choose(ask: Ask) -> Response:
    """The ticked dossiers with a box for each member."""
    numbers = [value for name, value in ask.request.query_params.multi_items() if name == "number"]
    return _choose(ask, ask.query.get("state", ""), numbers)


@pages.post(f"{AT}/assign", MANAGES)
def assign(ask: Ask) -> Response:
    """Keep what was changed in the form, and nothing that somebody else has changed meanwhile."""
    numbers = [value for value in ask.form.getlist("number") if isinstance(value, str)]
    with ask.reading() as session:
        desk = must_desk(ask, session, ask.text("state", 200))
        members = matrix.members(session, desk.table)
    ticked, was = pairs_of(ask, "pair", members), pairs_of(ask, "was", members)
    try:
        changed = ask.office.cycle.assign(
            ask.place.key, desk.committee.name, add=with_addresses(ticked - was, members),
            remove=with_addresses(was - ticked, members), by=ask.email, now=ask.now, once=ask.text("once", 200),
        )  # fmt: skip
    except Refused as refused:
        errors = [said_by(ask, reason) for reason in refused.reasons]
        return _choose(ask, desk.state, numbers, status=409, errors=errors, ticked=ticked)
    return ask.go(desk.link(), _kept(ask, changed))


def _kept(ask: Ask, changed: int) -> str:
    if not changed:
        return ask.say("Nothing was changed.")
    said = ask.words.ngettext("%(n)s change was kept.", "%(n)s changes were kept.", changed)
    return said % {"n": changed}


def _choose(
    ask: Ask, state: str, numbers: Sequence[str], *, status: int = 200, errors: Sequence[str] = (),
    ticked: set[tuple[str, int]] | None = None,
) -> Response:  # fmt: skip
    with ask.reading() as session:
        desk = must_desk(ask, session, state)
        members = matrix.members(session, desk.table)
        wanted = list(dict.fromkeys(numbers))
        dossiers = unread(session, desk.table, wanted[:MOST]) if wanted else []
        called = titles(session, desk.table, [one.number for one in dossiers])
    of_form = {} if ticked is None else {
        one.number: frozenset(person for number, person in ticked if number == one.number) for one in dossiers
    }  # fmt: skip
    return show(
        ask, "staff/jury/assign.html", status, desk=desk, members=members, once=nonce(), errors=list(errors),
        rows=choices(dossiers, called, of_form), has_errors=bool(errors), left_out=max(len(wanted) - MOST, 0),
        most=MOST,
    )  # fmt: skip


@pages.post(f"{AT}/undo", MANAGES)
def undo(ask: Ask) -> Response:
    """Take back what the visitor has assigned last, as far as it stands."""
    with ask.reading() as session:
        desk = must_desk(ask, session, ask.text("state", 200))
        fresh = last_assigned(session, desk.table, somebody(ask).person_id, ask.now - UNDO)
    since = ask.text("since", 20)
    if fresh is None or str(fresh[0]) != since:
        raise Conflict("This cannot be taken back with one button any more. Change it dossier by dossier.")
    changed = ask.office.cycle.assign(
        ask.place.key, desk.committee.name, remove=fresh[1], by=ask.email, now=ask.now, once=ask.text("once", 200)
    )
    taken = ask.words.ngettext("%(n)s assignment is taken back.", "%(n)s assignments are taken back.", changed)
    return ask.go(desk.link(), taken % {"n": changed})
