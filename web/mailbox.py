"""Which letters has the built-in catcher received?

There while no mail server is configured, and then only on the machine itself: these letters would have left.
"""

from starlette.responses import HTMLResponse, Response

from web.ask import Ask
from web.calendars.card import card
from web.office import Mailbox
from web.policy import MAILBOX
from web.problems import NotThere
from web.rendering import render
from web.routes import Pages

pages = Pages()
A_PAGE = 50
LETTER_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; base-uri 'none'"
)
"""a letter's own styles stand in it, as mail programs want them; it is shown in a frame that can do nothing"""


@pages.get("/mailbox", MAILBOX)
def letters(ask: Ask) -> Response:
    number = ask.query.get("page", "1")
    page = max(1, min(int(number), 100_000)) if number.isdecimal() and len(number) < 18 else 1
    to = ask.query.get("to", "").strip()[:320]
    found = _mailbox(ask).page(page, to, A_PAGE)
    pages = max(1, -(-found.total // A_PAGE))
    return render(ask, "mailbox/letters.html", letters=found.lines, page=page, pages=pages, to=to)


@pages.get("/mailbox/{id}", MAILBOX)
def letter(ask: Ask) -> Response:
    found = _mailbox(ask).letter(ask.params["id"])
    return render(ask, "mailbox/letter.html", letter=found, entry=card(ask, found.files))


@pages.get("/mailbox/{id}/page", MAILBOX)
def letter_page(ask: Ask) -> Response:
    """The letter's HTML, for a frame."""
    answer = HTMLResponse(_mailbox(ask).letter(ask.params["id"]).html)
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer


@pages.get("/mailbox/{id}/raw", MAILBOX)
def raw(ask: Ask) -> Response:
    """The letter as it arrived."""
    content = _mailbox(ask).raw(ask.params["id"])
    headers = {"Content-Disposition": 'attachment; filename="letter.eml"'}
    return Response(content, media_type="message/rfc822", headers=headers)


def _mailbox(ask: Ask) -> Mailbox:
    if ask.office.mailbox is None:
        raise NotThere
    return ask.office.mailbox
