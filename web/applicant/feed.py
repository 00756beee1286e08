"""Under which secret address does a person's own calendar stand, and what does it tell?

The address is the only key: whoever has it reads the dates. It is made on request, and dead as soon as it is renewed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session
from starlette.responses import Response

from engine.database.access import feeds
from engine.database.calendars import extended
from engine.database.coming import scopes_of_dossier
from engine.database.pages.feeds import Own, Seat, own_of, seats_of
from engine.database.pages.invitations import Invited
from engine.database.pages.invitations import of_person as invitations_of
from engine.database.records import DossierRow
from engine.files.reading import Programme
from engine.rules.facts import AWAITED
from engine.rules.moments import Calendar
from engine.rules.roles import observer_of, states_read_by
from engine.rules.workflow import STAFF
from web.ask import Ask
from web.calendars import of_person
from web.calendars.feed import feed, feed_headers
from web.calendars.held import held_of
from web.calendars.invited import of_invited
from web.calendars.of_person import of_applicant, of_member
from web.calendars.of_staff import of_staff
from web.calendars.source import source_of
from web.keys import nonce
from web.office import LANGUAGES
from web.policy import PUBLIC, SIGNED_IN, somebody
from web.problems import NotThere
from web.rendering import render
from web.routes import Pages
from web.words import DEFAULT, translations

pages = Pages()
WITHOUT = "without"
"""what an address asks that leaves out what its reader has from their mail"""


@pages.get("/feed", SIGNED_IN)
def own_feed(ask: Ask) -> Response:
    """The address, where there is one, and how it is made, renewed and ended."""
    with ask.reading() as session:
        row = feeds.of_person(session, somebody(ask).person_id)
    path = f"/feed/{row.nonce}/{ask.office.keys.token('feed', row.nonce)}.ics" if row else ""
    return render(ask, "applicant/feed.html", address=f"{ask.office.base_url}{path}" if path else "", path_of=path)


@pages.post("/feed", SIGNED_IN)
def make(ask: Ask) -> Response:
    """A new address; an old one tells nothing any more."""
    with ask.office.database.transaction() as session:
        feeds.make(session, somebody(ask).person_id, nonce(), ask.now)
    return ask.go("/feed", ask.say("Your calendar has a new address."))


@pages.post("/feed/end", SIGNED_IN)
def end(ask: Ask) -> Response:
    """No address any more."""
    with ask.office.database.transaction() as session:
        feeds.end(session, somebody(ask).person_id, ask.now)
    return ask.go("/feed", ask.say("The address tells nothing any more."))


@pages.get("/feed/{nonce}/{token}.ics", PUBLIC)
def read(ask: Ask) -> Response:
    """The dates of whoever this address belongs to, for a calendar program that cannot sign in."""
    key = ask.params["nonce"]
    if not ask.office.keys.is_token("feed", key, ask.params["token"]):
        raise NotThere
    with ask.reading() as session:
        owner = feeds.owner(session, key)
        if owner is None:
            raise NotThere
        own, seats = own_of(session, owner.id or 0), seats_of(session, owner.id or 0)
        invited = invitations_of(session, owner.id or 0)
        rules = ask.office.shelf.rules(session)
        pinned = {*(one.digest for one in own), *(one.part.digest for one in seats), *(one.digest for one in invited)}
        programmes = {digest: rules(digest) for digest in pinned}
        scopes = [_scopes(session, one, programmes[one.digest]) for one in own]
    language = owner.language if owner.language in LANGUAGES else DEFAULT
    say, site = translations(language).gettext, ask.office.base_url
    dossiers = [
        replace(_dossier(one, programmes[one.digest], site, invited), scopes=its)
        for one, its in zip(own, scopes, strict=True)
    ]
    chairs = [place for one in seats if (place := _seat(one, programmes[one.part.digest], site, invited))]
    desks = [(programmes[one.part.digest], one) for one in seats if one.part.role == STAFF]
    run = [
        happening
        for programme, one in desks
        for happening in of_staff(
            programme, _calendar(programme, one.part.round, one), language, say, changed_at=one.changed_at,
            held=[
                meeting for meeting in held_of(one.meetings)
                if (meeting.name, meeting.position) not in _asked(invited, one.part.round, None)
            ],
            url=f"{site}/staff/{one.part.round}/timeline",
        )
    ]  # fmt: skip
    zones = [one.calendar.zone for one in dossiers] + [one.calendar.zone for one in chairs]
    zones += [_calendar(programme, one.part.round, one).zone for programme, one in desks]
    zones += [one.meeting.zone for one in invited]
    asked = [] if ask.query.get(WITHOUT) else list(of_invited(invited, programmes.__getitem__, language, say, site))
    happenings = (*of_applicant(dossiers, language, say), *of_member(chairs, language, say), *run, *asked)
    content = feed(
        ask.office.name, happenings, zones[0] if zones else "UTC", source_of(ask.office), private=True
    )
    return Response(content, headers=feed_headers(content))


def _calendar(programme: Programme, key: str, own: Own | Seat) -> Calendar:
    # the extensions are those of everybody, or of this very dossier
    rows = own.extensions
    dossier_id = next((row.dossier_id for row in rows if row.dossier_id is not None), None)
    strand, clocks = (own.strand, own.clocks) if isinstance(own, Own) else (None, None)
    return extended(programme.rounds[key.partition("/")[2]], rows, dossier_id, strand=strand, clocks=clocks)


def _asked(invited: Sequence[Invited], round: str, number: str | None) -> frozenset[tuple[str, int]]:
    """The meetings of a round that somebody is asked to, for that dossier or for none."""
    return frozenset(
        (one.meeting.name, one.meeting.position) for one in invited if (one.round, one.number) == (round, number)
    )


def _scopes(session: Session, one: Own, programme: Programme) -> Mapping[str, str]:
    """The strand or the answer of a dossier, of all over which its round has meetings apart."""
    rules = programme.rules_of(one.round.partition("/")[2])
    return scopes_of_dossier(session, rules, session.get_one(DossierRow, one.id)) if rules.meetings_apart else {}


def _dossier(one: Own, programme: Programme, site: str, invited: Sequence[Invited]) -> of_person.OwnDossier:
    return of_person.OwnDossier(
        programme, _calendar(programme, one.round, one), one.number, one.state, one.changed_at,
        tuple(of_person.Slot(slot.number, slot.meeting, slot.starts_at, slot.ends_at) for slot in one.slots),
        tuple(
            of_person.Owed(owed.name, owed.position, owed.due_at)
            for owed in one.obligations
            if owed.state in AWAITED and one.state not in programme.workflow.ends_in
        ),
        held_of(one.meetings), _asked(invited, one.round, one.number), f"{site}/dossier/{one.round}/{one.number}",
    )  # fmt: skip


def _seat(one: Seat, programme: Programme, site: str, invited: Sequence[Invited]) -> of_person.Seat | None:
    """A seat in a committee; None for another part in the round."""
    for committee in programme.workflow.committees:
        if one.part.role in (committee, observer_of(committee)):
            read_states = states_read_by(programme.workflow, committee)
            slots = tuple(
                of_person.Slot(slot.number, slot.meeting, slot.starts_at, slot.ends_at)
                for slot in one.slots
                if slot.state in read_states
            )
            return of_person.Seat(
                programme, _calendar(programme, one.part.round, one), committee, one.changed_at,
                judges=one.part.role == committee, slots=slots, url=f"{site}/committee/{one.part.round}",
                held=held_of(one.meetings), asked=_asked(invited, one.part.round, None),
                scopes=one.scopes,
            )  # fmt: skip
    return None
