"""Is what is owed laid out, asked for in time, and fulfilled by what came?"""

from collections.abc import Iterator

from engine.database.invariants.asking import Invariant, Parameters, View, asks, both_ways
from engine.database.invariants.moves import RESTORE
from engine.rules.agenda import ORDER, PLACES, last_day_before, zone_of_owed

AFTER = len(ORDER) * PLACES
"""the position of what a dossier owes: after all that the round itself does at that instant"""
_JOURNALED = {
    "attended": (
        "SELECT a.dossier_id, 'attended' AS what, a.meeting AS of_what, a.recorded_at AS at, p.email AS actor "
        "FROM attendance a JOIN person p ON p.id = a.recorded_by JOIN dossier d ON d.id = a.dossier_id "
        "WHERE d.round_id = :round"
    ),
    "excused": (
        "SELECT e.dossier_id, 'excused' AS what, e.reason AS of_what, e.recorded_at AS at, p.email AS actor "
        "FROM excuse e JOIN person p ON p.id = e.recorded_by JOIN dossier d ON d.id = e.dossier_id "
        "WHERE d.round_id = :round"
    ),
    "delivered": (
        "SELECT v.dossier_id, 'delivered' AS what, v.deliverable || CASE WHEN v.late THEN ' late' ELSE '' END "
        "AS of_what, v.received_at AS at, p.email AS actor FROM delivery v JOIN person p ON p.id = v.delivered_by "
        "JOIN dossier d ON d.id = v.dossier_id WHERE d.round_id = :round"
    ),
}
_IN_JOURNAL = """
    SELECT dossier_id, what, CASE what WHEN 'attended' THEN details ->> 'meeting'
        WHEN 'excused' THEN details ->> 'reason' ELSE (details ->> 'deliverable')
        || CASE WHEN details ->> 'late' IS NULL THEN '' ELSE ' late' END END AS of_what, at, actor
    FROM journal AS j WHERE round_id = :round AND what IN ('attended', 'excused', 'delivered')
    AND NOT EXISTS (SELECT 1 FROM journal t WHERE t.round_id = j.round_id AND t.dossier_id = j.dossier_id
        AND t.what = CASE j.what WHEN 'attended' THEN 'attendance taken back' ELSE 'excuse taken back' END
        AND t.details ->> 'was' = CAST(j.at AS VARCHAR) AND j.what <> 'delivered')
"""
_FULFILMENTS = """
    SELECT a.obligation_id, a.dossier_id, 'attend ' || a.meeting AS by_what, a.recorded_at AS at FROM attendance a
    UNION ALL SELECT v.obligation_id, v.dossier_id, 'deliver ' || v.deliverable, v.received_at FROM delivery v
    JOIN obligation w ON w.id = v.obligation_id AND w.name NOT IN :reviewed
    UNION ALL SELECT v.obligation_id, v.dossier_id, 'deliver ' || v.deliverable, r.reviewed_at FROM delivery v
    JOIN review r ON r.delivery_id = v.id AND r.outcome = 'accepted'
"""
"""what is reviewed is fulfilled by the word of staff, all else by what came"""


def _known(view: View) -> Iterator[Parameters]:
    then = [one for era in view.eras for one in era.programme.workflow.obligations.values()]
    for one in view.workflow.obligations.values():
        by_what = f"attend {one.attend}" if one.attend else f"deliver {one.deliver}"
        names = [one.name, one.attend or ""]
        owed_by = {state for earlier in then if earlier.name == one.name for state in earlier.owed_by}
        yield {
            "name": one.name, "by_what": by_what, "owed_by": sorted(owed_by), "names": names,
            "reviewed": reviewed_by_staff(view),
        }  # fmt: skip


def reviewed_by_staff(view: View) -> list[str]:
    """The obligations that count only when they are accepted."""
    return [one.name for one in view.workflow.obligations.values() if one.accepted_by]


def _reviewed(view: View) -> Iterator[Parameters]:
    yield {"reviewed": reviewed_by_staff(view)}


def _unasked(view: View) -> Iterator[Parameters]:
    yield {"unasked": [one.name for one in view.workflow.deliverables.values() if one.open_to]}


def _names(view: View) -> Iterator[Parameters]:
    yield {"names": list(view.workflow.obligations), "ended": list(view.workflow.ends_in)}


def _last_days(view: View) -> Iterator[str]:
    rows = view.rows(
        "SELECT DISTINCT o.name, o.due_at, o.last_day, d.clocks FROM obligation o "
        "JOIN dossier d ON d.id = o.dossier_id "
        "WHERE d.round_id = :round AND o.fulfilled_at IS NULL AND o.excused_at IS NULL"
    )
    for name, due_at, last_day, clocks in rows:
        zone = zone_of_owed(view.workflow.obligations[name], view.calendar.of_clocks(clocks))
        day = last_day_before(due_at, zone)
        if day.isoformat() != last_day:
            yield f"what is owed until {last_day} is due at the end of {day}"


OBLIGATIONS = (
    Invariant(
        "handed in unasked",
        "What was handed in without being owed is something that the rules leave open to a state.",
        f"A report counts that nobody asked for. {RESTORE}",
        (
            asks(
                "SELECT d.number, v.deliverable FROM delivery v JOIN dossier d ON d.id = v.dossier_id "
                "WHERE d.round_id = :round AND v.obligation_id IS NULL AND v.deliverable NOT IN :unasked",
                "{number}: {deliverable} was handed in, and nothing asked for it",
                _unasked,
            ),
        ),
    ),
    Invariant(
        "one end",
        "What is owed is open, or fulfilled, or excused, and no two of them.",
        f"A report is counted twice. {RESTORE}",
        (
            asks(
                "SELECT d.number, o.name, o.position FROM obligation o JOIN dossier d ON d.id = o.dossier_id "
                "WHERE d.round_id = :round AND o.fulfilled_at IS NOT NULL AND o.excused_at IS NOT NULL",
                "{number}: {name} {position} is both fulfilled and excused",
            ),
        ),
    ),
    Invariant(
        "windows",
        "What is owed is known to the rules, in windows that open before they close, numbered without a gap, until the "
        "day that people were told.",
        f"A report is asked for on the wrong day, or one is missing. {RESTORE}",
        (
            asks(
                "SELECT d.number, o.name, o.position FROM obligation o JOIN dossier d ON d.id = o.dossier_id "
                "WHERE d.round_id = :round AND (o.opens_at >= o.due_at OR o.name NOT IN :names)",
                "{number}: {name} {position} is not something that the rules ask for",
                _names,
            ),
            asks(
                "SELECT d.number, o.name FROM obligation o JOIN dossier d ON d.id = o.dossier_id "
                # who came to owe more by other rules does not owe what was due before there were these
                "WHERE d.round_id = :round AND NOT EXISTS (SELECT 1 FROM version v WHERE v.round_id = d.round_id) "
                "GROUP BY d.number, o.name "
                "HAVING MIN(o.position) < 1 OR MAX(o.position) - MIN(o.position) + 1 <> COUNT(*)",
                "{number}: {name} has a gap",
            ),
            _last_days,
        ),
    ),
    Invariant(
        "laid out",
        "A dossier owes what the state asks for that it entered when its obligations were laid out.",
        f"Somebody is asked for what they do not owe. {RESTORE}",
        (
            asks(
                "SELECT d.number, o.name, o.position FROM obligation o JOIN dossier d ON d.id = o.dossier_id "
                "WHERE d.round_id = :round AND o.name = :name AND NOT EXISTS (SELECT 1 FROM transition t "
                "WHERE t.dossier_id = d.id AND t.at = o.laid_out_at AND t.target IN :owed_by)",
                "{number}: nothing made it owe {name} {position}",
                _known,
            ),
        ),
    ),
    Invariant(
        "fulfilled by something",
        "What is fulfilled is so by one attendance or delivery of that instant, and what is excused by one excuse.",
        f"Nobody can show why a report counts as in. {RESTORE}",
        (
            asks(
                "SELECT d.number, o.position FROM obligation o JOIN dossier d ON d.id = o.dossier_id "
                "WHERE d.round_id = :round AND o.name = :name AND o.fulfilled_at IS NOT NULL AND 1 <> ("
                f"SELECT COUNT(*) FROM ({_FULFILMENTS}) AS f WHERE f.obligation_id = o.id "
                "AND f.dossier_id = o.dossier_id AND f.by_what = :by_what AND f.at = o.fulfilled_at)",
                "{number}: {name} {position} is said to be fulfilled, and by nothing that came",
                _known,
            ),
            asks(
                "SELECT d.number, o.position FROM obligation o JOIN dossier d ON d.id = o.dossier_id "
                "WHERE d.round_id = :round AND o.name = :name AND o.excused_at IS NOT NULL AND 1 <> ("
                "SELECT COUNT(*) FROM excuse e WHERE e.obligation_id = o.id AND e.dossier_id = o.dossier_id "
                "AND e.of IN :names AND e.recorded_at = o.excused_at)",
                "{number}: {name} {position} is said to be excused, and nobody excused it",
                _known,
            ),
            asks(
                f"SELECT d.number, f.by_what FROM ({_FULFILMENTS}) AS f JOIN dossier d ON d.id = f.dossier_id "
                "JOIN obligation o ON o.id = f.obligation_id WHERE d.round_id = :round "
                "AND (o.fulfilled_at IS NULL OR o.fulfilled_at <> f.at OR o.dossier_id <> f.dossier_id)",
                "{number}: {by_what} came for something that is not said to be fulfilled by it",
                _reviewed,
            ),
            asks(
                "SELECT d.number, e.of FROM excuse e JOIN dossier d ON d.id = e.dossier_id "
                "JOIN obligation o ON o.id = e.obligation_id WHERE d.round_id = :round "
                "AND (o.excused_at IS NULL OR o.excused_at <> e.recorded_at OR o.dossier_id <> e.dossier_id)",
                '{number}: the excuse from "{of}" excuses nothing',
            ),
        ),
    ),
    Invariant(
        "asked for in time",
        "What is open has a deadline that finds it overdue; what is overdue was found so by one.",
        f"A report that does not come would never be missed. {RESTORE}",
        (
            asks(
                "SELECT d.number, o.name, o.position FROM obligation o JOIN dossier d ON d.id = o.dossier_id "
                "LEFT JOIN deadline l ON l.round_id = d.round_id "
                "AND l.key = 'overdue ' || d.number || ' ' || o.last_day AND l.kind = 'overdue' "
                "AND l.dossier_id = d.id AND l.due_at = o.due_at WHERE d.round_id = :round "
                "AND o.fulfilled_at IS NULL AND o.excused_at IS NULL AND o.handed_in_at IS NULL "
                "AND d.state NOT IN :ended "
                "AND (l.id IS NULL OR (o.overdue_at IS NULL) <> (l.ended_at IS NULL) OR o.overdue_at <> l.due_at)",
                "{number}: {name} {position} has no deadline that minds it",
                _names,
            ),
            asks(
                "SELECT l.key FROM deadline l JOIN dossier d ON d.id = l.dossier_id WHERE l.round_id = :round "
                "AND l.kind IN ('overdue', 'obligation reminder') AND (l.name <> d.number OR l.moment <> l.key "
                f"OR l.position <> CASE l.kind WHEN 'overdue' THEN {AFTER} ELSE {AFTER + PLACES} END "
                "OR l.kind = 'overdue' AND l.valid_until IS NOT NULL OR l.fires_at < l.due_at "
                "OR (l.kind = 'obligation reminder' AND l.fires_at <> l.due_at))",
                '"{key}" is not what a dossier\'s own deadline is',
            ),
        ),
    ),
    Invariant(
        "what came is journaled",
        "Each attendance, excuse and delivery stands in the journal, and the journal knows of no other.",
        f"Something was added or taken away that people did. {RESTORE}",
        both_ways(
            " UNION ALL ".join(_JOURNALED.values()), _IN_JOURNAL, "dossier_id, what, of_what, at, actor",
            'dossier {dossier_id}: "{what} {of_what}" by {actor} does not stand in the journal',
            'dossier {dossier_id}: the journal knows of "{what} {of_what}" by {actor}, and nothing else does',
        ),
    ),
)
