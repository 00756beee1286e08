"""How do those who watch hear of each act, and of each deadline?"""

import time
from collections.abc import Callable, Mapping
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec, TypeVar

from sqlmodel import Session, col, func, select

from engine import events
from engine.database.records import DeadlineRow, JournalRow, LinkRow
from engine.errors import GrantcycleError, Refused

P = ParamSpec("P")
R = TypeVar("R")


def watched(act: Callable[P, R]) -> Callable[P, R]:
    """An act that tells what became of it: `act` is its name, `outcome` is done, refused or failed.

    A refusal tells the codes of its reasons, and never their sentences: these may quote what people wrote.
    """
    names = list(signature(act).parameters)

    def given(name: str, args: tuple[object, ...], kwargs: Mapping[str, object]) -> object:
        if name not in names:
            return None
        place = names.index(name)
        return args[place] if place < len(args) else kwargs.get(name)

    @wraps(act)
    def telling(*args: P.args, **kwargs: P.kwargs) -> R:
        if not events.watched() or getattr(args[0], "is_trial", False):
            return act(*args, **kwargs)
        begun = time.perf_counter()
        facts: dict[str, Any] = {"act": act.__name__, "round": given("round_key", args, kwargs)}
        if dossier := given("number", args, kwargs):
            facts["dossier"] = dossier
        try:
            done = act(*args, **kwargs)
        except Refused as refused:
            codes = [reason.code for reason in refused.reasons]
            events.tell("act", **facts, outcome="refused", codes=codes, seconds=_since(begun))
            raise
        except Exception as problem:
            known = isinstance(problem, GrantcycleError)
            outcome = "refused" if known else "failed"
            events.tell("act", **facts, outcome=outcome, problem=type(problem).__name__, seconds=_since(begun))
            raise
        if act.__name__ == "start_dossier":
            facts["dossier"] = done
        events.tell("act", **facts, outcome="done", seconds=_since(begun))
        return done

    return telling


def _since(begun: float) -> float:
    return round(time.perf_counter() - begun, 6)


def dossiers_moved(session: Session, round_id: int) -> int:
    """How many dossiers the round's last transaction, which is this one, has moved."""
    last = select(func.max(LinkRow.id)).where(col(LinkRow.round_id) == round_id).scalar_subquery()
    moved = select(func.count()).where(col(JournalRow.link_id) == last, col(JournalRow.what) == "transition")
    return session.exec(moved.select_from(JournalRow)).one()


def tell_of_firing(round_key: str, deadline: DeadlineRow, moved: int, now: int, begun: float) -> None:
    """Tell that a deadline was seen to: `late_by` is in seconds after it could fire, `dossiers` are those it moved."""
    events.tell(
        "deadline",
        round=round_key,
        deadline=deadline.key,
        kind=deadline.kind,
        outcome=deadline.ending or "waits for release",
        late_by=max(now - deadline.fires_at, 0) / 1_000_000,
        dossiers=moved,
        seconds=_since(begun),
    )
