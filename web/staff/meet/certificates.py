"""Who gets a certificate that they came? All at once, to print."""

from starlette.responses import Response

from engine.database.pages import presence
from web.ask import Ask
from web.invitations.certificates import certificates
from web.office import LANGUAGES
from web.policy import MANAGES, somebody
from web.routes import Pages
from web.staff.console import show
from web.staff.meet.looking import HERE, crumbs, tabs, the_meeting

pages = Pages()


@pages.get(f"{HERE}/certificates", MANAGES)
def every(ask: Ask) -> Response:
    """The certificates of all who came, each in its holder's language, a sheet each."""
    meeting = the_meeting(ask)
    with ask.reading() as session:
        found = presence.certified(session, to=meeting.row, looker=somebody(ask).person_id)
        session.expunge_all()
    sheets = certificates(ask, found, lambda one: one.language if one.language in LANGUAGES else ask.language)
    return show(
        ask, "staff/meet/certificates.html", meeting=meeting, tabs=tabs(ask, meeting), crumbs=crumbs(ask),
        certificates=sheets,
    )  # fmt: skip
