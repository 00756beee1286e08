"""Is what is known of applicants across rounds what the journal saw?"""

from collections.abc import Iterator

from engine.database.invariants.asking import Invariant, View, both_ways
from engine.database.invariants.moves import RESTORE
from engine.rules.organisations import key_of


def _keys(view: View) -> Iterator[str]:
    rows = view.rows("SELECT number, organisation, organisation_key FROM dossier WHERE round_id = :round")
    for number, organisation, key in rows:
        if key_of(organisation) != key:
            yield f'{number} is compared with others as "{key}", and its organisation is "{organisation}"'


_LIFTED = """
    SELECT l.dossier_id, l.guard, l.reason, l.lifted_at AS at, p.email AS actor, COALESCE(l.ended_at, -1) AS until
    FROM lift l JOIN dossier d ON d.id = l.dossier_id JOIN person p ON p.id = l.lifted_by WHERE d.round_id = :round
"""
_SEEN_LIFTED = """
    SELECT j.dossier_id, j.details ->> 'guard' AS guard, j.details ->> 'reason' AS reason, j.at, j.actor,
        COALESCE((SELECT b.at FROM journal b WHERE b.round_id = j.round_id AND b.dossier_id = j.dossier_id
            AND b.what = 'guard put back' AND b.details ->> 'guard' = j.details ->> 'guard' AND b.id > j.id
            ORDER BY b.id LIMIT 1), -1) AS until
    FROM journal j WHERE j.round_id = :round AND j.what = 'guard lifted'
"""
_JOINED = """
    SELECT s.key, s.same_as, s.said_at AS at, p.email AS actor FROM same_organisation s
    JOIN person p ON p.id = s.said_by WHERE s.round_id = :round
"""
_SEEN_JOINED = """
    SELECT details ->> 'key' AS key, details ->> 'same_as' AS same_as, at, actor
    FROM journal WHERE round_id = :round AND what = 'names joined'
"""
_PARTED = """
    SELECT r.programme, s.key, s.same_as, s.ended_at AS at FROM same_organisation s
    JOIN round r ON r.id = s.round_id WHERE s.ended_at IS NOT NULL
"""
_SEEN_PARTED = """
    SELECT r.programme, j.details ->> 'key' AS key, j.details ->> 'same_as' AS same_as, j.at
    FROM journal j JOIN round r ON r.id = j.round_id WHERE j.what = 'names parted'
"""

ACROSS = (
    Invariant(
        "organisations",
        "Each dossier is compared with those of other rounds by what its organisation is called.",
        f"A rule about earlier dossiers finds none, or those of somebody else. {RESTORE}",
        (_keys,),
    ),
    Invariant(
        "lifted",
        "Each rule that is not held against a dossier was lifted by somebody, with a reason, in the journal's eyes.",
        f"Nobody can show why an applicant may what others may not. {RESTORE}",
        both_ways(
            _LIFTED, _SEEN_LIFTED, "dossier_id, guard, reason, at, actor, until",
            'dossier {dossier_id}: the journal does not say that {actor} lifted "{guard}"',
            'dossier {dossier_id}: the journal knows that {actor} lifted "{guard}", and it is not so kept',
        ),
    ),
    Invariant(
        "names",
        "That a name is an organisation's of other names was said by somebody, in the journal's eyes.",
        f"Dossiers count as those of one organisation, or no longer do, and nobody said so. {RESTORE}",
        both_ways(
            _JOINED, _SEEN_JOINED, "key, same_as, at, actor",
            'the journal does not say that {actor} joined "{key}" to "{same_as}"',
            'the journal knows that {actor} joined "{key}" to "{same_as}", and it is not so kept',
        ),
    ),
    Invariant(
        "names parted",
        "That a name is no longer that of an organisation stands in the journal of one of its rounds.",
        f"Dossiers count as those of one organisation, or no longer do, and nobody said so. {RESTORE}",
        both_ways(
            _PARTED, _SEEN_PARTED, "programme, key, same_as, at",
            '{programme}: the journal does not say that "{key}" was parted from "{same_as}"',
            '{programme}: the journal knows that "{key}" was parted from "{same_as}", and it is not so kept',
        ),
        of_a_round=False,
    ),
)
