"""How does somebody keep a list as they like to see it: save, rename, begin with it, keep it no longer?"""

from collections.abc import Callable
from urllib.parse import parse_qsl

from sqlmodel import Session
from starlette.responses import Response

from engine.database.access import saved_views
from web.ask import Ask
from web.policy import MANAGES, somebody
from web.problems import Conflict, NotThere
from web.routes import Pages
from web.staff.board import wanted
from web.staff.board.columns import names_for

pages = Pages()
LONGEST_NAME = 60


def _back(ask: Ask, page: str, query: str) -> str:
    path = f"/staff/{ask.place.key}" + ("/dossiers" if page == "table" else "")
    return f"{path}?{query or 'all=1'}"


@pages.post("/staff/{programme}/{round}/views", MANAGES)
def save(ask: Ask) -> Response:
    """Keep the list that is on the page under a name; one of that name is replaced."""
    name, page = " ".join(ask.text("name").split())[:LONGEST_NAME], ask.text("page")
    # only what means something is kept, as we write it ourselves
    query = wanted.read(ask, parse_qsl(ask.text("query")), names_for(ask)).query
    back = _back(ask, page, query)
    if page not in ("board", "table"):
        raise NotThere
    if not name:
        raise Conflict("Give the view a name, by which you find it again.")
    with ask.office.database.transaction() as session:
        person_id, programme = somebody(ask).person_id, ask.place.round.programme
        if not saved_views.save(session, person_id, programme, name=name, page=page, query=query, now=ask.now):
            raise Conflict("You have %(n)s views already. Take one away first.", n=saved_views.MOST)
    return ask.go(back, ask.say("The view “%(name)s” is kept.", name=name))


@pages.post("/staff/{programme}/{round}/views/change", MANAGES)
def change(ask: Ask) -> Response:
    """Rename a view, begin with it or with all dossiers, or keep it no longer."""
    number = ask.text("view", 20)
    view = int(number) if number.isascii() and number.isdecimal() and len(number) < 18 else 0
    acts: dict[str, Callable[[Ask, Session, int], str]] = {
        "rename": _rename, "start": _start, "no start": _no_start, "forget": _forget,
    }  # fmt: skip
    act = acts.get(ask.text("do"))
    if act is None:
        raise NotThere
    person_id, programme = somebody(ask).person_id, ask.place.round.programme
    with ask.office.database.transaction() as session:
        theirs = {one.id: one for one in saved_views.of_person(session, person_id, programme)}
        if view not in theirs:
            return ask.go(_back(ask, "board", ""), ask.say("The view is gone."))
        said = act(ask, session, view)
    one = theirs[view]
    return ask.go(_back(ask, one.page, "" if act is _forget else one.query), said)


def _rename(ask: Ask, session: Session, view: int) -> str:
    name = " ".join(ask.text("name").split())[:LONGEST_NAME]
    if not name:
        raise Conflict("Give the view a name, by which you find it again.")
    if not saved_views.rename(session, somebody(ask).person_id, view, name):
        raise Conflict("You have a view of the name “%(name)s” already.", name=name)
    return ask.say("The view is called “%(name)s” now.", name=name)


def _start(ask: Ask, session: Session, view: int) -> str:
    saved_views.begin_with(session, somebody(ask).person_id, ask.place.round.programme, view, ask.now)
    return ask.say("Your board begins with this view from now on.")


def _no_start(ask: Ask, session: Session, _view: int) -> str:
    saved_views.begin_with(session, somebody(ask).person_id, ask.place.round.programme, None, ask.now)
    return ask.say("Your board begins with all dossiers again.")


def _forget(ask: Ask, session: Session, view: int) -> str:
    saved_views.forget(session, somebody(ask).person_id, view)
    return ask.say("The view is gone.")
