"""An address from which letters come back is corrected once, and what came back goes again."""

from sqlmodel import Session
from starlette.responses import Response

from engine.cycle.correcting import is_failing
from engine.database.pages.received import CameBack, came_back
from engine.database.records import PersonRow
from engine.database.store import find_person, the_id
from engine.errors import Refusal, Refused
from web.ask import Ask
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.console import show
from web.staff.outbox.failures import failure

pages = Pages()
ADDRESS = "/staff/{programme}/{round}/address"
LETTER = "address-corrected"


def _find(ask: Ask, address: str) -> tuple[PersonRow, list[CameBack], bool]:
    """Whose address it is, what did not arrive there, and whether it fails still. Raises NotThere."""
    round_id = the_id(ask.place.round)
    with ask.reading() as session:
        person = find_person(session, address)
        back = came_back(session, round_id, address.strip().lower(), somebody(ask).person_id) if person else []
        failing = person is not None and is_failing(session, person, round_id)
        session.expunge_all()
    if person is None or not back:
        raise NotThere
    return person, back, failing


@pages.get(ADDRESS, MANAGES)
def form(ask: Ask) -> Response:
    """Where letters came back from, and the form for the right address."""
    return _page(ask, ask.query.get("of", "")[:320])


def _page(ask: Ask, of: str, status: int = 200, typed: str = "", errors: tuple[str, ...] = ()) -> Response:
    person, back, failing = _find(ask, of)
    rows = [(one, failure(ask, one.reply)) for one in back]
    return show(
        ask, "staff/mail/address.html", status, person=person, rows=rows, failing=failing, typed=typed,
        errors=errors, has_errors=bool(errors), here=f"/staff/{ask.place.key}/address",
        outbox=f"/staff/{ask.place.key}/outbox",
        crumbs=[(ask.say("Received mail"), f"/staff/{ask.place.key}/received")],
    )  # fmt: skip


@pages.post(ADDRESS, MANAGES)
def correct(ask: Ask) -> Response:
    """The address is corrected everywhere, its owner told at both, and the letters that were chosen go again."""
    of, typed = ask.text("of", 320), ask.text("address", 320).strip()
    person, back, _ = _find(ask, of)
    wanted = {value for name, value in ask.form.multi_items() if name == "again" and isinstance(value, str)}
    try:
        ask.office.cycle.correct_address(
            ask.place.key, email=person.email, to=typed, by=ask.email, now=ask.now, tell=lambda *who: _tell(ask, *who)
        )
    except Refused as refused:
        return _page(ask, of, 422, typed, tuple(_said(ask, one) for one in refused.reasons))
    sent = 0
    for one in back:
        if str(one.id) in wanted:
            ask.office.desk.write_anew(one.id, address=typed, by=ask.email, now=ask.now)
            sent += 1
    again = ask.words.ngettext(
        "%(n)s letter goes again.", "%(n)s letters go again.", sent
    ) % {"n": sent} if sent else ""  # fmt: skip
    said = ask.say("From now on letters go to %(address)s.", address=typed)
    return ask.go(f"/staff/{ask.place.key}/received", f"{said} {again}".strip())


def _tell(ask: Ask, session: Session, person: PersonRow, old: str) -> None:
    """One letter to the address that is right, one to the other: if that one was right after all, somebody knows."""
    staff = find_person(session, ask.email)
    facts = {"by": (staff.name if staff else "") or ask.email, "old": old, "new": person.email}
    key = f"{the_id(person)} {old} {ask.now}"
    ask.office.letters.queue(
        session, letter=LETTER, key=f"{key} new", facts=facts, now=ask.now, person=person,
        round_id=the_id(ask.place.round),
    )  # fmt: skip
    ask.office.letters.queue(
        session, letter=LETTER, key=f"{key} old", facts=facts, now=ask.now, address=old, name=person.name,
        language=person.language, round_id=the_id(ask.place.round),
    )  # fmt: skip


def _said(ask: Ask, refusal: Refusal) -> str:
    """Why an address is not corrected."""
    sentences = {
        "none": ask.say("That is not one address. Write it as name@example.org."),
        "same": ask.say("That is the address that letters come back from."),
        "taken": ask.say("Somebody else is known by that address. Add them to the dossier instead."),
        "reached": ask.say("They have signed in with their address since the letter came back: it works."),
        "staff": ask.say("Somebody on staff changes their own address with whoever runs this installation."),
        "factor": ask.say("They have a second step of signing in: ask them in person."),
        "elsewhere": ask.say("They take part in a round that you do not run: ask its staff to correct it."),
        "no part": ask.say("They have no part in this round."),
    }
    return sentences.get(str(refusal.facts.get("because", "")), "") or said_by(ask, refusal)
