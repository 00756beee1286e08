"""How does a round stand: what comes next, what needs attention, and where is each dossier?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from engine.database.access import saved_views
from engine.database.cohort.scopes import called
from engine.database.pages.board import Column, columns, committee_sizes, rails
from engine.database.pages.filtering import Filter
from engine.database.pages.lists import Looking
from engine.rules.workflow import Workflow
from web.ask import Ask
from web.dates import amount
from web.policy import MANAGES, somebody
from web.rendering import left
from web.routes import Pages
from web.staff import console
from web.staff.board import wanted
from web.staff.board.ahead import Ahead, Next
from web.staff.board.columns import names_for
from web.staff.board.filters import choices
from web.staff.board.showing import Showing, Shown
from web.staff.board.wanted import Wanted, link
from web.staff.timeline.picture import hue_of, timeline_of

pages = Pages()
TABS = ("needs", "overdue", "incomplete", "asks", "held", "late", "conflict")
NEAR = 60 * 24 * 3_600_000_000
"""what is further away is told by its date alone"""
ALWAYS = ("needs", "overdue")
"""tabs that stand there even when nothing shows them: that is news too"""


@dataclass(frozen=True, slots=True)
class Meter:
    """How far something is: so many of so many, and what is counted."""

    done: float
    total: float
    words: str


@dataclass(frozen=True, slots=True)
class Pile:
    """A column of the board as it is drawn."""

    state: str
    title: str
    hue: str
    column: Column
    next: Next | None
    left: str
    meters: Sequence[Meter]
    cards: Sequence[Shown]
    table: str
    """the address of all of it"""

    @property
    def others(self) -> int:
        """How many are not shown here."""
        return self.column.count - len(self.cards)


@pages.get("/staff/{programme}/{round}", MANAGES)
def board(ask: Ask) -> Response:
    """The dossiers by where they stand; what the address asks for, or what the visitor begins with."""
    place = ask.place
    asked = wanted.asked(ask, names_for(ask))
    with ask.reading() as session:
        kept = saved_views.of_person(session, somebody(ask).person_id, place.round.programme)
        start = next((one for one in kept if one.is_start), None)
        if start and not ask.request.url.query:
            tail = "/dossiers" if start.page == "table" else ""
            return ask.go(f"/staff/{place.key}{tail}?{start.query or 'all=1'}")
        looking = wanted.look(ask, session)
        whole = columns(looking, Filter())
        found = columns(looking, asked.filter)
        showing = Showing(ask, committee_sizes(looking))
        ahead = Ahead(ask, looking)
        piles = _piles(ask, looking, found, showing, ahead, asked)
        counts = looking.counts(*TABS)
        drawn = timeline_of(ask, session, {state: one.count for state, one in whole.items()}, compact=True)
    before, _, after = rails(place.workflow)
    every = sum(column.count for column in whole.values())
    return console.show(
        ask, "staff/board/board.html", asked=asked, piles=piles, every=every,
        matching=sum(column.count for column in found.values()),
        before=[_rail(ask, found[state], asked) for state in before],
        after=[_rail(ask, found[state], asked) for state in after if found[state].count],
        tabs=_tabs(ask, counts, every, asked), chips=wanted.chips(ask, ask.path, asked),
        problems=wanted.left_out(ask, asked), choices=choices(ask, asked), views=kept, hidden=bool(looking.tied),
        drawn=drawn, figures=_figures(ask, whole, counts, ahead), opens=ahead.opens(),
        is_over=every > 0 and all(not whole[state].count for state in place.workflow.states
                                  if state not in place.workflow.ends_in),
        seen_until=looking.reached,
        table_path=link(f"/staff/{place.key}/dossiers", asked.filter.pairs()),
        files={kind: link(f"/staff/{place.key}/dossiers.{kind}", asked.filter.pairs()) for kind in ("csv", "xlsx")},
    )  # fmt: skip


def _piles(
    ask: Ask, looking: Looking, found: Mapping[str, Column], showing: Showing, ahead: Ahead, asked: Wanted
) -> list[Pile]:
    workflow = ask.place.workflow
    _, on_the_way, _ = rails(workflow)
    cards = {one.id: one for one in looking.cards([one for state in on_the_way for one in found[state].first])}
    piles = []
    for state in on_the_way:
        column = found[state]
        follows = ahead.in_state(state)
        filter_here = [*(pair for pair in asked.filter.pairs() if pair[0] != "state"), ("state", state)]
        piles.append(
            Pile(
                state, ask.said(workflow.states[state].title), _hue(workflow, state), column, follows,
                left(ask, follows.at) if follows and not follows.waits and follows.at - ask.now < NEAR else "",
                list(_meters(ask, workflow, column)),
                [showing.shown(cards[one]) for one in column.first if one in cards],
                link(f"/staff/{ask.place.key}/dossiers", filter_here),
            )
        )  # fmt: skip
    return piles


def _hue(workflow: Workflow, state: str) -> str:
    """As the phase under which people see it, everywhere."""
    phase = workflow.states[state].phase
    return hue_of(list(workflow.phases), phase) if phase else "grey"


def _meters(ask: Ask, workflow: Workflow, column: Column) -> list[Meter]:
    """What keeps a column waiting: marks, places, money, obligations; three at most."""
    say, found = ask.say, []
    if column.scores_wanted:
        given, wanted_ones = column.scores_in, column.scores_wanted
        words = say("%(given)s of %(wanted)s scores in", given=given, wanted=wanted_ones)
        found.append(Meter(given, wanted_ones, words))
    for gate in column.gates:
        words = say("%(held)s of %(cap)s places", held=gate.held, cap=gate.cap)
        if gate.scope is not None:
            words = f"{words}: {ask.said(called(workflow, gate.scope))}"
        elif len(column.gates) > 1:
            target = workflow.transitions[gate.transition].target
            words = f"{words}: {ask.said(workflow.states[target].title)}"
        found.append(Meter(min(gate.held, gate.cap), gate.cap, words))
    for purse in column.purses:
        held, most = (amount(one, workflow.currency, ask.language) for one in (purse.held, purse.most))
        words = say("%(held)s of %(most)s given", held=held, most=most)
        found.append(Meter(min(purse.held, purse.most), purse.most, words))
    if column.owed:
        words = say("%(done)s of %(owed)s obligations met", done=column.done, owed=column.owed)
        found.append(Meter(column.done, column.owed, words))
    return found[:3]


def _rail(ask: Ask, column: Column, asked: Wanted) -> tuple[str, int, str]:
    """(title, count, address) of a state before or after the way."""
    pairs = [*(pair for pair in asked.filter.pairs() if pair[0] != "state"), ("state", column.state)]
    title = ask.said(ask.place.workflow.states[column.state].title)
    return title, column.count, link(f"/staff/{ask.place.key}/dossiers", pairs)


def _tabs(
    ask: Ask, counts: Mapping[str, int], every: int, asked: Wanted
) -> list[tuple[str, int, str, bool]]:
    """(words, count, address, whether it is shown) of what can be looked at with one click."""
    words, path = wanted.flag_words(ask), ask.path
    tabs = [(ask.say("All"), every, link(path, [("all", "1")]), asked.filter == Filter())]
    for name in TABS:
        if counts[name] or name in ALWAYS:
            is_here = asked.filter == Filter(only=(name,))
            tabs.append((words[name], counts[name], link(path, [("only", name)]), is_here))
    return tabs


@dataclass(frozen=True, slots=True)
class Figures:
    """What matters now in the whole round."""

    next: Next | None
    left: str
    scores_in: int
    scores_wanted: int
    asked: float
    asking: int
    """dossiers on their way"""
    needs: int
    why: Sequence[str]


def _figures(ask: Ask, whole: Mapping[str, Column], counts: Mapping[str, int], ahead: Ahead) -> Figures:
    _, on_the_way, _ = rails(ask.place.workflow)
    here = [whole[state] for state in on_the_way]
    following = ahead.in_round()
    ngettext = ask.words.ngettext
    why = [
        words % {"n": counts[name]}
        for name, words in (
            ("overdue", ngettext("%(n)s overdue", "%(n)s overdue", counts["overdue"])),
            ("held", ngettext("%(n)s held back", "%(n)s held back", counts["held"])),
            ("asks", ngettext("%(n)s asks for more time", "%(n)s ask for more time", counts["asks"])),
        )
        if counts[name]
    ]
    return Figures(
        following, left(ask, following.at) if following else "", sum(one.scores_in for one in here),
        sum(one.scores_wanted for one in here), sum(one.asked for one in here), sum(one.count for one in here),
        counts["needs"], why,
    )  # fmt: skip


