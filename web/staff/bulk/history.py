"""What have staff done to several dossiers at once, and how is it undone?"""

from starlette.responses import Response

from engine.cycle.seen import ChangedSince
from engine.database.pages.acts import acts
from engine.database.store import the_id
from engine.errors import Refused, Unknown
from web.ask import Ask
from web.policy import MANAGES
from web.problems import NotThere
from web.reasons import said_by
from web.routes import Pages
from web.staff.bulk.chosen import back_of
from web.staff.bulk.seen import in_words
from web.staff.console import show
from web.staff.undoable import called_move, moved_words

pages = Pages()
AT = "/staff/{programme}/{round}/acts"
A_PAGE = 25


@pages.get(AT, MANAGES)
def listed(ask: Ask) -> Response:
    """The acts of the round, the newest first."""
    text = ask.query.get("before", "")
    before = int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else None
    with ask.reading() as session:
        looker = ask.visitor.person_id if ask.visitor else 0
        found = acts(session, the_id(ask.place.round), ask.now, looker=looker, before=before, limit=A_PAGE + 1)
    rows = [(act, called_move(ask, act), moved_words(ask, act)) for act in found[:A_PAGE]]
    earlier = found[A_PAGE - 1].id if len(found) > A_PAGE else None
    return show(ask, "staff/bulk/acts.html", rows=rows, earlier=earlier, is_first=before is None)


def _number(ask: Ask) -> int:
    text = ask.params["batch"]
    if not (text.isascii() and text.isdecimal() and len(text) < 18):
        raise NotThere
    return int(text)


@pages.post(f"{AT}/{{batch}}/undo", MANAGES)
def undo(ask: Ask) -> Response:
    """Taken back, as a whole."""
    place = ask.place
    try:
        ask.office.cycle.undo(place.key, _number(ask), by=ask.email, now=ask.now)
    except Unknown as unknown:
        raise NotThere from unknown
    except ChangedSince as changed:
        told = [in_words(ask, one) for one in changed.changes]
        return show(ask, "staff/bulk/not_undone.html", 409, changes=told, sentences=[], back=back_of(ask))
    except Refused as refused:
        sentences = [said_by(ask, one) for one in refused.reasons]
        return show(ask, "staff/bulk/not_undone.html", 409, changes=[], sentences=sentences, back=back_of(ask))
    return ask.go(back_of(ask), ask.say("Undone: the dossiers are back where they were, and no letter leaves."))


@pages.post(f"{AT}/{{batch}}/send", MANAGES)
def send_now(ask: Ask) -> Response:
    """Its letters leave at once."""
    try:
        ask.office.cycle.send_now(ask.place.key, _number(ask), by=ask.email, now=ask.now)
    except Unknown as unknown:
        raise NotThere from unknown
    except Refused as refused:
        sentences = [said_by(ask, one) for one in refused.reasons]
        return show(ask, "staff/bulk/not_undone.html", 409, changes=[], sentences=sentences, back=back_of(ask))
    return ask.go(back_of(ask), ask.say("The letters leave now."))
