"""Which letters has one cause made, and what is done with all of them?"""

from dataclasses import dataclass

from starlette.responses import Response

from engine.database.pages.outbox import GROUP_OF, Cause, Count, Line, Wanted, acts_of, counts, letters
from engine.database.store import the_id
from engine.errors import Refused
from web import dates
from web.ask import Ask
from web.policy import MANAGES, somebody
from web.problems import NotThere
from web.routes import Pages
from web.staff.console import show
from web.staff.outbox.failures import failure
from web.staff.outbox.looking_for import asked_page, cause_by, cause_query, path_of, query_of, wanted_by, with_status
from web.staff.outbox.naming import cause_title
from web.staff.outbox.saying import group_title, status_of, why_not
from web.staff.outbox.warning import warnings_of

pages = Pages()
A_PAGE = 50
CAUSE = "/staff/{programme}/{round}/outbox/cause"


@dataclass(frozen=True)
class Many:
    """The letters of a cause that are meant, up to the newest that somebody has looked at."""

    cause: Cause
    wanted: Wanted
    newest: int


@pages.get(CAUSE, MANAGES)
def cause(ask: Ask) -> Response:
    """The letters of one cause."""
    return _page(ask)


def _page(ask: Ask, status: int = 200, errors: list[str] | None = None) -> Response:
    place, wanted, of = ask.place, wanted_by(ask), cause_by(ask)
    if of is None:
        raise NotThere
    person, round_id = somebody(ask).person_id, the_id(place.round)
    number = asked_page(ask)
    with ask.reading() as session:
        narrowed = [
            one for one in counts(session, round_id, wanted, acts_of(place.workflow)) if one.cause == of
        ]  # fmt: skip
        lines, total, hidden = letters(
            session, round_id, wanted, person, of, limit=A_PAGE, offset=(number - 1) * A_PAGE
        )  # fmt: skip
        if not narrowed and not wanted.is_narrow:
            raise NotThere
        found = warnings_of(ask, session, narrowed, of)
    query = query_of(wanted, **cause_query(of))
    return show(
        ask, "staff/outbox/one_cause.html", status, of=of, title=cause_title(ask, of.name), wanted=wanted,
        rows=[(line, *status_of(ask, line), _why(ask, line)) for line in lines], total=total, hidden=hidden,
        page=number, pages=max(1, -(-total // A_PAGE)), here=path_of(ask), query=query, warnings=found,
        numbers=_numbers(narrowed), newest=max((one.newest for one in narrowed), default=0),
        languages_of=_languages(narrowed), tabs=_tabs(ask, narrowed, wanted, of), errors=errors or [],
        has_errors=bool(errors), crumbs=[(ask.say("Outbox"), path_of(ask) + query_of(wanted))],
        first=min((one.first for one in narrowed), default=0), last=max((one.last for one in narrowed), default=0),
    )  # fmt: skip


def _why(ask: Ask, line: Line) -> str:
    if line.status == "failed" or line.bounced_at is not None:
        return failure(ask, line.bounce or line.last_reply).title
    return (line.last_reply or "") if line.status == "cancelled" else ""


def _numbers(found: list[Count]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for one in found:
        group = GROUP_OF[one.status]
        numbers[group] = numbers.get(group, 0) + one.number
    return numbers


def _languages(found: list[Count]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for one in found:
        numbers[one.language] = numbers.get(one.language, 0) + one.number
    return dict(sorted(numbers.items()))


def _tabs(ask: Ask, found: list[Count], wanted: Wanted, of: Cause) -> list[tuple[str, str, bool]]:
    numbers = _numbers(found)
    return [
        (
            f"{group_title(ask, group)} {number}",
            f"{path_of(ask)}/cause{query_of(with_status(wanted, group), **cause_query(of))}", wanted.status == group,
        )
        for group, number in {"": sum(numbers.values()), **numbers}.items()
    ]  # fmt: skip


@pages.post(CAUSE, MANAGES)
def act(ask: Ask) -> Response:
    """Hold, let go, skip or retry all letters of a cause that are where that can be."""
    place, of = ask.place, cause_by(ask)
    if of is None:
        raise NotThere
    newest = ask.text("newest", 18)
    many = Many(of, wanted_by(ask), int(newest) if newest.isascii() and newest.isdecimal() else 0)
    desk, do, by, now = ask.office.desk, ask.text("do", 20), ask.email, ask.now
    reason = " ".join(ask.text("reason", 500).split())
    try:
        if do == "hold":
            number = desk.hold_all(place.key, many, by=by, now=now)
            said = ask.words.ngettext("%(n)s letter is held.", "%(n)s letters are held.", number)
        elif do == "let go":
            number = _let_go(ask, many)
            said = ask.words.ngettext("%(n)s letter is let go.", "%(n)s letters are let go.", number)
        elif do == "skip" and not reason:
            return _page(ask, 422, [ask.say("Say why these letters are skipped: it is kept with each of them.")])
        elif do == "skip":
            number = desk.cancel_all(place.key, many, reason=reason, by=by, now=now)
            said = ask.words.ngettext("%(n)s letter is skipped.", "%(n)s letters are skipped.", number)
        elif do == "retry":
            number = desk.retry_all(place.key, many, by=by, now=now)
            said = ask.words.ngettext("%(n)s letter is tried again now.", "%(n)s letters are tried again now.", number)
        else:
            raise NotThere
    except Refused as refused:
        return _page(ask, 409, [why_not(ask, one, None) for one in refused.reasons])
    except Stopped as stopped:
        return _page(ask, 409, stopped.sentences)
    query = query_of(with_status(many.wanted, ""), **cause_query(of))
    return ask.go(f"{path_of(ask)}/cause{query}", said % {"n": dates.number(number, ask.language)})


class Stopped(Exception):
    """Letters that may not be approved as they are."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("; ".join(sentences))
        self.sentences = sentences


def _let_go(ask: Ask, many: Many) -> int:
    """Raises Stopped for letters that cannot be written, or have nowhere to go."""
    with ask.reading() as session:
        found = counts(session, the_id(ask.place.round), many.wanted, acts_of(ask.place.workflow))
        against = [
            one.sentence
            for one in warnings_of(ask, session, [one for one in found if one.cause == many.cause], many.cause)
            if one.stops
        ]
    if against:
        raise Stopped(against)
    return ask.office.desk.let_go_all(ask.place.key, many, by=ask.email, now=ask.now)

