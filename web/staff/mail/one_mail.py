"""One mail that came in, read safely, and seen to."""

from starlette.responses import Response

from engine.database.pages.received import MailLine, mail
from engine.database.records import NotificationRow, ReceivedRow
from engine.database.store import the_id
from web.ask import Ask
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.mail.listing import RECEIVED
from web.staff.mail.saying import handled_words, kind_of, outcome_of, why_of

pages = Pages()
MAIL = RECEIVED + "/{mail}"


def find(ask: Ask) -> tuple[MailLine, ReceivedRow]:
    """The mail that the address names. Raises NotThere for one that the visitor may not see."""
    said = ask.params["mail"]
    if not (said.isascii() and said.isdecimal() and len(said) < 18):
        raise NotThere
    with ask.reading() as session:
        found = mail(session, the_id(ask.place.round), int(said), somebody(ask).person_id)
        session.expunge_all()
    if found is None:
        raise NotThere
    return found


@pages.get(MAIL, MANAGES)
def one(ask: Ask) -> Response:
    """A mail as text, with what it is about."""
    line, row = find(ask)
    read = ask.office.read_mail(row.raw)
    with ask.reading() as session:
        letter = session.get(NotificationRow, row.notification_id) if row.notification_id is not None else None
        address = letter.address if letter and line.kind == "failure" else ""
    here = f"/staff/{ask.place.key}/received"
    return show(
        ask, "staff/mail/one_mail.html", line=line, row=row, read=read, here=here, kind=kind_of(ask, line),
        outcome=outcome_of(ask, line), why=why_of(ask, line), handled=handled_words(ask, line), address=address,
        letter=letter.id if letter and letter.round_id == ask.place.round.id else None,
        bounce=letter.bounce if letter and address else None, crumbs=[(ask.say("Received mail"), here)],
    )  # fmt: skip


@pages.get(MAIL + "/raw", MANAGES)
def raw(ask: Ask) -> Response:
    """The mail as it came, to be kept or opened in a mail program; never shown by the browser."""
    line, row = find(ask)
    name = f'attachment; filename="mail-{line.id}.eml"'
    return Response(row.raw, media_type="application/octet-stream", headers={"Content-Disposition": name})


@pages.post(MAIL, MANAGES)
def done(ask: Ask) -> Response:
    """Somebody has seen to it."""
    line, _ = find(ask)
    if not line.waits:
        return ask.go(f"/staff/{ask.place.key}/received", ask.say("Somebody had seen to it already."))
    ask.office.cycle.handle_mail(ask.place.key, line.id, by=ask.email, now=ask.now)
    return ask.go(f"/staff/{ask.place.key}/received", ask.say("Done: it waits no more."))
