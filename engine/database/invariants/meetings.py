"""Do meetings take place when people were told, and was everybody asked who is asked to them?"""

import json
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any

from engine.database.invariants.asking import Invariant, View, asks
from engine.database.invariants.moves import RESTORE
from engine.database.meetings import invitation_uid
from engine.rules.moments import to_instant, tzdata_version

_SITTING = ("day", "start", "end", "place", "online", "seats")
_PART = ("day", "starts_at", "ends_at", "place", "online", "sequence")
_JOURNALED = "SELECT what, at, actor, details FROM journal WHERE round_id = :round AND what IN :whats ORDER BY id"
_MEETING = ("meeting planned", "meeting moved", "meeting cancelled", "meeting worked out again")
_INVITATION = ("invited", "invitation changed", "invitation withdrawn", "answered")


def _happened(view: View, whats: tuple[str, ...]) -> Iterator[tuple[str, int, Mapping[str, Any]]]:
    for row in view.rows(_JOURNALED, whats=list(whats)):
        yield row.what, row.at, {"actor": row.actor, **as_details(row.details)}


def as_details(details: Any) -> Mapping[str, Any]:
    """What an entry of the journal says, which one of the databases gives as text."""
    found: Mapping[str, Any] = json.loads(details) if isinstance(details, str) else details
    return found


def _planned(view: View) -> dict[int, dict[str, Any]]:
    """meeting -> how it stands in the journal, of those that are told of there."""
    known: dict[int, dict[str, Any]] = {}
    for what, at, details in _happened(view, _MEETING):
        one = known.setdefault(details["meeting"], {"sequence": 0})
        if what in ("meeting planned", "meeting moved"):
            one |= {name: details.get(name) for name in _SITTING}
        if what == "meeting planned":
            one |= {"name": details["name"], "position": details["position"], "planner": details["actor"]}
        if what == "meeting cancelled":
            one["cancelled_at"] = at
        one["sequence"] = details.get("sequence", 0)
    return known


def _meetings(view: View) -> Iterator[str]:
    journaled = _planned(view)
    # what a later version of the file adds is journaled, as everything that is planned later
    file = view.eras[0].programme.rounds[view.round.name].meetings
    written = {(name, place): one for name, sittings in file.items() for place, one in enumerate(sittings, start=1)}
    for row in view.rows(
        "SELECT m.*, p.email AS planner FROM meeting m LEFT JOIN person p ON p.id = m.planned_by "
        "WHERE m.round_id = :round ORDER BY m.id"
    ):
        said = journaled.pop(row.id, {"sequence": 0})
        planned = written.pop((row.name, row.position), None) if row.planned_by is None else None
        if "day" not in said and planned is not None:
            hours = {name: hour.isoformat() if hour else None for name, hour in
                     (("start", planned.start), ("end", planned.end))}  # fmt: skip
            said |= {"day": planned.day.isoformat(), **hours, "place": planned.place, "online": planned.online}
        named = f'meeting {row.id}, "{row.name}" {row.position}'
        as_planned = all(getattr(row, one) == said.get(one) for one in ("name", "position", "planner"))
        if view.workflow.find_meeting(row.name) is None or not (planned or as_planned):
            yield f"{named} is not one that the round has"
        for name in ("day", "start", "end", "place", "online", "sequence", "cancelled_at"):
            if getattr(row, name) != said.get(name):
                yield f"{named} has another {name} than people were told"
        zone = view.round.timezone
        for hour, instant in ((row.start, row.starts_at), (row.end, row.ends_at)):
            due = to_instant(date.fromisoformat(row.day), time.fromisoformat(hour), zone) if hour else None
            if (instant != due and row.tzdata == tzdata_version()) or (hour is None) != (instant is None):
                yield f"{named} is at another instant than its day and hour"
    yield from (f'"{name}" {position} of the round file is not written down' for name, position in written)
    yield from (f"meeting {id}, which the journal tells of, is not there" for id in journaled)


def _invitations(view: View) -> Iterator[str]:
    known: dict[str, dict[str, Any]] = {}
    for what, at, details in _happened(view, _INVITATION):
        one = known.setdefault(details["uid"], {})
        if what == "answered":
            one |= {"answer": details["answer"], "answered_at": at, "answered_via": details["via"]}
            continue
        one |= {"person": details["person"], "sequence": details["sequence"], "sent_at": at}
        one["cancelled_at"] = at if what == "invitation withdrawn" else None
        if what != "invitation withdrawn":
            one |= {name: details.get(name) for name in _PART}
        if details.get("asks_again"):
            one |= {"answer": None, "answered_at": None, "answered_via": None}
    for row in view.rows(
        "SELECT i.*, p.email, d.number FROM invitation i JOIN person p ON p.id = i.person_id "
        "LEFT JOIN dossier d ON d.id = i.dossier_id WHERE i.round_id = :round"
    ):
        said = known.pop(row.uid, None)
        if said is None:
            yield f"the journal does not know that {row.email} was asked to meeting {row.meeting_id}"
            continue
        if row.uid != invitation_uid(view.round, row.meeting_id, row.person_id, row.number):
            yield f"invitation {row.uid} was made for something else than {row.email} at meeting {row.meeting_id}"
        for name in (*_PART, "sent_at", "cancelled_at", "answer", "answered_at", "answered_via"):
            if getattr(row, name) != said.get(name):
                yield f"{row.email} has another {name} in invitation {row.uid} than the journal"
    yield from (f"invitation {uid}, which the journal tells of, is not there" for uid in known)


MEETINGS = (
    Invariant(
        "meetings",
        "Meetings take place when and where the round file says, or as somebody planned, moved or cancelled them.",
        f"People come at the wrong hour, or to a closed door. {RESTORE}",
        (_meetings,),
    ),
    Invariant(
        "invitations",
        "Whoever is asked to a meeting stands in the journal, with the time, sequence and answer that are there.",
        f"A calendar shows something else than we do. {RESTORE}",
        (
            _invitations,
            asks(
                "SELECT i.uid, m.name FROM invitation i JOIN meeting m ON m.id = i.meeting_id "
                "WHERE i.round_id = :round AND (m.round_id <> i.round_id OR "
                "(i.cancelled_at IS NULL AND m.cancelled_at IS NOT NULL))",
                'invitation {uid} is to a meeting "{name}" that does not take place here',
            ),
        ),
    ),
    Invariant(
        "invitations told",
        "Every change of an invitation was told in a letter of its own.",
        "Somebody's calendar is behind ours. Ask them to the meeting again by changing it.",
        (
            asks(
                "SELECT i.uid, i.sequence FROM invitation i WHERE i.round_id = :round AND (SELECT COUNT(*) "
                "FROM notification n WHERE n.thread = i.uid) < i.sequence + 1",
                "invitation {uid} was changed {sequence} times, and not every change has its letter",
            ),
            asks(
                "SELECT DISTINCT i.uid FROM invitation i JOIN notification n ON n.thread = i.uid "
                "WHERE i.round_id = :round AND n.person_id <> i.person_id",
                "invitation {uid} is somebody else's than its letters",
            ),
        ),
    ),
)
