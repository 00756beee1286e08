"""What is a dossier promised, and what was paid of it and when, as its applicant sees it?"""

from collections.abc import Sequence
from datetime import date

from engine.database.pages import payments
from engine.database.pages.payments import Payment, Sum, Told
from engine.rules.paying import from_cents
from web import dates
from web.applicant.looking import Seen
from web.ask import Ask


def sums_of(ask: Ask, seen: Seen) -> list[dict[str, object]]:
    """Each sum in words: what for, how much, by when, and what was paid of it on which days."""
    with ask.reading() as session:
        found = payments.sums_of_dossier(session, seen.dossier.head.id, now=ask.now)
        paid = payments.payments_of(session, [one.id for one in found])
    return [_said(ask, one, paid.get(one.id, ())) for one in found]


def _said(ask: Ask, one: Sum, paid: Sequence[Payment]) -> dict[str, object]:
    promise = ask.place.workflow.promises.get(one.name)
    words: dict[Told, tuple[str, str]] = {
        "late": ("warn", ask.say("To be paid")), "to pay": ("info", ask.say("To be paid")),
        "waits": ("neutral", ask.say("Not to be paid yet")), "paid": ("good", ask.say("Paid")),
        "over": ("neutral", ask.say("Not paid any more")),
    }  # fmt: skip
    return {
        "title": one.what or (ask.said(promise.title) if promise else one.name), "amount": _money(ask, one.cents),
        "chip": words[one.told],
        "by": _day(ask, one.last_day) if one.last_day and one.told in ("late", "to pay") else "",
        "paid": [
            ask.say("%(amount)s on %(day)s", amount=_money(ask, each.cents), day=_day(ask, each.day))
            + (f" ({each.reference})" if each.reference else "")
            for each in paid if each.taken_back_at is None
        ],
    }  # fmt: skip


def _money(ask: Ask, cents: int) -> str:
    return dates.amount(from_cents(cents), ask.place.workflow.currency, ask.language)


def _day(ask: Ask, written: str) -> str:
    return dates.day(date.fromisoformat(written), ask.language, form="d MMMM y")
