"""Which dossiers are there, row by row?"""

from collections.abc import Iterator

from starlette.responses import Response

from engine.database.access import saved_views
from engine.database.pages.board import committee_sizes
from engine.database.pages.filtering import Filter
from engine.database.pages.lists import FIRST
from web.ask import Ask
from web.policy import MANAGES, somebody
from web.routes import Pages
from web.staff import console
from web.staff.board import columns, wanted
from web.staff.board.filters import choices
from web.staff.board.showing import Showing, Shown
from web.staff.board.wanted import A_PAGE, link

pages = Pages()


@pages.get("/staff/{programme}/{round}/dossiers", MANAGES)
def table(ask: Ask) -> Response:
    """The dossiers that the address asks for, fifty at a time, with what all of them come to."""
    place, path = ask.place, ask.path
    names = columns.names_for(ask)
    asked = wanted.asked(ask, names)
    with ask.reading() as session:
        looking = wanted.look(ask, session)
        totals = looking.totals(asked.filter)
        count = max(1, -(-totals.count // A_PAGE))
        page = min(asked.page, count)
        ids = looking.ids(asked.filter, asked.sort, limit=A_PAGE, offset=(page - 1) * A_PAGE)
        cards = looking.cards(ids)
        showing = Showing(ask, committee_sizes(looking))
        every = looking.totals(Filter()).count
        every_column = columns.all_columns(ask, showing)
        chosen = columns.chosen(every_column, names, asked, path)
        answers = looking.answers(ids, columns.answered(chosen))
        kept = saved_views.of_person(session, somebody(ask).person_id, place.round.programme)

    def rows() -> Iterator[tuple[Shown, list[tuple[columns.Column, str]]]]:
        """Each dossier with what stands in the cells after its first."""
        for card in cards:
            one = showing.shown(card, answers.get(card.id))
            yield one, [(column, column.words(one)) for column in chosen[1:]]

    return console.show(
        ask, "staff/board/table.html", asked=asked, totals=totals, every=every, rows=rows,
        more=totals.count > len(cards), page=page, pages=count,
        columns=chosen, column_names=names,
        labels={name: one.label for name, one in every_column.items()},
        chips=wanted.chips(ask, path, asked), problems=wanted.left_out(ask, asked), choices=choices(ask, asked),
        views=kept, hidden=bool(looking.tied), has_sort=asked.sort != FIRST,
        page_url=link(path, [*asked.pairs(), ("page", "PAGE")]).replace("PAGE", "{page}"),
        seen_until=looking.reached,
        board_path=link(f"/staff/{place.key}", asked.filter.pairs() or [("all", "1")]),
        files={kind: link(f"/staff/{place.key}/dossiers.{kind}", asked.pairs()) for kind in ("csv", "xlsx")},
    )  # fmt: skip
