"""Who could read which dossiers, so that everybody has about as many? A proposal to look at, to change, and to keep."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session
from starlette.responses import Response

from engine.database.pages import matrix
from engine.database.pages.assignments import sent_before, titles, unread
from engine.database.pages.matrix import Member
from engine.database.store import the_id
from engine.errors import Refused
from engine.rules.sharing import Reader, Shared, Unread, share
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.jury.desk import Desk, must_desk
from web.staff.jury.readers import MOST, choices, pairs_of, with_addresses

pages = Pages()
AT = "/staff/{programme}/{round}/committee/suggest"
USUAL = 3
"""readers a dossier, where the committee has no quorum"""


@dataclass(frozen=True)
class Proposal:
    """What is proposed, of what stood then; `digest` changes with either."""

    members: Sequence[Member]
    dossiers: Sequence[Unread]
    loads: Mapping[int, int]
    """about how many dossiers each member is asked first as it is"""
    shared: Shared
    digest: str

    @property
    def pairs(self) -> set[tuple[str, int]]:
        return {(number, person) for number, persons in self.shared.readers.items() for person in persons}


def propose(session: Session, desk: Desk, each: int, *, by_language: bool) -> Proposal:
    """The proposal as things stand: the same for the same."""
    members = matrix.members(session, desk.table)
    dossiers = unread(session, desk.table)
    loads = Counter(person for one in dossiers for person in one.read_by)
    readers = [Reader(one.id, one.language, loads[one.id]) for one in members]
    shared = share(dossiers, readers, each, by_language=by_language)
    kept = [sorted(shared.readers.items()), [[one.number, sorted(one.read_by)] for one in dossiers]]
    digest = hashlib.sha256(json.dumps(kept).encode()).hexdigest()
    return Proposal(members, dossiers, loads, shared, digest)


def asked_each(desk: Desk, given: str) -> int:
    """How many readers each dossier is to have: what is asked, within reason, or what the rules say, or the quorum."""
    usual = desk.table.assessment.readers or desk.committee.quorum or USUAL
    return max(1, min(int(given), 20)) if given.isdecimal() and len(given) < 5 else usual


@pages.get(AT, MANAGES)
def suggestion(ask: Ask) -> Response:
    """The proposal with the loads it makes; nothing is kept yet."""
    return _page(ask, ask.query.get("state", ""), ask.query.get("each", ""), asks_language(ask.query))


def asks_language(given: Mapping[str, str]) -> bool:
    """Whether readers who know the language go first: so, unless a form that was sent says otherwise."""
    return given.get("language") == "1" or "each" not in given


@pages.post(AT, MANAGES)
def keep(ask: Ask) -> Response:
    """Assign what was proposed, with the changes made by hand, unless something has changed since it was shown."""
    state, given, by_language = ask.text("state", 200), ask.text("each", 5), ask.text("language", 2) == "1"
    with ask.reading() as session:
        desk = must_desk(ask, session, state)
        proposal = propose(session, desk, asked_each(desk, given), by_language=by_language)
        was_sent = sent_before(session, the_id(ask.place.round), ask.text("once", 200))
    shown = {value for value in ask.form.getlist("number") if isinstance(value, str)}
    ticked = pairs_of(ask, "pair", proposal.members)
    if ask.text("digest", 64) != proposal.digest:
        if was_sent:
            return ask.go(desk.link(), ask.say("This was kept already."))
        changed = ask.say("Something has changed since this was proposed. Look at the new proposal.")
        return _page(ask, state, given, by_language, status=409, errors=[changed])
    was = {(one.number, person) for one in proposal.dossiers for person in one.read_by}
    wanted = {pair for pair in proposal.pairs | was if pair[0] not in shown} | {
        pair for pair in ticked if pair[0] in shown
    }
    try:
        kept = ask.office.cycle.assign(
            ask.place.key, desk.committee.name, add=with_addresses(wanted - was, proposal.members),
            remove=with_addresses(was - wanted, proposal.members), by=ask.email, now=ask.now,
            once=ask.text("once", 200),
        )  # fmt: skip
    except Refused as refused:
        errors = [said_by(ask, reason) for reason in refused.reasons]
        return _page(ask, state, given, by_language, status=409, errors=errors)
    if not kept:
        return ask.go(desk.link(), ask.say("Nothing was changed."))
    said = ask.words.ngettext("%(n)s reader is asked first now.", "%(n)s readers are asked first now.", kept)
    return ask.go(desk.link(), said % {"n": kept})


def _page(
    ask: Ask, state: str, given: str, by_language: bool, *, status: int = 200, errors: Sequence[str] = ()
) -> Response:
    with ask.reading() as session:
        desk = must_desk(ask, session, state)
        each = asked_each(desk, given)
        proposal = propose(session, desk, each, by_language=by_language)
        of_interest = [one for one in proposal.dossiers if one.number in proposal.shared.readers][:MOST]
        called = titles(session, desk.table, [one.number for one in of_interest])
    added = {one.id: 0 for one in proposal.members}
    for _, person in proposal.pairs:
        added[person] += 1
    loads = [(one, proposal.loads.get(one.id, 0), added[one.id]) for one in proposal.members]
    after = [before + more for _, before, more in loads]
    ticked = {
        one.number: frozenset(one.read_by) | frozenset(proposal.shared.readers.get(one.number, ()))
        for one in of_interest
    }
    return show(
        ask, "staff/jury/suggest.html", status, desk=desk, members=proposal.members, loads=loads, each=each,
        by_language=by_language, digest=proposal.digest, rows=choices(of_interest, called, ticked),
        uneven=bool(after) and max(after) - min(after) > 1, most=max(after, default=0),
        unshown=len(proposal.shared.readers) - len(of_interest), short=proposal.shared.short, once=nonce(),
        new=len(proposal.pairs), errors=list(errors), has_errors=bool(errors),
    )  # fmt: skip
