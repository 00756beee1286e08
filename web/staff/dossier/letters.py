"""What was written about a dossier, to whom, and what became of it?"""

from starlette.responses import HTMLResponse, Response

from engine.database.pages.one_dossier import letter_row, letters_about
from engine.database.pages.received import mails_about
from engine.database.records import NotificationRow
from engine.errors import GrantcycleError
from web.applicant.looking import see
from web.ask import Ask
from web.mailbox import LETTER_POLICY
from web.office import Written
from web.policy import MANAGES
from web.problems import NotThere
from web.routes import Pages
from web.staff.dossier.looking import HERE, page, path_of
from web.staff.mail.saying import outcome_of

pages = Pages()
A_PAGE = 50
LETTER = HERE + "/letters/{id}"


def status_said(ask: Ask, status: str) -> tuple[str, str]:
    """(tone, words) for what has become of a letter."""
    return {
        "waiting": ("neutral", ask.say("waits")),
        "leased": ("neutral", ask.say("leaves now")),
        "held": ("warn", ask.say("held")),
        "retry": ("warn", ask.say("tried again soon")),
        "sent": ("good", ask.say("sent")),
        "came back": ("bad", ask.say("came back")),
        "failed": ("bad", ask.say("failed")),
        "cancelled": ("neutral", ask.say("cancelled")),
        "expired": ("neutral", ask.say("too late to matter")),
    }.get(status, ("neutral", status))


@pages.get(HERE + "/letters", MANAGES)
def letters(ask: Ask) -> Response:
    """Every letter about the dossier, the newest first."""
    seen, before = see(ask), ask.query.get("before", "")
    older_than = int(before) if before.isdecimal() and len(before) < 18 else None
    with ask.reading() as session:
        found = letters_about(session, seen.dossier.head.id, limit=A_PAGE + 1, before=older_than)
        replies = mails_about(session, seen.dossier.head.id) if older_than is None else []
    rows = [
        {"letter": one, "status": status_said(ask, "came back" if one.came_back else one.status)}
        for one in found[:A_PAGE]
    ]
    return page(
        ask, "/letters", "letters.html", seen=seen, rows=rows, replies=replies,
        mail_chip=lambda one: outcome_of(ask, one),
        older=found[A_PAGE - 1].id if len(found) > A_PAGE else None,
        message=f"/staff/{ask.place.key}/message?number={ask.place.number}",
        at=lambda number: path_of(ask, f"/letters/{number}"),
    )  # fmt: skip


@pages.get(LETTER, MANAGES)
def letter(ask: Ask) -> Response:
    """One letter as its reader gets it, in a frame that can do nothing, and as text."""
    row, shown, problem = _read(ask)
    return page(
        ask, "/letters", "letter.html", row=row, shown=shown, problem=problem, status_of=status_said(ask, row.status),
        frame=path_of(ask, f"/letters/{row.id}/page"),
    )  # fmt: skip


@pages.get(LETTER + "/page", MANAGES)
def letter_page(ask: Ask) -> Response:
    """The letter's HTML, for the frame."""
    _, shown, _ = _read(ask)
    if shown is None:
        raise NotThere
    answer = HTMLResponse(shown.html)
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer


def _read(ask: Ask) -> tuple[NotificationRow, Written | None, str]:
    """The letter, as it reads, and why it cannot be put into words where it cannot."""
    text = ask.params["id"]
    if not text.isdecimal() or len(text) >= 18:
        raise NotThere
    with ask.reading() as session:
        row = letter_row(session, ask.place.its_dossier.id or 0, int(text))
        if row is None:
            raise NotThere
        try:
            return row, ask.office.previews.show(session, row, ask.now), ""
        except GrantcycleError as problem:
            return row, None, str(problem)
