"""Would the same have happened if nothing had gone wrong?

Two years of one seed side by side: the one as it was, the other without a fault and on time. What is as of an instant
is the same; only when it was written down differs, and which reminders came too late to be worth anything.
"""

from collections.abc import Hashable, Iterator
from typing import Any

from simulated_books import Books
from simulated_year import Year

_WHEN_WRITTEN = frozenset({
    "id", "recorded_at", "ended_at", "link_id", "cause_id", "deadline_id", "next_try_at", "leased_until", "status",
    "attempts", "last_reply", "since", "tzdata", "leaves_at", "laid_out_at",
})  # fmt: skip
"""columns that say when and in which row something was written, and what became of a letter on its way"""
_COMPARED = (
    "round", "person", "role", "dossier", "contact", "answer", "delivery", "obligation", "slot", "extension",
    "held_back", "release", "ranking", "score", "recommendation", "conflict", "verdict", "attendance", "excuse",
    "transition",
)  # fmt: skip


def _plain(value: Any) -> Hashable:
    if isinstance(value, dict):
        return tuple(sorted((name, _plain(one)) for name, one in value.items()))
    if isinstance(value, list | tuple):
        return tuple(_plain(one) for one in value)
    return value


def _is_reminder(key: str) -> bool:
    return key.startswith(("reminder ", "remind "))


def facts(books: Books) -> dict[str, list[Hashable]]:
    """What happened, by table, without when it was written down."""
    found: dict[str, list[Hashable]] = {}
    for table in _COMPARED:
        found[table] = [
            tuple((name, _plain(value)) for name, value in row._mapping.items() if name not in _WHEN_WRITTEN)
            for row in books.tables[table]
        ]
    keys = {row.id: (row.round_id, row.key) for row in books.deadline}
    for table in ("held_back", "ranking"):
        found[table] = [
            (keys[row.deadline_id], fact) for row, fact in zip(books.tables[table], found[table], strict=True)
        ]
    # rounds may be served in turns, so what the calendar wrote for several stands in another order
    for table in ("transition", "obligation", "held_back", "ranking", "slot"):
        found[table].sort(key=repr)
    found["deadline"] = sorted(
        (
            row.round_id, row.key, row.due_at, row.fires_at, row.valid_until or 0, row.awaits_release,
            "" if _is_reminder(row.key) else row.ending or "",
        )
        for row in books.deadline
    )  # fmt: skip
    found["journal"] = [
        (row.round_id, row.what, row.at, row.actor, books.number.get(row.dossier_id), _plain(
            {name: value for name, value in row.details.items() if name != "late_by"}
        ))
        for row in books.journal
        if not (row.what in ("due", "missed") and _is_reminder(row.details["name"]))
    ]  # fmt: skip
    found["journal"].sort(key=lambda fact: fact[0])  # type: ignore[index]
    found["letters"] = sorted(letter_keys(books, reminders=False))
    return found


def letter_keys(books: Books, *, reminders: bool) -> list[Hashable]:
    """Every letter with all that stands in it; those about a deadline to come only if asked."""
    return [
        (row.key, row.language, row.address, row.message_id, repr(_plain(row.facts)))
        for row in books.notification
        if reminders or row.valid_until is None
    ]


def differences(stormy: Year, calm: Year) -> Iterator[str]:
    """A sentence for everything that would not have happened, or would have happened otherwise."""
    assert stormy.books is not None
    assert calm.books is not None
    if stormy.outcomes != calm.outcomes:
        for there, here in zip(calm.outcomes, stormy.outcomes, strict=True):
            if there != here:
                yield f"without faults {there}, and here {here}"
    there_of, here_of = facts(calm.books), facts(stormy.books)
    for table, there in there_of.items():
        here = here_of[table]
        if here == there:
            continue
        missing = [fact for fact in there if fact not in here]
        extra = [fact for fact in here if fact not in there]
        if not missing and not extra:
            yield f"{table}: the same, in another order"
        yield from (f"{table}: without faults there would be {fact}" for fact in missing[:3])
        yield from (f"{table}: without faults there would not be {fact}" for fact in extra[:3])
    for letter in set(letter_keys(stormy.books, reminders=True)) - set(letter_keys(calm.books, reminders=True)):
        yield f"without faults this letter would not have been written: {letter}"
