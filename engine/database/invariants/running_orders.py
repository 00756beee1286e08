"""Does everybody have the slot that somebody gave them, at its time, and do their calendars say so?"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import sqlalchemy as sa
from sqlmodel import col

from engine.database.coming import whose
from engine.database.invariants.asking import Invariant, View
from engine.database.invariants.moves import RESTORE
from engine.database.records import DossierRow, SlotRow
from engine.database.running_orders import RunningOrder, is_of, running_order
from engine.database.store import the_id
from engine.rules.workflow import Meeting

_SLOT = ("slot given", "slot moved", "slot taken", "slot locked", "slot unlocked")
_ORDER = ("running order planned", "running order published", "running order withdrawn")
_TURN = ("wish noted", "reserve put in order", "slot given", "slot taken")
_JOURNALED = "SELECT what, at, dossier_id, details FROM journal WHERE round_id = :round AND what IN :whats ORDER BY id"


def _happened(view: View, whats: tuple[str, ...]) -> Iterator[tuple[str, int, int | None, Mapping[str, Any]]]:
    for row in view.rows(_JOURNALED, whats=list(whats)):
        details = json.loads(row.details) if isinstance(row.details, str) else row.details
        yield row.what, row.at, row.dossier_id, details


def _order(view: View, meeting: Meeting) -> RunningOrder | None:
    return running_order(view.session, the_id(view.round), view.calendar, meeting)


def _times(view: View) -> Iterator[str]:
    """A slot beside the hours that the day of its meeting gives it."""
    days: dict[str, RunningOrder | None] = {}
    for row in view.rows(
        "SELECT d.number, s.meeting, s.position, s.starts_at, s.ends_at, d.round_id FROM slot s "
        "JOIN dossier d ON d.id = s.dossier_id WHERE s.round_id = :round ORDER BY s.meeting, s.position"
    ):
        meeting = view.workflow.meetings.get(row.meeting)
        if row.meeting not in days:
            days[row.meeting] = _order(view, meeting) if meeting else None
        order = days[row.meeting]
        if order is None:
            yield f'{row.number} has a slot in "{row.meeting}", which has no running order'
            continue
        within = row.position in order.day.places and row.round_id == view.round.id
        hours = order.day.at(row.position) if within else None
        if hours is None or (row.starts_at, row.ends_at) != (hours.starts_at, hours.ends_at):
            yield f'{row.number} does not have slot {row.position} of "{row.meeting}" at its time'


def _whose(view: View) -> Iterator[str]:
    """A slot to come at the meeting of another strand or answer than the dossier's."""
    for meeting in view.workflow.meetings.values():
        if meeting.scope and view.may_answer("SELECT id FROM slot"):
            rows = view.session.connection().execute(
                sa.select(col(DossierRow.number))
                .join(SlotRow, is_of(SlotRow, meeting))
                .where(col(SlotRow.round_id) == view.round.id, col(SlotRow.starts_at) > view.now, ~whose(meeting))
                .order_by(col(SlotRow.position))
            )
            yield from (f'{number} has a slot in "{meeting.name}", which is not its meeting' for number, in rows)


def _given(view: View) -> Iterator[str]:
    """Slots that nobody gave, or that somebody took; of those given before this was journaled nothing is known."""
    known: dict[tuple[int | None, str], tuple[int | None, int | None]] = {}
    for what, at, dossier, details in _happened(view, _SLOT):
        key = dossier, details["meeting"]
        position, locked = known.get(key, (None, None))
        if what in ("slot given", "slot moved"):
            position, locked = details["position"], locked if what == "slot moved" else None
        elif what == "slot taken":
            position, locked = None, None
        else:
            position, locked = details["position"], at if what == "slot locked" else None
        known[key] = position, locked
    for row in view.rows("SELECT dossier_id, meeting, position, locked_at FROM slot WHERE round_id = :round"):
        key = row.dossier_id, row.meeting
        if key in known and known[key] != (row.position, row.locked_at):
            yield f'dossier {row.dossier_id} has another slot of "{row.meeting}" than the journal says'
        known.pop(key, None)
    for (dossier, meeting), (position, _) in known.items():
        if position is not None:
            yield f'dossier {dossier} has lost slot {position} of "{meeting}", and nobody took it'


def _planned(view: View) -> Iterator[str]:
    """Days of slots that nobody planned so, or published."""
    known: dict[str, tuple[str | None, list[Any], int | None]] = {}
    for what, at, _, details in _happened(view, _ORDER):
        first, breaks, published = known.get(details["meeting"], (None, [], None))
        if what == "running order planned":
            first, breaks = details.get("first"), details["breaks"]
        elif what == "running order withdrawn":
            published = None
        else:
            published = at if published is None else published
        known[details["meeting"]] = first, breaks, published
    breaks_of: dict[int, list[Any]] = {}
    for row in view.rows(
        "SELECT b.running_order_id, b.after, b.minutes, b.title FROM running_order_break b "
        "JOIN running_order o ON o.id = b.running_order_id WHERE o.round_id = :round ORDER BY b.after"
    ):
        breaks_of.setdefault(row.running_order_id, []).append([row.after, row.minutes, row.title])
    for row in view.rows("SELECT id, meeting, first, published_at FROM running_order WHERE round_id = :round"):
        stands = row.first, breaks_of.get(row.id, []), row.published_at
        if known.pop(row.meeting, (None, [], None)) != stands:
            yield f'the running order of "{row.meeting}" is another one than somebody planned and published'
    yield from (f'the running order of "{meeting}", which the journal tells of, is not there' for meeting in known)


def _turns(view: View) -> Iterator[str]:
    """Wishes that nobody had, slots that nobody turned down, and a reserve list in another order."""
    known: dict[tuple[int | None, str], dict[str, Any]] = {}
    for what, at, dossier, details in _happened(view, _TURN):
        turn = known.setdefault((dossier, details["meeting"]), {})
        if what == "wish noted":
            turn |= {"wish": details.get("wish"), "hour": details.get("hour"), "wished_at": at}
        elif what == "reserve put in order":
            turn["place"] = details["place"]
        elif what == "slot given":
            turn["declined_at"] = None
        elif details["because"] == "declined":
            turn["declined_at"] = at
    for row in view.rows(
        "SELECT dossier_id, meeting, wish, hour, wished_at, declined_at, place FROM turn WHERE round_id = :round"
    ):
        turn = known.pop((row.dossier_id, row.meeting), {})
        for name in ("wish", "hour", "wished_at", "declined_at", "place"):
            if getattr(row, name) != turn.get(name):
                yield f'dossier {row.dossier_id} has another {name} for "{row.meeting}" than the journal says'
    for (dossier, meeting), turn in known.items():
        if any(value is not None for value in turn.values()):
            yield f'what the journal says of dossier {dossier} and "{meeting}" is not there'


def _told(view: View) -> Iterator[str]:
    """People who are asked to come for a slot at another hour than it has, or that their dossier does not have."""
    for row in view.rows(
        "SELECT i.uid, d.number FROM invitation i JOIN meeting m ON m.id = i.meeting_id "
        "JOIN dossier d ON d.id = i.dossier_id JOIN running_order o ON o.round_id = m.round_id AND o.meeting = m.name "
        "LEFT JOIN slot s ON s.dossier_id = i.dossier_id AND s.meeting = m.name WHERE i.round_id = :round "
        "AND i.has_a_part AND i.cancelled_at IS NULL AND o.published_at IS NOT NULL "
        "AND (s.id IS NULL OR s.starts_at <> i.starts_at OR s.ends_at <> i.ends_at)"
    ):
        yield f"invitation {row.uid} asks the people of {row.number} at another hour than their slot"


RUNNING_ORDERS = (
    Invariant(
        "slots",
        "Each slot of a running order is within its meeting, at its own time, and to come for whose meeting it is.",
        f"Somebody would come at the wrong hour. {RESTORE}",
        (_times, _whose),
    ),
    Invariant(
        "slots are given",
        "Each slot is the one that was given, moved or locked last, and none is gone that nobody took.",
        f"Somebody was put at another place in a running order behind everybody's back. {RESTORE}",
        (_given,),
    ),
    Invariant(
        "running orders",
        "A day of slots begins, pauses and is known to people as somebody planned and published it.",
        f"A day runs otherwise than people were told. {RESTORE}",
        (_planned,),
    ),
    Invariant(
        "turns",
        "Wishes, slots that were turned down and reserve lists are as somebody wrote them.",
        f"Somebody may be passed over on a reserve list. {RESTORE}",
        (_turns,),
    ),
    Invariant(
        "slots told",
        "Who is asked to come by a running order is asked at the hour of their slot.",
        "Somebody's calendar shows another hour than ours. Publish the running order again.",
        (_told,),
    ),
)
