"""What of the acts of staff can still be undone, as every page of a round's console tells?"""

from dataclasses import dataclass

from sqlmodel import Session

from engine.database.pages.acts import Act, one_act, open_batches
from engine.database.store import the_id
from web import dates
from web.ask import Ask
from web.committee.seat import called


@dataclass(frozen=True, slots=True)
class Banner:
    """One act in words, with the number it is undone by; `is_sendable` when letters wait that could leave at once."""

    id: int
    text: str
    is_sendable: bool


def banners(ask: Ask, session: Session) -> list[Banner]:
    """The last acts of the page's round that can be undone now, the newest first."""
    found = open_batches(session, the_id(ask.place.round), ask.now)
    return [Banner(act.id, f"{moved_words(ask, act)} {_until(ask, act)}", act.waiting > 0) for act in found]


def moved_words(ask: Ask, act: Act) -> str:
    """`Moved 3 dossiers to X.`"""
    transition = ask.place.workflow.transitions.get(act.transition)
    state = ask.said(ask.place.workflow.states[transition.target].title) if transition else act.transition
    sentence = ask.words.ngettext(
        "Moved %(n)s dossier to “%(state)s”.", "Moved %(n)s dossiers to “%(state)s”.", act.dossiers
    )
    return sentence % {"n": act.dossiers, "state": state}


def _until(ask: Ask, act: Act) -> str:
    if act.leaves_at is None:
        assert act.undo_until is not None
        return ask.say("Nobody gets a letter. This can be undone until %(hour)s.", hour=_hour(ask, act.undo_until))
    if act.leaves_at <= ask.now:
        return ask.words.ngettext(
            "%(n)s letter is about to leave.", "%(n)s letters are about to leave.", act.waiting
        ) % {"n": act.waiting}  # fmt: skip
    sentence = ask.words.ngettext(
        "%(n)s letter leaves at %(hour)s.", "%(n)s letters leave at %(hour)s.", act.waiting
    )
    return sentence % {"n": act.waiting, "hour": _hour(ask, act.leaves_at)}


def _hour(ask: Ask, instant: int) -> str:
    minute = instant - instant % 60_000_000
    return dates.hour(minute, ask.place.zone, ask.language)


def done_words(ask: Ask, batch: int) -> str | None:
    """What is said of an act that was just done and cannot be undone; None of one that can, which has its banner."""
    with ask.reading() as session:
        act = one_act(session, the_id(ask.place.round), ask.now, batch)
    assert act is not None
    return None if act.can_be_undone else f"{moved_words(ask, act)} {ask.say('This cannot be undone.')}"


def called_move(ask: Ask, act: Act) -> str:
    """The name of the move, as pages call it."""
    return called(ask, act.transition) if act.transition in ask.place.workflow.transitions else act.transition
