"""Has each dossier the deadlines that its stay in a state gives it: all of them, on their days, and no others?"""

from collections.abc import Iterator, Mapping
from datetime import date

from engine.database.anchors import anchors_of
from engine.database.invariants.asking import Invariant, Parameters, View, asks
from engine.database.invariants.deadlines import LONGEST_SETTLE, RESTART
from engine.database.invariants.moves import RESTORE
from engine.rules.timers import MOVES, Given, hangs_on_own_day, of_timers, timers_from

STAY = (
    "COALESCE((SELECT MAX(t.id) FROM transition t WHERE t.dossier_id = d.id AND t.undoes_id IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM transition u WHERE u.undoes_id = t.id)), 0)"
)
_STAYS = (
    f"SELECT d.id, d.number, d.state, d.started_at, {STAY} AS stay FROM dossier d WHERE d.round_id = :round"
)
_SINCE = f"SELECT s.*, COALESCE(m.recorded_at, s.started_at) AS since FROM ({_STAYS}) AS s " \
    "LEFT JOIN transition m ON m.id = s.stay"  # fmt: skip
_EXTENDED = (
    "SELECT e.dossier_id, e.of, e.new_day, e.decided_at FROM extension e WHERE e.round_id = :round "
    "AND e.dossier_id IS NOT NULL AND e.undoes_id IS NULL "
    "AND NOT EXISTS (SELECT 1 FROM extension u WHERE u.undoes_id = e.id) ORDER BY e.id"
)


def _words(view: View) -> Iterator[Parameters]:
    """Each thing that the calendar does of a dossier because it stays, with the states in which it does."""
    for one in of_timers(view.workflow):
        if one.after:
            yield {"word": f"timer {one.name} 1 ", "states": list(one.sources)}
    for reminder in view.workflow.reminders.values():
        for number, _ in enumerate(reminder.after, start=1):
            yield {"word": f"timer reminder {reminder.name} {number} ", "states": list(reminder.about)}


def _moves(view: View) -> Iterator[Parameters]:
    for one in of_timers(view.workflow):
        yield {"word": f"timer {one.name} 1 ", "states": list(one.sources), "transition": one.name}


def _days(view: View) -> Iterator[str]:
    """What has not fired beside what the rules say of a dossier that came there then."""
    extended: dict[tuple[int, str], list[tuple[int, str]]] = {}
    for row in view.rows(_EXTENDED):
        extended.setdefault((row.dossier_id, row.of), []).append((row.decided_at, row.new_day))
    for row in view.rows(
        f"SELECT s.id, s.state, s.since, l.key, l.kind, l.name, l.due_at, l.fires_at, l.position, l.moment, "
        f"l.valid_until FROM ({_SINCE}) AS s JOIN deadline l ON l.dossier_id = s.id "
        "WHERE l.kind IN ('timer', 'timer reminder', 'timer verdicts', 'timer promise') AND l.ended_at IS NULL "
        "ORDER BY l.id"
    ):
        moved = {
            one.name: date.fromisoformat(day)
            for one in of_timers(view.workflow)
            for at, day in extended.get((row.id, f"{one.name} after"), ())
            if at >= row.since
        }
        anchors: Mapping[str, date] = {}
        if hangs_on_own_day(view.workflow, row.state):
            anchors = anchors_of(view.session, view.workflow, row.id, view.calendar.zone)
        given = Given(moved, anchors)
        rules = timers_from(view.workflow, view.calendar, row.state, since=row.since, settle=0, given=given)
        rule = next((one for one in rules if row.key.startswith(f"{one.word} ")), None)
        if rule is None:
            yield f'"{row.key}" is something that no rule gives a dossier there'
        elif (row.kind, row.name, row.position, row.moment) != (rule.kind, rule.name, rule.position, rule.moment):
            yield f'"{row.key}" is not what the rules say that it is'
        elif (row.due_at, row.valid_until) != (rule.at, rule.valid_until):
            yield f'"{row.key}" is not due when the rules and the day on which it came there say'
        elif not 0 <= row.fires_at - rule.fires_at <= (LONGEST_SETTLE if rule.kind == MOVES else 0):
            yield f'"{row.key}" does not fire when the rules and the day on which it came there say'


TIMERS = (
    Invariant(
        "own time",
        "A dossier has the deadlines that the rules give it because it stays where it stands, and none of where it "
        "stood before.",
        f"An offer would never lapse, or lapse for somebody who has answered it. {RESTORE}",
        (
            asks(
                f"SELECT s.number, s.state FROM ({_STAYS}) AS s WHERE s.state IN :states AND NOT EXISTS ("
                "SELECT 1 FROM deadline l WHERE l.round_id = :round AND l.dossier_id = s.id "
                "AND l.key = :word || s.number || ' ' || CAST(s.stay AS TEXT)) AND NOT EXISTS ("
                # what was past when an act was taken back is owed to nobody any more
                "SELECT 1 FROM transition t JOIN transition u ON u.undoes_id = t.id WHERE t.dossier_id = s.id "
                "AND :word LIKE 'timer reminder %')",
                '{number} is "{state}", and nothing says that "{word}" happens to it there',
                _words,
            ),
            asks(
                f"SELECT l.key FROM ({_STAYS}) AS s JOIN deadline l ON l.dossier_id = s.id "
                "WHERE l.kind IN ('timer', 'timer reminder', 'timer verdicts', 'timer promise') "
                "AND l.ended_at IS NULL "
                "AND l.key NOT LIKE '% ' || s.number || ' ' || CAST(s.stay AS TEXT)",
                '"{key}" is of a state that the dossier has left',
            ),
        ),
    ),
    Invariant(
        "days of its own",
        "What happens to a dossier because it stays falls due so long after it came there, or on the day to which it "
        "was extended.",
        f"Somebody has less time than the rules give, or more. {RESTART} If that does not help, {RESTORE}",
        (_days,),
    ),
    Invariant(
        "nobody outstays",
        "When a dossier has stood somewhere for as long as it may, it has moved, or is held back by a guard.",
        "A dossier waits for a move whose time has come: any act in the round takes it up; if none does, move it by "
        "hand.",
        (
            asks(
                f"SELECT s.number, s.state FROM ({_STAYS}) AS s JOIN deadline l ON l.round_id = :round "
                "AND l.key = :word || s.number || ' ' || CAST(s.stay AS TEXT) AND l.dossier_id = s.id "
                "WHERE s.state IN :states AND l.ending = 'fired' AND NOT EXISTS (SELECT 1 FROM held_back h "
                "WHERE h.deadline_id = l.id AND h.dossier_id = s.id AND h.transition = :transition)",
                '{number}: "{transition}" has fired and left it in "{state}"',
                _moves,
            ),
        ),
    ),
)
