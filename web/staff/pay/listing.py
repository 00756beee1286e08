"""What is to be paid in a round, what is late, and what was paid?"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.responses import Response

from engine.database.pages import payments
from engine.database.pages.payments import FILTERS, Filter, Sum, Told, Total
from engine.files.payment_sheet import SHEET
from engine.rules.paying import from_cents
from web.ask import Ask
from web.committee.mine import asked_page
from web.policy import MANAGES
from web.routes import Pages
from web.staff.board.columns import Value
from web.staff.console import show
from web.staff.dossier.paid import called, day_said, money, promise_said, words
from web.staff.jury.sheet import as_file
from web.staff.owed.saying import asked_of

pages = Pages()
HERE = "/staff/{programme}/{round}/payments"
A_PAGE = 50


def path_of(ask: Ask, tail: str = "") -> str:
    """The address of a page about the payments of this round."""
    return f"/staff/{ask.place.key}/payments{tail}"


def asked_filter(ask: Ask) -> Filter:
    """What the list is narrowed to; everything where the address says something unknown."""
    return next((one for one in FILTERS if one == ask.query.get("show", "").replace("-", " ")), "")


@pages.get(HERE, MANAGES)
def listing(ask: Ask) -> Response:
    """Every sum, what is due first first, with what was paid of it."""
    return page(ask)


def page(ask: Ask, status: int = 200, **facts: Any) -> Response:
    """The list, perhaps with what is wrong with a sheet that was brought."""
    of, shown = asked_of(ask), asked_filter(ask)
    with ask.reading() as session:
        totals = payments.totals(session, of, now=ask.now)
        count = _count(totals, shown)
        pages_of = max(1, -(-count // A_PAGE))
        number = min(asked_page(ask), pages_of)
        lines = payments.sums(session, of, shown, now=ask.now, limit=A_PAGE, offset=(number - 1) * A_PAGE)
    given: dict[str, Any] = {"errors": [], "has_errors": False, **facts}
    return show(
        ask, "staff/pay/payments.html", status, lines=lines, shown=shown, page=number, pages=pages_of,
        filters=_filters(ask, shown, totals), words=words(ask), link=path_of(ask),
        crumbs=[(ask.said(ask.place.round_title), f"/staff/{ask.place.key}")], figures=_figures(ask, totals),
        called=lambda one: called(ask, one), promise=lambda one: promise_said(ask, one),
        money=lambda cents: money(ask, cents), day=lambda written: day_said(ask, written), **given,
    )  # fmt: skip


def _filters(ask: Ask, shown: Filter, totals: Mapping[Told, Total]) -> list[tuple[str, str, bool]]:
    said, found = words(ask), []
    for name in FILTERS:
        label = said[name][0] if name else ask.say("All")
        query = f"?show={name.replace(' ', '-')}" if name else ""
        found.append((f"{label} {_count(totals, name)}", path_of(ask, query), name == shown))
    return found


def _count(totals: Mapping[Told, Total], shown: Filter) -> int:
    """How many sums a filter shows."""
    return sum(total.count for told, total in totals.items() if shown in ("", told))


def _figures(ask: Ask, totals: Mapping[Told, Total]) -> list[dict[str, str]]:
    """How much is late, to be paid, waits and was paid."""
    say, nothing = ask.say, Total(0, 0, 0)
    late, due, waits = (totals.get(one, nothing) for one in ("late", "to pay", "waits"))
    paid = sum(one.paid for one in totals.values())
    labels = (
        (say("Late"), late, "late"), (say("To be paid"), due, "to-pay"), (say("Not to be paid yet"), waits, "waits"),
    )  # fmt: skip
    found = [
        {
            "label": label, "figure": money(ask, one.cents - one.paid), "href": path_of(ask, f"?show={query}"),
            "note": ask.words.ngettext("%(n)s payment", "%(n)s payments", one.count) % {"n": one.count},
        }
        for label, one, query in labels
    ]  # fmt: skip
    return [*found, {"label": say("Paid so far"), "figure": money(ask, paid), "href": path_of(ask, "?show=paid")}]


@pages.get("/staff/{programme}/{round}/payments.csv", MANAGES)
def sheet(ask: Ask) -> Response:
    """What the filter shows, as a sheet for the bank or the books: it comes back with a day wherever it was paid."""
    return as_file(f"{ask.place.round.name}-{ask.say('payments')}", _rows(ask))


def _rows(ask: Ask) -> Iterator[Sequence[Value]]:
    yield list(SHEET)
    with ask.reading() as session:
        for one in payments.every_sum(session, asked_of(ask), asked_filter(ask), now=ask.now):
            yield _row(one)


def _row(one: Sum) -> Sequence[Value]:
    return (
        one.number, one.title, one.organisation, one.name, one.position, one.what or "", from_cents(one.cents),
        from_cents(one.paid), one.last_day or "", from_cents(one.left), "", "",
    )  # fmt: skip
