"""Which letters has the built-in catcher received?

There while no mail server is configured, and then only on the machine itself: these letters would have left.
"""

from starlette.responses import HTMLResponse, Response

from web.ask import Ask
from web.office import CaughtLetter
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
    assert ask.office.mailbox is not None
    number = ask.query.get("page", "1")
    page = max(1, min(int(number), 100_000)) if number.isdecimal() else 1
    to = ask.query.get("to", "").strip()[:320] or None
    found, count = ask.office.mailbox.newest(A_PAGE, (page - 1) * A_PAGE, to)
    return render(ask, "mailbox/letters.html", letters=found, count=count, page=page, pages=-(-count // A_PAGE), to=to)


@pages.get("/mailbox/{id}", MAILBOX)
def letter(ask: Ask) -> Response:
    return render(ask, "mailbox/letter.html", letter=_letter(ask))


@pages.get("/mailbox/{id}/page", MAILBOX)
def letter_page(ask: Ask) -> Response:
    """The letter's HTML, for a frame."""
    answer = HTMLResponse(_letter(ask).html)
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer


@pages.get("/mailbox/{id}/raw", MAILBOX)
def raw(ask: Ask) -> Response:
    """The letter as it arrived."""
    assert ask.office.mailbox is not None
    content = ask.office.mailbox.raw(ask.params["id"])
    if content is None:
        raise NotThere
    headers = {"Content-Disposition": 'attachment; filename="letter.eml"'}
    return Response(content, media_type="message/rfc822", headers=headers)


def _letter(ask: Ask) -> CaughtLetter:
    assert ask.office.mailbox is not None
    found = ask.office.mailbox.open(ask.params["id"])
    if found is None:
        raise NotThere
    return found
