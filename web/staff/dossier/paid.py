"""What is a dossier promised and paid, and how is a sum said where it stands?"""

from datetime import date
from typing import Any

from engine.database.pages import payments
from engine.database.pages.payments import Sum, Told
from engine.rules.paying import from_cents, is_of_rows
from web import dates
from web.ask import Ask
from web.staff.dossier.looking import path_of
from web.staff.owed.saying import asked_of


def sums_of(ask: Ask) -> list[Sum]:
    """What the dossier of the page is promised, what is due first first."""
    with ask.reading() as session:
        return list(payments.sums(session, asked_of(ask), now=ask.now, number=ask.place.number, limit=500))


def sum_path(ask: Ask, one: Sum) -> str:
    """Where a payment of a sum is recorded."""
    return path_of(ask, f"/payments/{one.name}-{one.position}")


def payment_facts(ask: Ask) -> dict[str, Any]:
    """With what the overview says them."""
    return {
        "sum_words": words(ask), "sum_called": lambda one: called(ask, one), "money": lambda cents: money(ask, cents),
        "paid_day": lambda written: day_said(ask, written), "sum_path": lambda one: sum_path(ask, one),
    }  # fmt: skip


def words(ask: Ask) -> dict[Told, tuple[str, str]]:
    """Where a sum stands -> the word for it, and its tone."""
    say = ask.say
    return {
        "late": (say("Late"), "bad"), "to pay": (say("To be paid"), "info"),
        "waits": (say("Not to be paid yet"), "neutral"), "paid": (say("Paid"), "good"),
        "over": (say("Owed no more"), "neutral"),
    }  # fmt: skip


def called(ask: Ask, one: Sum) -> str:
    """A sum by what its row of the schedule is called, or by the promise."""
    if one.what:
        return one.what
    promise = ask.place.workflow.promises.get(one.name)
    return ask.said(promise.title) if promise else one.name


def promise_said(ask: Ask, one: Sum) -> str:
    """The promise by which it is owed, with the row where there are several."""
    promise = ask.place.workflow.promises.get(one.name)
    if promise is None:
        return one.name
    title = ask.said(promise.title)
    return f"{title}, {one.position}" if is_of_rows(ask.place.workflow, promise) else title


def money(ask: Ask, cents: int) -> str:
    """An amount in the currency of the programme."""
    return dates.amount(from_cents(cents), ask.place.workflow.currency, ask.language)


def day_said(ask: Ask, written: str | None) -> str:
    """A day in words; nothing for none."""
    return dates.day(date.fromisoformat(written), ask.language, form="d MMM y") if written else ""
