"""Does each dossier stand where its moves have led it?"""

from collections.abc import Iterator

from engine.database.invariants.asking import Invariant, Parameters, View, asks, both_ways
from engine.database.standing_moves import MAPPED

RESTORE = "Nothing here writes such rows: restore the database from before, or mend the row by hand and say why."
_MOVES = """
    SELECT t.dossier_id, t.source, t.target, t.name, t.at, t.id, d.number, d.state, d.entered_at, d.version,
        ROW_NUMBER() OVER (PARTITION BY t.dossier_id ORDER BY t.id) AS place,
        LAG(t.target) OVER (PARTITION BY t.dossier_id ORDER BY t.id) AS before,
        LEAD(t.id) OVER (PARTITION BY t.dossier_id ORDER BY t.id) AS next
    FROM transition t JOIN dossier d ON d.id = t.dossier_id WHERE d.round_id = :round
"""
STANDS = "t.undoes_id IS NULL AND NOT EXISTS (SELECT 1 FROM transition u WHERE u.undoes_id = t.id)"
"""a move `t` counts: it takes nothing back, and was not taken back"""
_LAST_THAT_STANDS = f"""
    SELECT d.number, d.entered_at, d.started_at, (
        SELECT t.at FROM transition t WHERE t.dossier_id = d.id AND {STANDS} ORDER BY t.id DESC LIMIT 1
    ) AS since FROM dossier d WHERE d.round_id = :round
"""
_TOLD = """
    SELECT t.dossier_id, ROW_NUMBER() OVER (PARTITION BY t.dossier_id ORDER BY t.id) AS place,
        t.name, t.source, t.target, t.at, t.recorded_at, t.reason, COALESCE(p.email, 'calendar') AS actor,
        CAST(t.batch_id AS TEXT) AS batch
    FROM transition t JOIN dossier d ON d.id = t.dossier_id LEFT JOIN person p ON p.id = t.person_id
    WHERE d.round_id = :round AND t.name <> 'brought in'
"""
_JOURNALED = """
    SELECT j.dossier_id, ROW_NUMBER() OVER (PARTITION BY j.dossier_id ORDER BY j.id) AS place,
        j.details ->> 'name' AS name, j.details ->> 'source' AS source, j.details ->> 'target' AS target,
        j.at, j.recorded_at, j.details ->> 'reason' AS reason, j.actor, CAST(j.details ->> 'batch' AS TEXT) AS batch
    FROM journal j WHERE j.round_id = :round AND j.what = 'transition'
"""


def _begins(view: View) -> Iterator[Parameters]:
    """Where dossiers begin, or began by the rules of then."""
    yield {"begins": list(dict.fromkeys(era.programme.workflow.begins_in for era in view.eras))}


def _moves_of_the_rules(view: View) -> Iterator[Parameters]:
    for era in view.eras:
        workflow = era.programme.workflow
        known = [
            f"{transition.name} {source} {transition.target}"
            for transition in workflow.transitions.values()
            for source in transition.sources
        ]
        yield {"known": [*known, *(f"brought in  {state}" for state in workflow.states)], **era.moves}


def _kinds_of_moves(view: View) -> Iterator[Parameters]:
    for era in view.eras:
        transitions = era.programme.workflow.transitions.values()
        yield {
            "by_calendar": [one.name for one in transitions if one.moment],
            "by_place": [one.name for one in transitions if one.frees],
            "by_timer": [one.name for one in transitions if one.is_timed],
            "by_people": [*(one.name for one in transitions if one.by), MAPPED],
            **era.moves,
        }


MOVES = (
    Invariant(
        "state",
        "A dossier stands where its last move led it, or where all begin.",
        f"Somebody is shown a state that nothing explains. {RESTORE}",
        (
            asks(
                f"SELECT number, state, target FROM ({_MOVES}) AS m WHERE next IS NULL AND state <> target",
                '{number} is "{state}", and its last move led to "{target}"',
            ),
            asks(
                "SELECT number, state FROM dossier d WHERE round_id = :round AND state NOT IN :begins "
                "AND NOT EXISTS (SELECT 1 FROM transition t WHERE t.dossier_id = d.id)",
                '{number} is "{state}" and has never moved: no dossier begins there',
                _begins,
            ),
        ),
    ),
    Invariant(
        "entered",
        "A dossier has been in its state since its last move that was not taken back, or since it was started.",
        f"Its page gives a wrong date. {RESTORE}",
        (
            asks(
                f"SELECT number FROM ({_LAST_THAT_STANDS}) AS s WHERE entered_at <> since",
                "{number} is said to have entered its state at another instant than its last move",
            ),
            asks(
                f"SELECT number FROM ({_LAST_THAT_STANDS}) AS s WHERE since IS NULL AND entered_at <> started_at",
                "{number} has never moved, and is said to have entered its state after it was started",
            ),
        ),
    ),
    Invariant(
        "chain of moves",
        "Each move of a dossier starts where the one before ended, the first where all begin.",
        f"A move is missing, or one was added. {RESTORE}",
        (
            asks(
                f"SELECT number, name, source, COALESCE(before, 'its first state') AS before FROM ({_MOVES}) AS m "
                "WHERE (source <> before OR (before IS NULL AND source NOT IN :begins)) "
                "AND NOT (name = 'brought in' AND place = 1)",
                '{number}: "{name}" starts from "{source}", and the dossier stood in "{before}"',
                _begins,
            ),
        ),
    ),
    Invariant(
        "moves by the rules",
        "Each move is one that the round's rules know, from where they allow it, or takes another back.",
        f"Somebody moved a dossier past the rules. {RESTORE}",
        (
            asks(
                "SELECT d.number, t.name, t.source, t.target FROM transition t JOIN dossier d ON d.id = t.dossier_id "
                "WHERE d.round_id = :round AND t.undoes_id IS NULL AND t.id > :after_move AND t.id <= :last_move "
                f"AND t.name <> '{MAPPED}' AND t.name || ' ' || t.source || ' ' || t.target NOT IN :known",
                '{number}: no rule called "{name}" leads from "{source}" to "{target}"',
                _moves_of_the_rules,
            ),
        ),
    ),
    Invariant(
        "who moved it",
        "The calendar's moves have their deadline, those of people have a person, and neither has both.",
        f"Nobody can say who moved the dossier. {RESTORE}",
        (
            asks(
                "SELECT d.number, t.name FROM transition t JOIN dossier d ON d.id = t.dossier_id "
                "LEFT JOIN deadline l ON l.id = t.deadline_id WHERE d.round_id = :round "
                "AND t.id > :after_move AND t.id <= :last_move AND ("
                "(t.name IN :by_calendar AND (t.person_id IS NOT NULL OR l.id IS NULL OR l.kind <> 'transition' "
                "OR l.name <> t.name OR l.round_id <> d.round_id OR COALESCE(l.dossier_id, d.id) <> d.id)) "
                "OR (t.name IN :by_place AND (t.person_id IS NOT NULL OR l.id IS NULL OR l.kind <> 'freeing' "
                "OR l.name <> t.name OR l.round_id <> d.round_id)) "
                "OR (t.name IN :by_timer AND (t.person_id IS NOT NULL OR l.id IS NULL OR l.kind <> 'timer' "
                "OR l.name <> t.name OR l.dossier_id IS NULL OR l.dossier_id <> d.id)) "
                "OR (t.name IN :by_people AND (t.person_id IS NULL OR t.deadline_id IS NOT NULL)) "
                "OR (t.name = 'brought in' AND (t.person_id IS NOT NULL OR t.deadline_id IS NOT NULL)))",
                '{number}: "{name}" was not made by whom the rules say',
                _kinds_of_moves,
            ),
        ),
    ),
    Invariant(
        "moves by the calendar",
        "What the calendar moved, it moved once its deadline had fired, and as of no earlier instant.",
        f"A dossier was moved before its time. {RESTORE}",
        (
            asks(
                "SELECT d.number, t.name FROM transition t JOIN dossier d ON d.id = t.dossier_id "
                "JOIN deadline l ON l.id = t.deadline_id WHERE d.round_id = :round "
                "AND (l.ended_at IS NULL OR l.ending = 'missed' OR t.recorded_at < l.ended_at OR t.at < l.due_at)",
                '{number}: "{name}" happened, and its deadline had not fired',
            ),
        ),
    ),
    Invariant(
        "moves in time",
        "Nothing happened as of an instant that had not come when it was recorded.",
        f"A clock was wrong, or a date was changed afterwards. {RESTORE}",
        (
            asks(
                "SELECT d.number, t.name FROM transition t JOIN dossier d ON d.id = t.dossier_id "
                "WHERE d.round_id = :round AND t.at > t.recorded_at",
                '{number}: "{name}" is dated after it was recorded',
            ),
        ),
    ),
    Invariant(
        "version",
        "A dossier's version counts its moves.",
        f"Two acts may overwrite one another unseen. {RESTORE}",
        (
            asks(
                "SELECT d.number, d.version, COALESCE(m.moves, 0) AS moves FROM dossier d LEFT JOIN ("
                "SELECT t.dossier_id, COUNT(*) AS moves FROM transition t JOIN dossier o ON o.id = t.dossier_id "
                "WHERE o.round_id = :round AND t.name <> 'brought in' GROUP BY t.dossier_id) m ON m.dossier_id = d.id "
                "WHERE d.round_id = :round AND d.version <> 1 + COALESCE(m.moves, 0)",
                "{number} is at version {version} after {moves} moves",
            ),
        ),
    ),
    Invariant(
        "moves are journaled",
        "Each move stands in the journal with the same facts, and the journal knows of no other.",
        "What happened and what is told of it differ: compare grantcycle journal with a backup, and restore the one "
        "that was changed.",
        (
            *both_ways(
                _TOLD,
                _JOURNALED,
                "dossier_id, place, name, source, target, at, recorded_at, reason, actor, batch",
                'dossier {dossier_id}, move {place}: "{name}" does not stand so in the journal',
                'dossier {dossier_id}, move {place}: the journal knows of "{name}", and the dossier does not',
            ),
            asks(
                "SELECT d.number, t.target FROM transition t JOIN dossier d ON d.id = t.dossier_id "
                "WHERE d.round_id = :round AND t.name = 'brought in' AND (t.at <> d.started_at "
                "OR t.recorded_at <> d.started_at OR t.reason IS NOT NULL OR NOT EXISTS (SELECT 1 FROM journal j "
                "WHERE j.dossier_id = d.id AND j.what = 'dossier started' AND j.at = t.at "
                "AND (j.details ->> 'state' = t.target OR (j.details ->> 'state' IS NULL AND t.target IN :begins))))",
                '{number} was not brought in as "{target}" when the journal says',
                _begins,
            ),
        ),
    ),
)
