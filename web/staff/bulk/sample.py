"""How would one of the letters read that a move would send?"""

from collections.abc import Sequence
from urllib.parse import urlencode

from sqlmodel import Session, col, select
from starlette.responses import Response

from engine.cycle.offering import WRITTEN
from engine.cycle.together import chosen_dossiers
from engine.cycle.trying import trying
from engine.database.consequences import Told
from engine.database.records import DossierRow, NotificationRow
from engine.database.store import find_person, the_id
from engine.errors import Refused, Unknown
from engine.rules.workflow import Transition
from web.ask import Ask
from web.policy import MANAGES
from web.problems import NotThere
from web.routes import Pages
from web.staff.bulk.chosen import field
from web.staff.console import show
from web.staff.outbox.letter import framed
from web.writing import ShownLetter

pages = Pages()
AT = "/staff/{programme}/{round}/act/letter"
FIELDS = ("number", "transition", "letter", "role", "language")


def sample_path(ask: Ask, number: str, transition: Transition, told: Told, language: str) -> str:
    """The address of the page that shows how a letter would read."""
    given = (number, transition.name, told.letter, told.role, language)
    return f"/staff/{ask.place.key}/act/letter?{urlencode(list(zip(FIELDS, given, strict=True)))}"


def dossiers_of(session: Session, notifications: Sequence[int]) -> dict[int, str]:
    """The number of the dossier that each notification is about, where it is about one."""
    rows = session.exec(
        select(NotificationRow.id, DossierRow.number)
        .join(DossierRow, col(DossierRow.id) == col(NotificationRow.dossier_id))
        .where(col(NotificationRow.id).in_(notifications))
    ).all()
    return {number: dossier for number, dossier in rows if number is not None}


@pages.get(AT, MANAGES)
def one(ask: Ask) -> Response:
    """A letter as it would read if the dossier were moved now: nothing is written."""
    letter = _written(ask)
    return show(
        ask, "staff/bulk/letter.html", letter=letter, number=field(ask, "number"), language=field(ask, "language"),
        page=f"{ask.path}/page?{ask.request.url.query}",
    )  # fmt: skip


@pages.get(f"{AT}/page", MANAGES)
def page(ask: Ask) -> Response:
    """What its reader's mail program would show, for a frame."""
    return framed(_written(ask).html)


def _written(ask: Ask) -> ShownLetter:
    """The letter, found by moving the dossier and taking that back. Raises NotThere when no such letter would go."""
    place = ask.place
    number, name, letter, role, language = (field(ask, one) for one in FIELDS)
    transition = place.workflow.transitions.get(name)
    if transition is None:
        raise NotThere
    with trying(ask.office.cycle, place.key, ask.now) as trial:
        person = find_person(trial.session, ask.email)
        assert person is not None
        try:
            chosen_dossiers(trial.session, the_id(place.round), [number], person, key=place.key)
            trial.move(
                place.key, [number], name, by=ask.email, now=ask.now, undo_for=ask.office.undo_for,
                reason=WRITTEN if transition.guard("reason") else None,
            )  # fmt: skip
        except (Refused, Unknown) as problem:
            raise NotThere from problem
        told = [one for one in trial.consequences().told if (one.letter, one.role) == (letter, role)]
        sample = told[0].samples.get(language) if told else None
        if sample is None:
            raise NotThere
        row = trial.session.get_one(NotificationRow, sample)
        return ask.office.previews.show(trial.session, row, ask.now)
