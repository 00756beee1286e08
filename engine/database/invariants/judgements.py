"""Is what committees and staff decided still what they decided, and is nothing given twice?"""

from collections.abc import Iterator

from engine.database.caps import caps_of
from engine.database.invariants.asking import Invariant, Parameters, View, asks, both_ways
from engine.database.invariants.moves import RESTORE, STANDS
from engine.database.invariants.timers import STAY
from engine.database.standing_moves import MAPPED
from engine.database.store import the_id
from engine.rules.ranking import per_of
from engine.rules.workflow import STRAND

_VERDICTS = """
    SELECT v.dossier_id, v.transition AS name, v.recorded_at AS at, p.email AS actor, v.reason,
        CASE WHEN v.minuted THEN 1 ELSE 0 END AS minuted
    FROM verdict v JOIN dossier d ON d.id = v.dossier_id JOIN person p ON p.id = v.recorded_by
    WHERE d.round_id = :round
"""
_VERDICTS_JOURNALED = """
    SELECT dossier_id, details ->> 'name' AS name, at, actor, details ->> 'reason' AS reason,
        CASE WHEN details ->> 'minuted' IS NULL THEN 0 ELSE 1 END AS minuted
    FROM journal WHERE round_id = :round AND what = 'verdict recorded'
"""
_SUCCESSOR = (
    "SELECT 1 FROM journal j WHERE j.dossier_id = v.dossier_id AND j.what = 'verdict recorded' "
    "AND j.recorded_at = v.ended_at AND j.details ->> 'replaces' = v.transition"
)
_MOVED = (
    "SELECT 1 FROM transition t WHERE t.dossier_id = v.dossier_id AND t.name = v.transition "
    "AND t.recorded_at = v.ended_at AND t.person_id = v.recorded_by"
)
_HELD = (
    "SELECT 1 FROM journal j WHERE j.dossier_id = v.dossier_id AND j.what = 'verdict held back' "
    "AND j.recorded_at = v.ended_at AND j.details ->> 'name' = v.transition"
)
_TAKEN_BACK = (
    "SELECT 1 FROM journal j WHERE j.dossier_id = v.dossier_id AND j.what = 'verdict withdrawn' "
    "AND j.recorded_at = v.ended_at AND j.details ->> 'name' = v.transition"
)
_SCORES_JOURNALED = (
    "SELECT 1 FROM journal j WHERE j.dossier_id = s.dossier_id AND j.what = 'scored' AND j.actor = p.email "
    "AND j.recorded_at = s.scored_at AND COALESCE(j.details ->> 'assessment', '') = s.assessment "
    "AND CAST(j.details -> 'marks' ->> s.criterion AS DOUBLE PRECISION) = s.mark"
)
_COMMENTS = """
    SELECT c.dossier_id, p.email AS actor, c.reader, c.written_at, c.replaced_at,
        ROW_NUMBER() OVER (PARTITION BY c.dossier_id, c.person_id, c.reader ORDER BY c.id) AS place
    FROM comment c JOIN dossier d ON d.id = c.dossier_id JOIN person p ON p.id = c.person_id WHERE d.round_id = :round
"""
_COMMENTS_JOURNALED = """
    SELECT dossier_id, actor, reader, written_at, replaced_at,
        ROW_NUMBER() OVER (PARTITION BY dossier_id, actor, reader ORDER BY id) AS place
    FROM (
        SELECT j.id, j.dossier_id, j.actor, j.details ->> 'reader' AS reader, j.what, j.recorded_at AS written_at,
            LEAD(j.recorded_at) OVER (PARTITION BY j.dossier_id, j.actor, j.details ->> 'reader' ORDER BY j.id)
            AS replaced_at
        FROM journal j WHERE j.round_id = :round AND j.what IN ('commented', 'comment taken back')
    ) AS said WHERE what = 'commented'
"""
_WHOSE = "COALESCE(details ->> 'of', actor)"
"""of whom staff wrote it down, or who said it"""
_RANKED = """
    SELECT d.number, l.key, l.ending, l.kind, r.rank, r.moved, d.round_id <> l.round_id AS elsewhere,
        RANK() OVER (PARTITION BY r.deadline_id, r.scope ORDER BY r.rank) AS expected,
        MAX(CASE WHEN r.moved THEN r.rank END) OVER (PARTITION BY r.deadline_id, r.scope) AS last_moved
    FROM ranking r JOIN deadline l ON l.id = r.deadline_id JOIN dossier d ON d.id = r.dossier_id
    WHERE l.round_id = :round
"""
_ENTERED = f"""
    SELECT t.dossier_id, MAX(t.id) AS entry FROM transition t JOIN dossier d ON d.id = t.dossier_id
    WHERE d.round_id = :round AND t.target = :target AND t.name <> 'brought in' AND {STANDS}
    AND (:strand = '' OR d.strand = :strand) GROUP BY t.dossier_id
"""
_FREED = f"""
    SELECT t.dossier_id, MAX(t.id) AS entry FROM transition t JOIN dossier d ON d.id = t.dossier_id
    WHERE d.round_id = :round AND t.target IN :frees AND {STANDS} GROUP BY t.dossier_id
"""
_STANDING = """
    SELECT v.dossier_id FROM verdict v JOIN dossier d ON d.id = v.dossier_id
    WHERE d.round_id = :round AND v.ended_at IS NULL AND v.transition || ' ' || d.state IN :verdicts
    AND (:strand = '' OR d.strand = :strand)
"""


def _taking_effect(view: View) -> Iterator[Parameters]:
    moments = [f"{one.name} verdicts {one.takes_effect}" for one in view.workflow.transitions.values()]
    for era in view.eras:
        names = [one.name for one in era.programme.workflow.transitions.values() if one.takes_effect]
        yield {"names": names, "moments": moments, **era.moves}


def _on_own_days(view: View) -> Iterator[Parameters]:
    own = [one for one in view.workflow.transitions.values() if one.own_effect]
    if own:
        ways = [f"{one.name} {source}" for one in own for source in one.sources]
        yield {"own": [one.name for one in own], "ways": ways}


def _caps(view: View) -> Iterator[Parameters]:
    """Each state whose every entrance is, and always was, under a cap that is never exceeded, with the highest of
    these caps: places that were given under a higher one are still held.

    Where every one of them is counted for each strand, so is what is held; elsewhere all are counted together.
    """
    transitions = view.workflow.transitions.values()
    ruled = [era.programme.rules_of(view.round.name) for era in view.eras]
    then = [(rules, move) for rules in ruled for move in rules.transitions.values()]
    for target in {one.target: None for one in transitions if one.sources and one.guard("at_most")}:
        ways = [(rules, one) for rules, one in then if one.target == target]
        if not all(one.guard("at_most") and one.ties != "in" for _, one in ways) or _was_mapped_to(view, target):
            continue
        if any(per_of(rules, one) not in (None, STRAND) for rules, one in ways):
            continue  # what is counted for each answer is asked for with the money
        caps = [cap for rules, one in ways for cap in caps_of(view.session, rules, the_id(view.round), one)]
        apart = {} if None in {cap.scope for cap in caps} else dict.fromkeys(cap.scope for cap in caps)
        for strand in apart or (None,):
            if apart:
                most = max(cap.most for cap in caps if cap.scope == strand)
            else:  # a cap for each strand lets in as many as all of them together
                most = sum(max(cap.most for cap in caps if cap.scope == one) for one in {cap.scope for cap in caps})
            yield {
                "target": target,
                "strand": strand or "",
                "cap": most,
                "frees": [state.name for state in view.workflow.states.values() if state.frees_place],
                "verdicts": [
                    f"{one.name} {source}"
                    for one in transitions if one.target == target and one.takes_effect
                    for source in one.sources
                ],
            }


def _was_mapped_to(view: View, state: str) -> bool:
    """Whether dossiers were led to a state when others took the place of the rules: whatever its cap."""
    moves = "SELECT 1 FROM transition t JOIN dossier d ON d.id = t.dossier_id WHERE d.round_id = :round "
    return any(view.rows(f"{moves}AND t.name = '{MAPPED}' AND t.target = :state LIMIT 1", state=state))


def _scales(view: View) -> Iterator[Parameters]:
    for criterion in view.workflow.criteria.values():
        yield {"criterion": criterion.name, "low": min(criterion.scale), "high": max(criterion.scale)}


JUDGEMENTS = (
    Invariant(
        "one verdict stands",
        "At most one verdict stands on a dossier.",
        f"The dossier would be told two things. {RESTORE}",
        (
            asks(
                "SELECT d.number, COUNT(*) AS standing FROM verdict v JOIN dossier d ON d.id = v.dossier_id "
                "WHERE d.round_id = :round AND v.ended_at IS NULL GROUP BY d.number HAVING COUNT(*) > 1",
                "{number}: {standing} verdicts stand",
            ),
        ),
    ),
    Invariant(
        "verdicts take effect",
        "No verdict stands once its moment has fired.",
        "An applicant waits for an answer that was given: have the committee's chair, or staff with a reason, record "
        "the verdict again; it takes effect at once.",
        (
            asks(
                "SELECT d.number, v.transition FROM verdict v JOIN dossier d ON d.id = v.dossier_id "
                "JOIN deadline l ON l.round_id = d.round_id AND l.kind = 'verdicts' AND l.ended_at IS NOT NULL "
                "WHERE d.round_id = :round AND v.ended_at IS NULL AND v.transition || ' ' || l.key IN :moments",
                '{number}: "{transition}" still stands, and its moment has passed',
                _taking_effect,
            ),
            asks(
                "SELECT d.number, v.transition FROM verdict v JOIN dossier d ON d.id = v.dossier_id "
                "JOIN deadline l ON l.round_id = d.round_id AND l.dossier_id = d.id AND l.ended_at IS NOT NULL "
                "AND l.kind = 'timer verdicts' AND l.name = v.transition "
                f"AND l.key LIKE '% ' || CAST({STAY} AS TEXT) "
                "WHERE d.round_id = :round AND v.ended_at IS NULL AND v.transition IN :own",
                '{number}: "{transition}" still stands, and the day of its own for it has come',
                _on_own_days,
            ),
            asks(
                "SELECT d.number, v.transition FROM verdict v JOIN dossier d ON d.id = v.dossier_id "
                "WHERE d.round_id = :round AND v.ended_at IS NULL AND v.transition IN :own "
                "AND v.transition || ' ' || d.state NOT IN :ways",
                '{number}: "{transition}" still stands, and does not lead out of where the dossier is',
                _on_own_days,
            ),
        ),
    ),
    Invariant(
        "verdicts end",
        "A verdict ended as it is said to: its move was made, another replaced it, it was taken back or held back.",
        f"What became of a decision cannot be told. {RESTORE}",
        (
            asks(
                "SELECT d.number, v.transition, COALESCE(v.ending, 'nothing') AS ending "
                "FROM verdict v JOIN dossier d ON d.id = v.dossier_id WHERE d.round_id = :round AND ("
                "(v.ended_at IS NULL) <> (v.ending IS NULL) OR v.ended_at < v.recorded_at "
                "OR v.ending NOT IN ('took effect', 'replaced', 'withdrawn', 'held back') "
                f"OR (v.ending = 'took effect' AND NOT EXISTS ({_MOVED})) "
                f"OR (v.ending = 'replaced' AND NOT EXISTS ({_SUCCESSOR})) "
                f"OR (v.ending = 'withdrawn' AND NOT EXISTS ({_TAKEN_BACK})) "
                f"OR (v.ending = 'held back' AND NOT EXISTS ({_HELD})))",
                '{number}: the verdict "{transition}" is said to have ended by "{ending}", and did not',
            ),
            asks(
                "SELECT d.number, t.name FROM transition t JOIN dossier d ON d.id = t.dossier_id "
                "WHERE d.round_id = :round AND t.name IN :names AND t.id > :after_move AND t.id <= :last_move "
                "AND NOT EXISTS (SELECT 1 FROM verdict v "
                "WHERE v.dossier_id = t.dossier_id AND v.transition = t.name AND v.ending = 'took effect' "
                "AND v.ended_at = t.recorded_at AND v.recorded_by = t.person_id)",
                '{number}: "{name}" happened, and no verdict took effect',
                _taking_effect,
            ),
        ),
    ),
    Invariant(
        "verdicts are journaled",
        "Each verdict stands in the journal with the same facts, and the journal knows of no other.",
        f"A verdict was changed, added or taken away. {RESTORE}",
        both_ways(
            _VERDICTS, _VERDICTS_JOURNALED, "dossier_id, name, at, actor, reason, minuted",
            'dossier {dossier_id}: the verdict "{name}" does not stand so in the journal',
            'dossier {dossier_id}: the journal knows of a verdict "{name}" by {actor} that is not there',
        ),
    ),
    Invariant(
        "places",
        "No more places are held in a state than its rules allow, standing verdicts included.",
        "More was given away than there is. The journal says in which order; withdraw the last by a correcting act.",
        (
            asks(
                f"SELECT COUNT(*) AS held FROM (SELECT e.dossier_id FROM ({_ENTERED}) AS e LEFT JOIN ({_FREED}) AS f "
                "ON f.dossier_id = e.dossier_id WHERE COALESCE(f.entry, 0) < e.entry "
                f"UNION {_STANDING}) AS h HAVING COUNT(*) > :cap",
                '{held} places are held in "{target}", and at most {cap} may be',
                _caps,
            ),
        ),
    ),
    Invariant(
        "rankings",
        "A ranking numbers its dossiers without a gap, the unscored last, and who is said to have moved by it did.",
        f"The order in which places were given cannot be shown any more. {RESTORE}",
        (
            asks(
                f"SELECT number, key FROM ({_RANKED}) AS r WHERE elsewhere OR ending <> 'fired' "
                "OR kind <> 'transition' OR rank <> expected OR (NOT moved AND rank < last_moved)",
                '{number} does not stand where it should in the ranking of "{key}"',
            ),
            asks(
                "SELECT d.number, l.key FROM ranking r JOIN deadline l ON l.id = r.deadline_id "
                "JOIN dossier d ON d.id = r.dossier_id WHERE l.round_id = :round AND r.moved <> EXISTS ("
                "SELECT 1 FROM transition t WHERE t.deadline_id = l.id AND t.dossier_id = d.id "
                "AND t.recorded_at = l.ended_at)",
                '{number} moved, or stayed, otherwise than the ranking of "{key}" says',
            ),
        ),
    ),
    Invariant(
        "scores",
        "Each mark is on its scale, stands in the journal, and was replaced only by a later one.",
        f"A mark was changed, added or taken away. {RESTORE}",
        (
            asks(
                "SELECT d.number, s.mark FROM score s JOIN dossier d ON d.id = s.dossier_id "
                "WHERE d.round_id = :round AND s.criterion = :criterion AND s.mark NOT BETWEEN :low AND :high",
                '{number}: {mark} is off the scale of "{criterion}"',
                _scales,
            ),
            asks(
                "SELECT d.number, s.criterion, p.email FROM score s JOIN dossier d ON d.id = s.dossier_id "
                "JOIN person p ON p.id = s.person_id WHERE d.round_id = :round AND (s.replaced_at < s.scored_at "
                "OR (s.replaced_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM score n "
                "WHERE n.dossier_id = s.dossier_id AND n.person_id = s.person_id AND n.criterion = s.criterion "
                "AND n.assessment = s.assessment AND n.scored_at = s.replaced_at AND n.id <> s.id)) "
                f"OR NOT EXISTS ({_SCORES_JOURNALED}))",
                '{number}: the mark of {email} for "{criterion}" is not the one that was given',
            ),
        ),
    ),
    Invariant(
        "recommendations",
        "Each recommendation has words, stands in the journal, and was replaced only by a later one.",
        f"A recommendation was added, dated anew or taken away. {RESTORE}",
        (
            asks(
                "SELECT d.number, p.email FROM recommendation r JOIN dossier d ON d.id = r.dossier_id "
                "JOIN person p ON p.id = r.person_id WHERE d.round_id = :round AND (r.words = '' "
                "OR (r.replaced_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM recommendation n "
                "WHERE n.dossier_id = r.dossier_id AND n.person_id = r.person_id AND n.written_at = r.replaced_at "
                "AND n.assessment = r.assessment AND n.id <> r.id)) "
                "OR NOT EXISTS (SELECT 1 FROM journal j WHERE j.dossier_id = r.dossier_id "
                "AND j.what = 'recommended' AND j.actor = p.email AND j.recorded_at = r.written_at "
                "AND COALESCE(j.details ->> 'assessment', '') = r.assessment "
                "AND COALESCE(j.details ->> 'advises', '') = COALESCE(r.advises, '')))",
                "{number}: the recommendation of {email} is not the one that was written",
            ),
            asks(
                "SELECT d.number, r.committee FROM recommendation r JOIN dossier d ON d.id = r.dossier_id "
                "WHERE d.round_id = :round AND r.committee NOT IN :committees",
                '{number} has a recommendation of "{committee}", which is no committee',
                lambda view: [{"committees": list(view.workflow.committees)}],
            ),
        ),
    ),
    Invariant(
        "comments",
        "Each comment has words and a reader, stands in the journal, and ended by a later one or by being taken back.",
        f"The applicant would read what nobody wrote for them, or not what somebody did. {RESTORE}",
        (
            *both_ways(
                _COMMENTS, _COMMENTS_JOURNALED, "dossier_id, actor, reader, place, written_at, replaced_at",
                "dossier {dossier_id}: comment {place} of {actor} to the {reader} is not the one that was written",
                "dossier {dossier_id}: comment {place} of {actor} to the {reader} is gone, or was made another",
            ),
            asks(
                "SELECT d.number, p.email FROM comment c JOIN dossier d ON d.id = c.dossier_id "
                "JOIN person p ON p.id = c.person_id WHERE d.round_id = :round AND (c.words = '' "
                "OR c.reader NOT IN ('applicant', 'committee') OR c.committee NOT IN :committees)",
                "{number}: the comment of {email} says nothing, or is no comment of a committee",
                lambda view: [{"committees": list(view.workflow.committees)}],
            ),
        ),
    ),
    Invariant(
        "clearances",
        "Who has answered that there is no conflict did so; whoever has declared one since is not cleared any more.",
        f"Somebody may read, or judge, what they stepped back from. {RESTORE}",
        (
            *both_ways(
                "SELECT c.dossier_id, p.email AS actor, c.declared_at AS at FROM clearance c "
                "JOIN person p ON p.id = c.person_id JOIN dossier d ON d.id = c.dossier_id WHERE d.round_id = :round",
                f"SELECT dossier_id, {_WHOSE} AS actor, at FROM journal "
                "WHERE round_id = :round AND what = 'declared clear'",
                "dossier_id, actor, at",
                "dossier {dossier_id}: the journal does not know that {actor} has no conflict",
                "dossier {dossier_id}: the answer of {actor} that there is no conflict is gone",
            ),
            asks(
                "SELECT d.number, p.email FROM clearance c JOIN dossier d ON d.id = c.dossier_id "
                "JOIN person p ON p.id = c.person_id LEFT JOIN conflict f ON f.dossier_id = c.dossier_id "
                "AND f.person_id = c.person_id WHERE d.round_id = :round "
                "AND COALESCE(c.ended_at, 0) <> COALESCE(f.declared_at, 0)",
                "{number}: {email} has a conflict and has none",
            ),
        ),
    ),
    Invariant(
        "conflicts",
        "Each conflict of interest stands in the journal with its reason, and the journal knows of no other.",
        f"Somebody may read, or judge, what they stepped back from. {RESTORE}",
        both_ways(
            "SELECT c.dossier_id, p.email AS actor, c.declared_at AS at, c.reason FROM conflict c "
            "JOIN person p ON p.id = c.person_id JOIN dossier d ON d.id = c.dossier_id WHERE d.round_id = :round",
            f"SELECT dossier_id, {_WHOSE} AS actor, at, details ->> 'reason' AS reason FROM journal "
            "WHERE round_id = :round AND what = 'conflict declared'",
            "dossier_id, actor, at, reason",
            "dossier {dossier_id}: the journal does not know of the conflict of {actor}",
            "dossier {dossier_id}: the conflict that {actor} declared is gone",
        ),
    ),
)
