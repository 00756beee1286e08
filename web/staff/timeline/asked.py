"""What do applicants ask more time for, and how is it answered?"""

from datetime import date

from starlette.responses import Response

from engine.database.looking import contacts_of
from engine.database.pages.extensions import Asked, asked, sums
from engine.database.store import find_dossier, obligations_of, the_id
from web import dates
from web.ask import Ask
from web.committee.mine import asked_page
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.timeline.wording import position_words

pages = Pages()
REQUESTS = "/staff/{programme}/{round}/requests"
A_PAGE = 50
LONGEST_REASON = 2_000


@pages.get(REQUESTS, MANAGES)
def requests(ask: Ask) -> Response:
    """What was asked, what is not answered first."""
    return _page(ask)


@pages.post(f"{REQUESTS}/{{request}}/refuse", MANAGES)
def refuse(ask: Ask) -> Response:
    """Say no, with the reason that the applicant reads."""
    said, reason = ask.params["request"], ask.text("reason", LONGEST_REASON)
    if not (said.isascii() and said.isdecimal() and len(said) < 18):
        raise NotThere
    number = int(said)
    with ask.reading() as session:
        found = asked(session, the_id(ask.place.round), somebody(ask).person_id, number=number)
    if not found:
        raise NotThere
    if not reason:
        return _page(ask, 422, {number: ask.say("A refusal says why. The applicant reads it.")})
    ask.office.cycle.answer_extension(ask.place.key, number, granted=False, words=reason, by=ask.email, now=ask.now)
    _tell(ask, found[0], reason)
    notice = ask.say("Refused: %(number)s. The reason goes to the applicant.", number=found[0].number)
    return ask.go(f"/staff/{ask.place.key}/requests", notice)


def _tell(ask: Ask, request: Asked, reason: str) -> None:
    """One letter to each who speaks for the dossier, that the date stays."""
    place = ask.place
    with ask.office.database.transaction() as session:
        dossier = find_dossier(session, place.round, request.number)
        stands = _stands(ask, request.of, {f"{one.name} {one.position}": one.last_day for one in obligations_of(
            session, the_id(dossier))})  # fmt: skip
        for person in contacts_of(session, the_id(dossier)):
            ask.office.letters.queue(
                session, letter="extension-refused", key=f"request {request.id} | person {the_id(person)}",
                facts={
                    "title": dossier.organisation or dossier.number, "of": _called(ask, request.of), "stands": stands,
                    "reason": reason, "link": f"{ask.office.base_url}/dossier/{place.key}/{request.number}",
                },
                now=ask.now, person=person, dossier_id=the_id(dossier),
            )  # fmt: skip


def _called(ask: Ask, of: str) -> str:
    """What was asked about, as letters of the programme call it."""
    name, _, tail = of.rpartition(" ")
    workflow = ask.place.workflow
    if name in workflow.phases:
        return workflow.phases[name]
    owed = workflow.obligations[name]
    if owed.attend:
        return f"{workflow.meeting(owed.attend).title} {tail}"
    return f"{workflow.deliverables[owed.deliver or ''].title} {tail}"


def _stands(ask: Ask, of: str, owed: dict[str, str]) -> dict[str, str | None]:
    """The date that stays, as facts of a letter."""
    name, _, _ = of.rpartition(" ")
    if name in ask.place.workflow.phases:
        edge = ask.place.calendar.edge(name, "closes")
        hour = edge.hour.isoformat() if edge.hour else None
        return {"day": edge.day.isoformat(), "hour": hour, "edge": "closes"}
    return {"day": owed[of], "hour": None, "edge": "closes"}


def _page(ask: Ask, status: int = 200, errors: dict[int, str] | None = None) -> Response:
    round_id, person_id = the_id(ask.place.round), somebody(ask).person_id
    page = asked_page(ask)
    with ask.reading() as session:
        found = asked(session, round_id, person_id, limit=A_PAGE, offset=(page - 1) * A_PAGE)
        sum_of = sums(session, round_id, person_id)
    return show(
        ask, "staff/timeline/requests.html", status, found=found, sums=sum_of, page=page,
        pages=max(1, -(-sum_of.asked // A_PAGE)), at=f"/staff/{ask.place.key}", errors=errors or {},
        called=lambda of: position_words(ask, of), has_errors=bool(errors), typed=ask.text("reason", LONGEST_REASON),
        as_day=lambda text: dates.short_day(date.fromisoformat(text), ask.language),
    )  # fmt: skip
