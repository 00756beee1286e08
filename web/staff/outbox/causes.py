"""What is in the outbox of a round, by cause?"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.responses import Response

from engine.cycle.batches import Held, batches, held
from engine.database.pages.outbox import GROUP_OF, GROUPS, Cause, Count, Wanted, acts_of, counts
from engine.database.store import the_id
from web.ask import Ask
from web.policy import MANAGES
from web.routes import Pages
from web.staff.console import show
from web.staff.outbox.looking_for import asked_page, cause_query, path_of, query_of, wanted_by, with_status
from web.staff.outbox.naming import cause_title, moment_title
from web.staff.outbox.saying import TONES, group_title

pages = Pages()
A_PAGE = 50


@dataclass
class Row:
    """All letters of one cause; `first` and `last` leave then, or left."""

    cause: Cause
    title: str
    path: str = ""
    statuses: dict[str, int] = field(default_factory=dict)
    """group -> how many"""
    languages: dict[str, int] = field(default_factory=dict)
    first: int = 0
    last: int = 0

    @property
    def number(self) -> int:
        return sum(self.statuses.values())

    @property
    def order(self) -> tuple[int, int]:
        """What needs people comes first, then what leaves next, then what left last."""
        if self.statuses.get("held") or self.statuses.get("failed"):
            return 0, self.first
        going = self.statuses.get("open") or self.statuses.get("scheduled")
        return (1, self.first) if going else (2, -self.last)


@pages.get("/staff/{programme}/{round}/outbox", MANAGES)
def outbox(ask: Ask) -> Response:
    """Every cause with its letters, as many as are wanted."""
    place, wanted = ask.place, wanted_by(ask)
    with ask.reading() as session:
        found = counts(session, the_id(place.round), wanted, acts_of(place.workflow))
        scene = ask.office.cycle.look(session, place.key, ask.now)
        waiting = [one for batch in batches(scene) if (one := held(scene, batch)).size]
    rows = sorted(rows_of(ask, found, wanted), key=lambda row: row.order)
    last = max(1, -(-len(rows) // A_PAGE))
    page = min(asked_page(ask), last)
    return show(
        ask, "staff/outbox/causes.html", rows=rows[(page - 1) * A_PAGE : page * A_PAGE], page=page, pages=last,
        wanted=wanted, here=path_of(ask), tabs=tabs(ask, found, wanted), more=query_of(wanted), tones=TONES,
        titles={group: group_title(ask, group) for group in GROUPS}, of=_batches(ask, waiting),
        letters=sorted({one.cause.letter for one in found}), languages_of=sorted({one.language for one in found}),
        failed=sum(one.number for one in found if one.status == "failed"), crumbs=[],
    )  # fmt: skip


def rows_of(ask: Ask, found: Sequence[Count], wanted: Wanted) -> list[Row]:
    """One row for each cause that has letters where they are wanted."""
    rows: dict[Cause, Row] = {}
    for one in found:
        group = GROUP_OF[one.status]
        if wanted.status and group != wanted.status:
            continue
        row = rows.setdefault(one.cause, Row(one.cause, cause_title(ask, one.cause.name), first=one.first))
        row.path = f"{path_of(ask)}/cause{query_of(wanted, **cause_query(one.cause))}"
        row.statuses[group] = row.statuses.get(group, 0) + one.number
        row.languages[one.language] = row.languages.get(one.language, 0) + one.number
        row.first, row.last = min(row.first, one.first), max(row.last, one.last)
    return list(rows.values())


def tabs(ask: Ask, found: Sequence[Count], wanted: Wanted) -> list[tuple[str, str, bool]]:
    """(label, path, whether it is this one): all letters, and those at each point of their way."""
    numbers = dict.fromkeys(GROUPS, 0)
    for one in found:
        numbers[GROUP_OF[one.status]] += one.number
    every = {"": sum(numbers.values()), **numbers}
    return [
        (
            f"{group_title(ask, group)} {number}", f"{path_of(ask)}{query_of(with_status(wanted, group))}",
            wanted.status == group,
        )
        for group, number in every.items()
        if number or group in ("", "held", "failed", wanted.status)
    ]  # fmt: skip


def _batches(ask: Ask, waiting: Sequence[Held]) -> list[tuple[str, Held, str]]:
    """(what it is called, what is held, the path of its page) of what waits for approval as a whole."""
    return [
        (moment_title(ask, one.batch), one, f"{path_of(ask)}/batch{query_of(Wanted(), batch=one.batch)}")
        for one in waiting
    ]
