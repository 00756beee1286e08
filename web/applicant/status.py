"""What does an applicant find under a dossier: while it is written, and afterwards?"""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response

from engine.database.pages import opinions, people
from engine.database.pages.people import SentLetter
from engine.rules.budgets import asking
from engine.rules.roles import reading_committee
from engine.rules.workflow import APPLICANT
from web import dates
from web.applicant.clocks import clocks_offered
from web.applicant.days import days_of
from web.applicant.delivering import deliveries_of
from web.applicant.handing_in import missing_parts
from web.applicant.in_the_way import in_the_way
from web.applicant.journey import steps_of
from web.applicant.leaving import offered
from web.applicant.looking import Seen, crumbs, see, why_closed
from web.applicant.more_time import deadlines
from web.applicant.needing import needs_of
from web.applicant.paid import sums_of
from web.applicant.plan import has_plan
from web.applicant.sections import may_be_left, progress, sections_of, title_of
from web.applicant.unasked import open_for
from web.applicant.versions import file_rows
from web.ask import Ask
from web.invitations.asked import still_ahead
from web.policy import CONTACT, somebody
from web.rendering import render
from web.routes import Pages

pages = Pages()
LETTERS = 30
"""on the page of a dossier; older ones have a page of their own"""


@pages.get("/dossier/{programme}/{round}/{number}", CONTACT)
def dossier(ask: Ask) -> Response:
    """The list of parts while it is written, and where it is afterwards."""
    seen = see(ask)
    writing = seen.dossier.head.state == ask.place.workflow.begins_in
    return _tasks(ask, seen) if writing else _status(ask, seen)


def _tasks(ask: Ask, seen: Seen) -> Response:
    place, head = ask.place, seen.dossier.head
    parts = sections_of(place.workflow)
    missing, closed = missing_parts(ask, seen), why_closed(ask, seen)
    tasks = [
        {
            "title": title_of(ask, part),
            "href": f"{place.path}/section/{part.name}",
            "status": progress(place.workflow, part, head.organisation, seen.values),
            "why": ask.say("You may leave this out") if may_be_left(place.workflow, part, seen.values) else "",
        }
        for part in parts
    ]
    done = sum(task["status"] == "done" for task in tasks)
    why = closed or ask.words.ngettext(
        "%(n)s answer is missing", "%(n)s answers are missing", len(missing)
    ) % {"n": len(missing)}  # fmt: skip
    tasks.append({
        "title": ask.say("Check your answers and hand in"), "href": f"{place.path}/check",
        "status": "blocked" if missing or closed else "todo", "why": why if missing or closed else "",
    })  # fmt: skip
    return render(
        ask, "applicant/tasks.html", seen=seen, crumbs=crumbs(ask), tasks=tasks, done=done, parts=len(parts),
        closed=closed, missing=missing, ready=not missing and not closed,
        in_the_way=in_the_way(ask), **_aside(ask, seen),
    )  # fmt: skip


def _status(ask: Ask, seen: Seen) -> Response:
    place, head = ask.place, seen.dossier.head
    with ask.reading() as session:
        told = opinions.told_with_verdict(session, head.id)
        letters = people.letters_to(session, somebody(ask).person_id, head.id, limit=LETTERS + 1)
    first, *others = needs_of(ask, seen, written=bool(told.recommendations or told.comments))
    documents = [
        {**row, "question": ask.said(one.ask)}
        for name, one in place.workflow.questions.items()
        if one.kind == "file"
        for row in file_rows(ask, seen.dossier, name)
    ]
    return render(
        ask, "applicant/status.html", seen=seen, crumbs=crumbs(ask), need=first, others=others,
        leaf=dates.leaf(first.day, ask.language) if first.day else None, steps=steps_of(ask, seen), told=told,
        documents=documents, deliveries=deliveries_of(ask, seen), has_plan=has_plan(seen),
        letters=letter_rows(ask, letters[:LETTERS]),
        older=letters[LETTERS - 1].id if len(letters) > LETTERS else None, amount=_amount(ask, seen),
        sums=sums_of(ask, seen),
        **_aside(ask, seen, [one for need in (first, *others) for one in (need.action, *need.choices) if one]),
    )  # fmt: skip


def letter_rows(ask: Ask, letters: Sequence[SentLetter]) -> list[dict[str, str]]:
    """Letters as a list shows them."""
    return [
        {
            "subject": one.subject,
            "href": f"{ask.place.path}/message/{one.id}",
            "date": dates.short_day(one.sent_at, ask.language, ask.place.zone),
        }
        for one in letters
    ]


def _amount(ask: Ask, seen: Seen) -> str:
    """What is asked for, where the form asks for it."""
    asked = (seen.values.get(one.name) for one in asking(ask.place.workflow))
    amount = next((one for one in asked if one is not None), None)
    return "" if amount is None else dates.amount(amount, ask.place.workflow.currency, ask.language)


def _to_send(ask: Ask, seen: Seen) -> list[tuple[str, str]]:
    """What may be handed in of one's own accord, and where."""
    return [
        (ask.say("Hand in: %(what)s", what=ask.said(one.title)), f"{ask.place.path}/deliver/{one.name}")
        for one in open_for(ask, seen, APPLICANT)
    ]


def _aside(ask: Ask, seen: Seen, asked: Sequence[tuple[str, str]] = ()) -> dict[str, Any]:
    """What stands beside both: dates, who can see it, what else can be done besides what is `asked`."""
    there = {href for _, href in asked}
    workflow, state = ask.place.workflow, seen.dossier.head.state
    committee = reading_committee(workflow, state)
    return {
        "days": days_of(ask, seen),
        "invitations": still_ahead(ask, round_key=ask.place.key, number=ask.place.number),
        "offered": [
            one for one in (*_to_send(ask, seen), *offered(ask, state), *clocks_offered(ask)) if one[1] not in there
        ],
        "may_ask": bool(deadlines(ask, seen)),
        "requests": seen.dossier.requests,
        "contacts": [one.name or one.email for one in seen.dossier.contacts],
        "reads": ask.said(workflow.committees[committee].title) if committee else "",
        "observers": workflow.committees[committee].observers if committee else (),
    }
