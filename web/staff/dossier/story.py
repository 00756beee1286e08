"""What has happened to a dossier, and what is still ahead of it?"""

from starlette.responses import Response

from engine.database.pages.one_dossier import journal_of, names_of
from web.applicant.looking import see
from web.ask import Ask
from web.policy import MANAGES
from web.routes import Pages
from web.staff.dossier.ahead import ahead_of
from web.staff.dossier.happened import happened
from web.staff.dossier.looking import HERE, page

pages = Pages()
A_PAGE = 50


@pages.get(HERE + "/timeline", MANAGES)
def timeline(ask: Ask) -> Response:
    """Its own history, and its own future: moves, meetings, what is owed, and what the calendar will do."""
    seen, place = see(ask), ask.place
    workflow = place.workflow
    entered = [
        (ask.said(workflow.states[workflow.begins_in].title), seen.dossier.head.started_at, None, None),
        *(
            (ask.said(workflow.states[one.target].title) if one.target in workflow.states else one.target, one.at,
             one.by, one.reason)
            for one in seen.dossier.moves
        ),
    ]  # fmt: skip
    slots = [(ask.said(workflow.meeting(one.meeting).title), one) for one in seen.dossier.slots]
    return page(
        ask, "/timeline", "timeline.html", seen=seen, entered=entered, ahead=ahead_of(ask), slots=slots,
        extensions=seen.dossier.extensions, requests=seen.dossier.requests,
    )  # fmt: skip


@pages.get(HERE + "/journal", MANAGES)
def journal(ask: Ask) -> Response:
    """All that the journal says of the dossier, in words, the newest first."""
    seen, before = see(ask), ask.query.get("before", "")
    older_than = int(before) if before.isdecimal() and len(before) < 18 else None
    with ask.reading() as session:
        found = journal_of(session, seen.dossier.head.id, limit=A_PAGE + 1, before=older_than)
        names = names_of(session, [row.actor for row in found])
    rows = [happened(ask, row, names) for row in found[:A_PAGE]]
    return page(
        ask, "/journal", "journal.html", seen=seen, rows=rows,
        older=rows[-1].id if len(found) > A_PAGE else None,
    )  # fmt: skip
