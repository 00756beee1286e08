"""Is everybody noted who came to a meeting, and does it count for their dossier?"""

from engine.database.invariants.asking import Invariant, asks, both_ways
from engine.database.invariants.moves import RESTORE

_NOTED = (
    "SELECT m.name, m.position, p.email, s.dossier_id, CASE WHEN s.came THEN 'came' ELSE 'excused' END AS outcome, "
    "{} FROM presence s JOIN meeting m ON m.id = s.meeting_id JOIN person p ON p.id = s.person_id "
    "JOIN person b ON b.id = {} WHERE m.round_id = :round"
)
_JOURNALED = (
    "SELECT details ->> 'meeting' AS name, CAST(details ->> 'position' AS INTEGER) AS position, "
    "details ->> 'person' AS email, dossier_id, details ->> 'outcome' AS outcome, details ->> 'reason' AS reason, at, "
    "actor FROM journal WHERE round_id = :round AND what = '{}'"
)
_COLUMNS = "name, position, email, dossier_id, outcome, reason, at, actor"
_COUNTED = (
    "SELECT m.name, p.email FROM presence s JOIN meeting m ON m.id = s.meeting_id JOIN person p ON p.id = s.person_id "
    "LEFT JOIN {table} c ON c.id = s.{table}_id AND c.dossier_id = s.dossier_id "
    "WHERE m.round_id = :round AND s.{table}_id IS NOT NULL AND (c.id IS NULL OR s.came <> {came}{more})"
)
# an attendance names the meeting as the rules do, of which there may be one for each strand or answer: `pitch.small`
_ELSEWHERE = " OR (c.meeting <> m.name AND SUBSTR(m.name, 1, LENGTH(c.meeting) + 1) <> c.meeting || '.')"

PRESENCE = (
    Invariant(
        "presence",
        "Whoever is noted at a meeting stands in the journal, with what was a mistake, and the journal knows no other.",
        f"Somebody is said to have been where they were not. {RESTORE}",
        (
            *both_ways(
                _NOTED.format("s.reason, s.recorded_at AS at, b.email AS actor", "s.recorded_by"),
                _JOURNALED.format("presence recorded"),
                _COLUMNS,
                "{email} is noted at {name} {position}, and the journal does not know it",
                "{email} was noted at {name} {position}, and is not there",
            ),
            *both_ways(
                _NOTED.format("s.ending AS reason, s.ended_at AS at, b.email AS actor", "s.ended_by"),
                _JOURNALED.format("presence corrected"),
                _COLUMNS,
                "{email} is not noted at {name} {position} any more, and the journal does not know it",
                "what was noted of {email} at {name} {position} was a mistake, and stands",
            ),
        ),
    ),
    Invariant(
        "presence counts",
        "What a person's presence counts for is an attendance, or an excuse, of the dossier for which they came.",
        f"A dossier would go on without anybody having come. {RESTORE}",
        (
            asks(
                _COUNTED.format(table="attendance", came="TRUE", more=_ELSEWHERE),
                "{email} came to {name}, and it counts for something else",
            ),
            asks(
                _COUNTED.format(table="excuse", came="FALSE", more=""),
                "{email} is excused from {name}, and it counts for something else",
            ),
            asks(
                "SELECT m.name, p.email FROM presence s JOIN meeting m ON m.id = s.meeting_id "
                "JOIN person p ON p.id = s.person_id WHERE m.round_id = :round "
                "AND (s.attendance_id IS NOT NULL OR (s.excuse_id IS NOT NULL AND s.ending <> 'came after all')) "
                "AND s.ended_at IS NOT NULL",
                "{email} was noted at {name} by mistake, and it still counts",
            ),
            asks(
                "SELECT m.name, p.email FROM presence s JOIN meeting m ON m.id = s.meeting_id "
                "JOIN person p ON p.id = s.person_id WHERE m.round_id = :round "
                "AND (s.came = (s.reason IS NOT NULL) OR (s.ended_at IS NULL) <> (s.ending IS NULL))",
                "{email} is excused from {name} without a reason, or came with one",
            ),
        ),
    ),
)
