"""What did we write to an applicant about a dossier?"""

from starlette.responses import HTMLResponse, Response

from engine.database.pages import people
from engine.database.pages.people import LetterText
from engine.database.pages.portal import letter_about
from web.applicant.looking import crumbs, see
from web.applicant.status import LETTERS, letter_rows
from web.ask import Ask
from web.mailbox import LETTER_POLICY
from web.policy import CONTACT, somebody
from web.problems import NotThere
from web.rendering import render
from web.routes import Pages

pages = Pages()
LETTER = "/dossier/{programme}/{round}/{number}/message/{id}"


@pages.get("/dossier/{programme}/{round}/{number}/messages", CONTACT)
def letters(ask: Ask) -> Response:
    """The letters to this person about the dossier, the newest first."""
    seen, before = see(ask), ask.query.get("before", "")
    with ask.reading() as session:
        found = people.letters_to(
            session, somebody(ask).person_id, seen.dossier.head.id, limit=LETTERS + 1, before=_number(before)
        )
    return render(
        ask, "applicant/letters.html", seen=seen, crumbs=crumbs(ask, seen), letters=letter_rows(ask, found[:LETTERS]),
        older=found[LETTERS - 1].id if len(found) > LETTERS else None,
    )  # fmt: skip


@pages.get(LETTER, CONTACT)
def letter(ask: Ask) -> Response:
    """One letter, in a frame that can do nothing, and as text."""
    return render(ask, "applicant/letter.html", letter=_letter(ask), crumbs=crumbs(ask, see(ask)))


@pages.get(LETTER + "/page", CONTACT)
def letter_page(ask: Ask) -> Response:
    """The letter's HTML, for the frame."""
    answer = HTMLResponse(_letter(ask).html)
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 18 else None


def _letter(ask: Ask) -> LetterText:
    number, dossier = _number(ask.params["id"]), ask.place.its_dossier
    with ask.reading() as session:
        found = letter_about(session, somebody(ask).person_id, dossier.id or 0, number) if number else None
    if found is None:
        raise NotThere
    return found
