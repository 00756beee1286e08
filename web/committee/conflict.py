"""Does a member know the applicant? Asked before anything of a dossier is shown, and answered again when it changes."""

from starlette.responses import Response

from engine.database.pages import judging
from engine.database.store import the_id
from engine.errors import Refused
from web.ask import Ask
from web.committee.seat import seat_of
from web.policy import JUDGES, somebody
from web.problems import NotThere
from web.reasons import said_by
from web.rendering import render
from web.routes import Pages

pages = Pages()
LONGEST_REASON = 2_000


@pages.get("/committee/{programme}/{round}/{number}/conflict", JUDGES)
def question(ask: Ask) -> Response:
    """Whether there is a conflict; all that is told of the dossier is who asks for what."""
    return _page(ask)


@pages.post("/committee/{programme}/{round}/{number}/conflict", JUDGES)
def answer(ask: Ask) -> Response:
    """There is none, and the dossier opens; or there is one, and it is gone."""
    place = ask.place
    _must_be_member(ask)
    answered = ask.text("answer", 10)
    if answered == "no":
        ask.office.cycle.declare_clear(place.key, place.number, by=ask.email, now=ask.now)
        return ask.go(f"{place.committee_path}/{place.number}")
    if answered != "yes":
        return _page(ask, 422, [ask.say("Say whether you know the applicant.")])
    reason = ask.text("reason", LONGEST_REASON) or None
    try:
        ask.office.cycle.declare_conflict(place.key, place.number, by=ask.email, now=ask.now, reason=reason)
    except Refused as refused:
        return _page(ask, 409, [said_by(ask, reason) for reason in refused.reasons])
    _tell_staff(ask, reason)
    notice = ask.say(
        "Noted: you have a conflict with %(number)s. It is closed to you now, and the staff are told.",
        number=place.number,
    )
    return ask.go(place.committee_path, notice)


def _tell_staff(ask: Ask, reason: str | None) -> None:
    place, visitor = ask.place, somebody(ask)
    with ask.office.database.transaction() as session:
        titles = judging.titles(session, place.workflow, the_id(place.round), [place.number])
        ask.office.letters.queue_to_staff(
            session, letter="conflict-declared", key=f"{place.number} of {visitor.person_id}",
            facts={
                "by": visitor.name or visitor.email, "title": titles[place.number], "reason": reason,
                "link": f"{ask.office.base_url}{place.committee_path}/{place.number}",
            },
            now=ask.now, dossier_id=the_id(place.its_dossier),
        )  # fmt: skip


def _must_be_member(ask: Ask) -> None:
    """Raises NotThere for those who are not asked: observers judge nothing, staff only minute."""
    if not seat_of(ask).memberships:
        raise NotThere


def _page(ask: Ask, status: int = 200, errors: list[str] | None = None) -> Response:
    place = ask.place
    _must_be_member(ask)
    with ask.reading() as session:
        titles = judging.titles(session, place.workflow, the_id(place.round), [place.number])
    return render(
        ask, "committee/conflict.html", status, title=titles[place.number], errors=errors or [],
        cleared=place.standing.cleared, asked=place.its_dossier.state in seat_of(ask).judged,
        answer=ask.text("answer", 10), reason=ask.text("reason", LONGEST_REASON), has_errors=bool(errors),
    )  # fmt: skip
