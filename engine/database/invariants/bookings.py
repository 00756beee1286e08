"""Are the times that people proposed, and the hours that they gave and booked, as the journal has them?"""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.database.invariants.asking import Invariant, View, asks
from engine.database.invariants.meetings import as_details
from engine.database.invariants.moves import RESTORE

_JOURNALED = (
    "SELECT what, at, actor, dossier_id, details FROM journal WHERE round_id = :round AND what IN :whats ORDER BY id"
)
_TIME = ("day", "start", "end", "place", "online")


def _happened(view: View, *whats: str) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    for row in view.rows(_JOURNALED, whats=list(whats)):
        yield row, as_details(row.details)


def _proposals(view: View) -> Iterator[str]:
    known: dict[int, dict[str, Any]] = {}
    times: dict[int, list[tuple[Any, ...]]] = {}
    for row, details in _happened(view, "times proposed", "proposal ended"):
        one = known.setdefault(details["proposal"], {})
        if row.what == "times proposed":
            one |= {
                "dossier_id": row.dossier_id, "obligation": details["obligation"], "side": details["side"],
                "words": details.get("words"), "meeting_id": details.get("moves"), "proposed_at": row.at,
                "proposer": row.actor, "ended_at": None, "ender": None, "ending": None, "answer": None,
                "accepted": None,
            }  # fmt: skip
            times[details["proposal"]] = [
                (position, *(time[name] for name in _TIME)) for position, time in enumerate(details["times"], start=1)
            ]
        else:
            one |= {"ended_at": row.at, "ender": row.actor, "ending": details["ending"]}
            one |= {"answer": details.get("answer"), "accepted": details.get("accepted")}
    for row in view.rows(
        "SELECT q.*, o.name || ' ' || o.position AS obligation, p.email AS proposer, e.email AS ender "
        "FROM proposal q JOIN obligation o ON o.id = q.obligation_id JOIN dossier d ON d.id = q.dossier_id "
        "JOIN person p ON p.id = q.proposed_by LEFT JOIN person e ON e.id = q.ended_by WHERE d.round_id = :round"
    ):
        said = known.pop(row.id, {})
        yield from (
            f"proposal {row.id} has another {name} than the journal"
            for name in ("dossier_id", "obligation", "side", "words", "meeting_id", "proposed_at", "proposer",
                         "ended_at", "ender", "ending", "answer", "accepted")
            if getattr(row, name) != said.get(name, "nothing")
        )  # fmt: skip
    yield from (f"proposal {id}, which the journal tells of, is not there" for id in known)
    here: dict[int, list[tuple[Any, ...]]] = {}
    for row in view.rows(
        "SELECT t.* FROM proposed_time t JOIN proposal q ON q.id = t.proposal_id JOIN dossier d ON d.id = q.dossier_id "
        "WHERE d.round_id = :round ORDER BY t.proposal_id, t.position"
    ):
        here.setdefault(row.proposal_id, []).append((row.position, *(getattr(row, name) for name in _TIME)))
    yield from (f"proposal {id} names other times than were proposed" for id in times if times[id] != here.get(id))


def _hours(view: View) -> Iterator[str]:
    known: dict[int, dict[str, Any]] = {}
    for row, details in _happened(view, "hour given", "hour removed", "hour booked", "hour given back"):
        one = known.setdefault(details["hour"], {})
        if row.what == "hour given":
            one |= {name: details.get(name) for name in (*_TIME, "meeting")}
            one |= {"giver": row.actor, "given_at": row.at, "removed_at": None, "booking_id": None}
        elif row.what == "hour removed":
            one["removed_at"] = row.at
        elif row.what == "hour given back":
            one["booking_id"] = None
        else:
            one["booking_id"] = details["meeting"]
            if details.get("before"):
                known[details["before"]]["booking_id"] = None
    for row in view.rows("SELECT h.*, p.email AS giver FROM hour h JOIN person p ON p.id = h.person_id "
                         "WHERE h.round_id = :round"):  # fmt: skip
        said = known.pop(row.id, {})
        yield from (
            f"hour {row.id} has another {name} than the journal"
            for name in (*_TIME, "meeting", "giver", "given_at", "removed_at", "booking_id")
            if getattr(row, name) != said.get(name, "nothing")
        )
    yield from (f"hour {id}, which the journal tells of, is not there" for id in known)


BOOKINGS = (
    Invariant(
        "proposals",
        "The times that one side proposed, and what became of them, stand in the journal and are what was proposed.",
        f"People wait for an answer to something else than they proposed. {RESTORE}",
        (_proposals,),
    ),
    Invariant(
        "hours",
        "Each hour was given by whom the journal says, is booked for one meeting of one dossier, and no two of one "
        "person begin alike.",
        f"Somebody comes to an hour that is another's. {RESTORE}",
        (
            _hours,
            asks(
                "SELECT h.id, m.name FROM hour h JOIN meeting m ON m.id = h.booking_id WHERE h.round_id = :round "
                "AND (m.round_id <> h.round_id OR m.name <> h.meeting OR m.dossier_id IS NULL "
                "OR h.removed_at IS NOT NULL)",
                'hour {id} is booked for a meeting "{name}" that is not its own',
            ),
        ),
    ),
    Invariant(
        "booked once",
        "What a dossier owes has one booking that stands.",
        f"People would come twice for the same. {RESTORE}",
        (
            asks(
                "SELECT o.name, o.position, COUNT(*) AS times FROM meeting m JOIN obligation o "
                "ON o.id = m.obligation_id WHERE m.round_id = :round AND m.cancelled_at IS NULL "
                "GROUP BY m.obligation_id, o.name, o.position HAVING COUNT(*) > 1",
                "{name} {position} is booked {times} times",
            ),
        ),
    ),
)
