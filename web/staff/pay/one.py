"""What is one dossier to be paid, what was it paid, and what of that was a mistake?"""

from datetime import date
from typing import Any

from starlette.responses import Response

from engine.database.pages import payments
from engine.database.pages.payments import Sum
from engine.errors import GrantcycleError, Refused
from engine.rules.paying import from_cents
from engine.rules.typed import parse_day, parse_money
from web import dates
from web.applicant.looking import Seen, see
from web.ask import Ask
from web.keys import nonce
from web.policy import MANAGES
from web.problems import NotThere
from web.routes import Pages
from web.staff.bulk.seen import seen_of
from web.staff.dossier.looking import HERE, page
from web.staff.dossier.meanwhile import reasons_said
from web.staff.dossier.paid import called, day_said, money, promise_said, sum_path, sums_of, words

pages = Pages()
ALL = HERE + "/payments"
ONE = ALL + "/{promise}"
LONGEST = 2_000
"""characters of a reason"""


@pages.get(ONE, MANAGES)
def one(ask: Ask) -> Response:
    """A sum with what was paid of it, and the form for the next payment."""
    return _page(ask, see(ask))


@pages.post(ONE, MANAGES)
def pay(ask: Ask) -> Response:
    """A payment is recorded, or one is taken back."""
    place, seen, of = ask.place, see(ask), _find(ask)
    if ask.text("do") == "take back":
        return _take_back(ask, seen, of)
    try:
        amount, day = parse_money(ask.text("amount", 40)), date.fromisoformat(parse_day(ask.text("day", 20)))
    except GrantcycleError:
        wrong = ask.say("Write the amount as 45000 or 45000.50, and the day as 2019-03-01.")
        return _page(ask, seen, 422, errors=[wrong], has_errors=True)
    try:
        ask.office.cycle.record_payment(
            place.key, place.number, of.name, amount, day=day, position=of.position,
            reference=ask.text("reference", 200), by=ask.email, now=ask.now, once=ask.text("once", 200) or nonce(),
            seen=seen_of(ask),
        )  # fmt: skip
    except Refused as refused:
        status = 422 if any(one.code in ("amount", "day", "reference") for one in refused.reasons) else 409
        return _page(ask, see(ask), status, errors=reasons_said(ask, refused), has_errors=True)
    said = ask.say("Recorded: %(amount)s for %(what)s.", amount=money(ask, round(amount * 100)), what=called(ask, of))
    return ask.go(sum_path(ask, of), said)


def _take_back(ask: Ask, seen: Seen, of: Sum) -> Response:
    number, reason = ask.text("payment", 12), ask.text("reason", LONGEST)
    if not number.isdecimal() or int(number) not in {one.id for one in _payments(ask, of)}:
        raise NotThere
    try:
        ask.office.cycle.take_payment_back(ask.place.key, int(number), reason=reason, by=ask.email, now=ask.now)
    except Refused as refused:
        status = 422 if any(one.code == "reason" for one in refused.reasons) else 409
        return _page(ask, seen, status, errors=reasons_said(ask, refused), has_errors=True, back=int(number))
    return ask.go(sum_path(ask, of), ask.say("Taken back: it is owed again."))


def _payments(ask: Ask, of: Sum) -> list[payments.Payment]:
    with ask.reading() as session:
        return payments.payments_of(session, [of.id]).get(of.id, [])


def _find(ask: Ask) -> Sum:
    """The sum that the path names: `milestones-2`. Raises NotThere."""
    for one in sums_of(ask):
        if f"{one.name}-{one.position}" == ask.params["promise"]:
            return one
    raise NotThere


def _page(ask: Ask, seen: Seen, status: int = 200, **facts: Any) -> Response:
    of = _find(ask)
    today = dates.local(ask.now, ask.place.zone).date().isoformat()
    typed = {
        "amount": ask.text("amount", 40) or f"{from_cents(of.left):.2f}".removesuffix(".00"),
        "day": ask.text("day", 20) or today, "reference": ask.text("reference", 200),
        "reason": ask.text("reason", LONGEST),
    }  # fmt: skip
    given: dict[str, Any] = {"errors": [], "has_errors": False, "back": None, **facts}
    return page(
        ask, "", "payment.html", status, seen=seen, of=of, paid=_payments(ask, of), typed=typed,
        can=of.told in ("late", "to pay"), at=sum_path(ask, of), once=ask.text("once", 200) or nonce(),
        all=f"/staff/{ask.place.key}/payments", words=words(ask), called=lambda one: called(ask, one),
        promise=lambda one: promise_said(ask, one), money=lambda cents: money(ask, cents),
        day=lambda written: day_said(ask, written), **given,
    )  # fmt: skip
