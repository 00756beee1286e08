"""Has all that was due happened: once, in order, and neither too early nor to nobody?"""

from collections.abc import Iterator
from functools import cache

from engine.database.invariants.asking import Invariant, Parameters, View, asks, both_ways
from engine.database.invariants.moves import RESTORE, STANDS
from engine.rules.agenda import agenda
from engine.rules.moments import Calendar, from_instant, tzdata_version

RESTART = "Start grantcycle serve (or worker) anew: it works out anew what has not fired."
LONGEST_SETTLE = 3600 * 1_000_000
"""as long as a settle period may be set to (microseconds)"""
_FIRED = (
    "CASE what WHEN 'place freed' THEN 'place ' || (details ->> 'name') || ' ' || (details ->> 'freeing') "
    "ELSE details ->> 'name' END"
)
"""the key of the deadline that a line of the journal tells of"""
_BASE = (
    "CASE WHEN l.clocks IS NOT NULL THEN SUBSTR(l.key, 1, LENGTH(l.key) - LENGTH(l.clocks) - LENGTH(' clocks ')) "
    "WHEN l.strand IS NOT NULL THEN SUBSTR(l.key, 1, LENGTH(l.key) - LENGTH(l.strand) - LENGTH(' strand ')) "
    "ELSE l.key END"
)
"""the key that a deadline has for all strands, and by all clocks"""
_OWN = f"SELECT o.id FROM deadline o WHERE o.round_id = l.round_id AND o.key = {_BASE} || ' ' || d.number"
_APART = "SELECT s.id FROM deadline s WHERE s.round_id = l.round_id AND s.key = l.key || ' strand ' || d.strand"
_BY_THEIRS = "SELECT s.id FROM deadline s WHERE s.round_id = l.round_id AND s.key = l.key || ' clocks ' || d.clocks"
_IN_ORDER = """
    SELECT l.key, l.fires_at, l.position, j.id, LAG(j.id) OVER (ORDER BY j.id) AS id_before,
        LAG(l.key) OVER (ORDER BY j.id) AS before, LAG(l.fires_at) OVER (ORDER BY j.id) AS fired_before,
        LAG(l.position) OVER (ORDER BY j.id) AS position_before
    FROM journal j CROSS JOIN deadline l  -- in this order: few rows of the journal are about deadlines
    WHERE j.round_id = :round AND j.what IN ('due', 'missed') AND l.round_id = j.round_id
        AND l.key = j.details ->> 'name' AND l.dossier_id IS NULL AND l.kind <> 'seat offer' AND NOT (
        l.kind IN ('transition', 'verdicts') AND EXISTS (
            SELECT 1 FROM journal w WHERE w.round_id = :round AND w.what = 'waits for release'
            AND w.details ->> 'batch' = l.moment || COALESCE(' batch ' || CAST(l.batch AS TEXT), '')
        )
    )
"""


def _agenda(view: View) -> Iterator[str]:
    """The round's own deadlines beside those that its rules and dates give."""
    expected = {due.key: due for due in agenda(view.workflow, view.calendar, settle=0)}
    rows = view.rows(
        "SELECT key, kind, name, moment, position, batch, strand, clocks, due_at, fires_at, valid_until, ended_at "
        "FROM deadline WHERE round_id = :round AND dossier_id IS NULL "
        "AND kind NOT IN ('freeing', 'seat offer') ORDER BY id"
    )
    earlier: dict[str, set[tuple[str, str, str, int]]] = {}
    for era in view.eras[:-1]:
        for one in agenda(era.programme.workflow, Calendar(era.programme.rounds[view.round.name]), settle=0):
            earlier.setdefault(one.key, set()).add((one.kind, one.name, one.moment, one.position))
    ended: dict[str, int] = {}
    batches = len(view.calendar.batches) if view.calendar.cut else 0
    for row in rows:
        if row.ended_at is not None:
            ended[row.key] = row.ended_at
        due = expected.pop(row.key, None)
        if row.ended_at is not None and (row.kind, row.name, row.moment, row.position) in earlier.get(row.key, ()):
            continue  # it ended by the rules of then
        if due is None and row.ended_at is not None and row.batch is not None and row.batch > batches:
            continue  # it ended while there was such a batch: the phase has been made shorter since
        if due is None and row.ended_at is not None and row.clocks is not None:
            continue  # it ended while there was a dossier with these clocks
        if due is None:
            yield f'"{row.key}" is a deadline that no rule gives'
        elif (row.kind, row.name, row.moment, row.position, row.batch, row.strand, row.clocks) != (
            due.kind, due.name, due.moment, due.position, due.batch, due.strand, due.clocks
        ):  # fmt: skip
            yield f'"{row.key}" is not what the rules say that it is'
        elif row.ended_at is None and (row.due_at, row.valid_until) != (due.at, due.valid_until):
            yield f'"{row.key}" is not due when the rules and the dates say'
        elif row.ended_at is None and not 0 <= row.fires_at - due.fires_at <= _settle(due.moment):
            yield f'"{row.key}" does not fire when the rules and the dates say'
    for key, due in expected.items():
        if due.is_of_some and due.fires_at <= ended.get(due.base, 0):
            continue  # it had happened for all before the strand, or the clocks, had a date of their own
        if due.clocks is not None and due.fires_at <= view.now:
            continue  # it came by these clocks before any dossier went by them; what has fired stands in the journal
        yield f'"{key}" is missing: it would never happen'


def _settle(moment: str) -> int:
    """By how much a deadline may fire later than grace allows: at a close, or so long after one, by the settle period,
    and at no other moment."""
    return LONGEST_SETTLE if moment.endswith(" closes") else 0


def _local_times(view: View) -> Iterator[str]:
    rows = view.rows(
        "SELECT DISTINCT local, due_at, zone FROM deadline WHERE round_id = :round "
        "AND (ended_at IS NULL OR tzdata = :tzdata)",
        tzdata=tzdata_version(),
    )
    here = cache(lambda instant, zone: from_instant(instant, zone).isoformat())
    for local, due_at, zone in rows:
        if zone != view.round.timezone:
            yield f"what is due on {local} was worked out for {zone}, and the round runs in {view.round.timezone}"
        elif here(due_at, zone) != local:
            yield f"{local} in {zone} is not the instant that was worked out for it"


def _calendar_moves(view: View) -> Iterator[Parameters]:
    for transition in view.workflow.transitions.values():
        # whom a transition refuses that names another is left to that one
        if transition.moment and not isinstance(transition.if_not, str):
            yield {"transition": transition.name, "sources": list(transition.sources)}


DEADLINES = (
    Invariant(
        "agenda",
        "The round's deadlines are those that its rules and dates give: none is missing, none is too many.",
        f"Something would never happen, or at another time than people were told. {RESTART} If that does not help, "
        "restore the database from before.",
        (_agenda,),
    ),
    Invariant(
        "local times",
        "An instant that was worked out is still the local time that people were told.",
        f"The rules of a time zone have changed. {RESTART}",
        (
            _local_times,
            asks("SELECT key FROM deadline WHERE round_id = :round AND tzdata = ''",
                 '"{key}" does not say with which zone data it was worked out'),
        ),
    ),
    Invariant(
        "own deadlines",
        "A dossier's own deadline does what the round's deadline of that name does.",
        f"An extension would move the dossier elsewhere. {RESTORE}",
        (
            asks(
                "SELECT o.key FROM deadline o LEFT JOIN dossier d ON d.id = o.dossier_id AND d.round_id = o.round_id "
                "LEFT JOIN deadline l ON l.round_id = o.round_id AND l.dossier_id IS NULL "
                f"AND o.key = {_BASE} || ' ' || d.number AND (l.strand IS NULL OR l.strand = d.strand) "
                "AND (l.clocks IS NULL OR l.clocks = d.clocks) "
                "WHERE o.round_id = :round "
                "AND o.kind IN ('edge', 'transition', 'reminder') AND o.dossier_id IS NOT NULL AND ("
                # one of them may have ended by rules whose place others have taken
                "((o.ended_at IS NULL AND l.ended_at IS NULL OR NOT EXISTS (SELECT 1 FROM version v "
                "WHERE v.round_id = o.round_id)) AND (l.id IS NULL OR l.kind <> o.kind OR l.name <> o.name "
                "OR l.moment <> o.moment OR l.position <> o.position)) "
                "OR o.fires_at < o.due_at OR o.fires_at > o.due_at + :settle + 86400000000)",
                '"{key}" is not what the round\'s deadline of that name is',
                lambda _: [{"settle": LONGEST_SETTLE}],
            ),
            asks(
                "SELECT o.key FROM deadline o WHERE o.round_id = :round AND o.dossier_id IS NOT NULL "
                "AND o.kind NOT IN ('edge', 'transition', 'reminder', 'overdue', 'obligation reminder', "
                "'timer', 'timer reminder', 'timer verdicts', 'timer promise', 'unpaid')",
                '"{key}" is of no kind that a dossier has by itself',
            ),
            asks(
                "SELECT key FROM deadline WHERE round_id = :round AND (strand IS NOT NULL OR clocks IS NOT NULL) "
                "AND (dossier_id IS NOT NULL OR kind IN ('freeing', 'seat offer'))",
                '"{key}" is of one dossier or of one place, and not of a strand',
            ),
        ),
    ),
    Invariant(
        "endings",
        "A deadline has ended with an ending, and not before: fired, missed by a reminder, or elsewhere.",
        f"It may happen twice, or never. {RESTORE}",
        (
            asks(
                "SELECT l.key FROM deadline l JOIN round r ON r.id = l.round_id WHERE l.round_id = :round AND ("
                "(l.ended_at IS NULL) <> (l.ending IS NULL) "
                "OR l.ending NOT IN ('fired', 'missed', 'elsewhere', 'passed') "
                "OR (l.ending = 'passed' AND (l.fires_at > l.ended_at OR l.kind NOT IN ('announcement', 'reminder', "
                "'promise') OR NOT EXISTS (SELECT 1 FROM version v WHERE v.round_id = l.round_id "
                "AND v.at = l.ended_at))) "
                "OR (l.ending = 'missed' AND l.valid_until IS NULL) "
                "OR (l.ending = 'elsewhere' AND (r.as_of IS NULL OR l.due_at >= r.as_of)) "
                "OR (l.awaits_release AND (l.ended_at IS NOT NULL OR l.kind NOT IN ('transition', 'verdicts'))))",
                '"{key}" has not ended as a deadline ends',
            ),
        ),
    ),
    Invariant(
        "not too early",
        "No deadline has fired before its time.",
        f"Somebody was cut off too early. {RESTORE}",
        (
            asks(
                "SELECT key FROM deadline WHERE round_id = :round "
                "AND (fires_at < due_at OR (ending IN ('fired', 'missed') AND ended_at < fires_at))",
                '"{key}" fired before its time',
            ),
        ),
    ),
    Invariant(
        "reminders in time",
        "No reminder was told after it had become worthless, and none was missed before.",
        f"Somebody was told to hurry when it was too late. {RESTORE}",
        (
            asks(
                "SELECT key FROM deadline WHERE round_id = :round AND ((ending = 'fired' AND ended_at >= valid_until) "
                "OR (ending = 'missed' AND ended_at < valid_until))",
                '"{key}" was told too late, or given up too early',
            ),
        ),
    ),
    Invariant(
        "in order",
        "The round's deadlines have fired in the order of their instants.",
        f"What should have happened first happened second. {RESTORE}",
        (
            asks(
                f"SELECT key, before FROM ({_IN_ORDER}) AS o WHERE (fires_at < fired_before "
                "OR (fires_at = fired_before AND position < position_before)) AND NOT EXISTS ("
                # what other rules brought whose instant had passed could not fire before there were these rules
                "SELECT 1 FROM journal w WHERE w.round_id = :round AND w.what = 'round replaced' "
                "AND w.id > o.id_before AND w.id < o.id) AND NOT EXISTS ("
                # and a date that was moved may have brought it to an instant that had passed by then
                "SELECT 1 FROM journal w WHERE w.round_id = :round AND w.what IN ('extended', 'extension taken back') "
                "AND w.id > o.id_before AND w.id < o.id AND o.fires_at <= w.recorded_at)",
                '"{key}" fired after "{before}", which comes later',
            ),
        ),
    ),
    Invariant(
        "firings are journaled",
        "Each deadline that fired, or was missed, stands in the journal once, at the instant at which it ended.",
        f"A deadline fired twice, or its end was written by hand. {RESTORE}",
        both_ways(
            "SELECT key AS name, CASE WHEN kind = 'freeing' THEN 'place freed' WHEN ending = 'fired' THEN 'due' "
            "ELSE ending END AS what, ended_at AS at, 1 AS n "
            "FROM deadline WHERE round_id = :round AND ended_at IS NOT NULL "
            "AND ending NOT IN ('elsewhere', 'passed')",
            f"SELECT {_FIRED} AS name, what, recorded_at AS at, ROW_NUMBER() OVER "
            f"(PARTITION BY {_FIRED} ORDER BY id) AS n FROM journal "
            "WHERE round_id = :round AND what IN ('due', 'missed', 'place freed')",
            "name, what, at, n",
            '"{name}" has ended, and the journal does not say so',
            'the journal says that "{name}" happened, and its deadline does not',
        ),
    ),
    Invariant(
        "nobody left behind",
        "When a calendar move has fired, whoever stood where it starts has moved, or is held back by a guard.",
        "A dossier waits for a move that has passed: any act in the round takes it up; if none does, move it by hand.",
        (
            asks(
                "SELECT d.number, l.key FROM deadline l "
                "JOIN dossier d ON d.round_id = l.round_id AND d.state IN :sources "
                "AND (l.batch IS NULL OR d.batch IS NULL OR d.batch = l.batch) "
                "AND (l.strand = d.strand OR (l.strand IS NULL AND (d.strand IS NULL "
                f"OR NOT EXISTS ({_APART})))) "
                "AND (l.clocks = d.clocks OR (l.clocks IS NULL AND (d.clocks IS NULL "
                f"OR NOT EXISTS ({_BY_THEIRS})))) "
                "AND (l.dossier_id = d.id OR l.dossier_id IS NULL) WHERE l.round_id = :round AND l.kind = 'transition' "
                "AND l.name = :transition AND l.ending IN ('fired', 'elsewhere') "
                f"AND (l.dossier_id IS NOT NULL OR NOT EXISTS ({_OWN})) "
                "AND NOT EXISTS (SELECT 1 FROM transition t WHERE t.deadline_id = l.id AND t.dossier_id = d.id) "
                "AND NOT EXISTS (SELECT 1 FROM held_back h WHERE h.deadline_id = l.id AND h.dossier_id = d.id "
                "AND h.transition = l.name) "
                # who was brought in later stays where it was put, and so does a draft that was begun later
                "AND NOT (d.started_at >= l.ended_at AND NOT EXISTS (SELECT 1 FROM transition t "
                f"WHERE t.dossier_id = d.id AND t.name <> 'brought in' AND {STANDS}))",
                '{number}: "{key}" has fired and left it where it was',
                _calendar_moves,
            ),
        ),
    ),
    Invariant(
        "held back",
        "Who is held back is so by a deadline that has ended, and the journal says why.",
        f"Staff see a dossier on their list that nothing put there. {RESTORE}",
        (
            asks(
                "SELECT d.number, h.transition FROM held_back h JOIN deadline l ON l.id = h.deadline_id "
                "JOIN dossier d ON d.id = h.dossier_id WHERE l.round_id = :round AND (d.round_id <> l.round_id "
                "OR l.kind NOT IN ('transition', 'freeing', 'timer') OR l.name <> h.transition OR l.ended_at IS NULL "
                "OR h.since < l.ended_at "
                "OR NOT EXISTS (SELECT 1 FROM journal j WHERE j.dossier_id = d.id AND j.what = 'held back' "
                "AND j.recorded_at = h.since AND j.details ->> 'name' = h.transition "
                "AND j.details -> 'reasons' ->> 0 = h.reasons ->> 0 "
                "AND COALESCE(j.details -> 'reasons' ->> 1, '') = COALESCE(h.reasons ->> 1, '')))",
                '{number} is held back from "{transition}", and nothing says why',
            ),
        ),
    ),
)
