"""Are there never more seats taken than there are, and is whoever came first served first?"""

from collections.abc import Iterator

from engine.database.invariants.asking import Invariant, Look, Parameters, View, asks, both_ways
from engine.database.invariants.moves import RESTORE
from engine.rules.seats import seats_of, takes_sign_ups

_HERE = (
    "FROM seat s JOIN meeting m ON m.id = s.meeting_id JOIN person p ON p.id = s.person_id WHERE m.round_id = :round"
)
_BESIDE = _HERE.replace("WHERE", "JOIN seat w ON w.meeting_id = s.meeting_id WHERE")
_OF = "s.id AS seat, s.meeting_id AS meeting, s.dossier_id, p.email"
_JOURNALED = (
    "SELECT CAST(details ->> 'seat' AS BIGINT) AS seat, CAST(details ->> 'meeting' AS BIGINT) AS meeting, "
    "dossier_id, details ->> 'person' AS email, at{} FROM journal WHERE round_id = :round AND what = '{}'"
)
_ENDED = "'refused', 'lapsed', 'given back', 'cancelled'"
_TURN = "COALESCE(s.offered_at, s.held_at)"
_ITS_TURN = "COALESCE(w.offered_at, w.held_at)"


def _open_meetings(view: View) -> Iterator[Parameters]:
    """The meetings that take sign-ups; those without an hour begin with their day."""
    names = [one.name for one in view.workflow.meetings.values() if takes_sign_ups(one)]
    if names:
        yield {"names": names}


def _journaled(what: str, column: str, more: str = "", kept: str = "") -> tuple[Look, ...]:
    """An instant of a seat beside the journal's row of it, and the facts `more` of both."""
    columns = "seat, meeting, dossier_id, email, at" + (f", {more}" if more else "")
    return both_ways(
        f"SELECT {_OF}, s.{column} AS at{kept} {_HERE} AND s.{column} IS NOT NULL",
        _JOURNALED.format(f", details ->> '{more}' AS {more}" if more else "", what),
        columns,
        f"seat {{seat}} of {{email}}: the journal does not know of its “{what}”",
        f"seat {{seat}} of {{email}}: the journal knows of a “{what}” that is not there",
    )


def _numbers(view: View) -> Iterator[str]:
    """How many seats each meeting has, beside what was said of it last, or else what the rules say."""
    said: dict[int, int | None] = {}
    for row in view.rows(
        "SELECT CAST(details ->> 'meeting' AS BIGINT) AS meeting, CAST(details ->> 'seats' AS BIGINT) AS seats "
        "FROM journal WHERE round_id = :round AND what IN ('meeting planned', 'meeting moved', 'seats changed') "
        "ORDER BY id"
    ):
        said[row.meeting] = row.seats
    for row in view.rows("SELECT id, name, position, seats FROM meeting WHERE round_id = :round ORDER BY id"):
        rule = view.eras[0].programme.rules_of(view.round.name).meetings.get(row.name)
        if row.seats != said.get(row.id, seats_of(rule) if rule else None):
            yield f"{row.name} {row.position} has {row.seats} seats, and nobody has said so"


SEATS = (
    Invariant(
        "seats",
        "At a meeting no more seats are held or offered than there are.",
        f"Somebody would stand at the door. {RESTORE} Or give the meeting as many seats as are taken.",
        (
            asks(
                "SELECT m.name, m.position, m.seats, COUNT(*) AS taken FROM seat s JOIN meeting m "
                "ON m.id = s.meeting_id WHERE m.round_id = :round AND s.state IN ('held', 'offered') "
                "GROUP BY m.id, m.name, m.position, m.seats HAVING COUNT(*) > m.seats",
                "{name} {position}: {taken} seats are taken of {seats}",
            ),
        ),
    ),
    Invariant(
        "what a seat is",
        "A seat is held, offered until an instant, waited for, or ended; and it was written down when.",
        f"Nobody knows whose it is. {RESTORE}",
        (
            asks(
                f"SELECT s.id AS seat, s.state {_HERE} AND (s.state NOT IN ('waiting', 'offered', 'held', {_ENDED}) "
                f"OR (s.ended_at IS NOT NULL) <> (s.state IN ({_ENDED})) "
                "OR (s.offered_at IS NULL) <> (s.answer_by IS NULL) "
                "OR (s.state = 'waiting' AND (s.offered_at IS NOT NULL OR s.held_at IS NOT NULL)) "
                "OR (s.state = 'offered' AND (s.offered_at IS NULL OR s.held_at IS NOT NULL)) "
                "OR (s.state = 'held' AND s.held_at IS NULL) "
                "OR (s.state IN ('refused', 'lapsed') AND s.offered_at IS NULL) "
                "OR (s.seated_by IS NULL) <> (s.reason IS NULL))",
                'seat {seat} is "{state}", and what else is written of it says otherwise',
            ),
            asks(
                f"SELECT s.id AS seat, s.state {_HERE} AND s.state = 'held' AND NOT EXISTS (SELECT 1 FROM invitation i "
                "WHERE i.meeting_id = s.meeting_id AND i.person_id = s.person_id AND i.cancelled_at IS NULL "
                "AND COALESCE(i.dossier_id, 0) = COALESCE(s.dossier_id, 0))",
                "seat {seat} is held, and nobody was invited to it",
            ),
        ),
    ),
    Invariant(
        "seats in order",
        "Whoever asked for a seat first was given or offered one first, unless staff seated somebody beside the list.",
        f"Somebody was passed over. Offer them a seat: raise the number of seats by one. {RESTORE}",
        (
            # of two that were carried out the other way round than they arrived neither is passed over
            asks(
                f"SELECT s.id AS seat, w.id AS waits {_BESIDE} "
                f"AND w.id < s.id AND w.asked_at <= s.asked_at AND s.seated_by IS NULL AND {_TURN} IS NOT NULL "
                f"AND ({_ITS_TURN} IS NULL OR {_ITS_TURN} > {_TURN}) AND (w.ended_at IS NULL OR w.ended_at > {_TURN})",
                "seat {seat} had its turn before seat {waits}, which was asked for earlier",
            ),
        ),
    ),
    Invariant(
        "no seat stays empty",
        "While somebody waits for a meeting that is to come, no seat of it is free.",
        "Change the number of its seats: what is free is offered then.",
        (
            asks(
                "SELECT m.name, m.position FROM meeting m WHERE m.round_id = :round AND m.name IN :names "
                "AND m.cancelled_at IS NULL AND m.starts_at > :now "
                "AND EXISTS (SELECT 1 FROM seat w WHERE w.meeting_id = m.id AND w.state = 'waiting') "
                "AND COALESCE(m.seats, 1000000000) > (SELECT COUNT(*) FROM seat s WHERE s.meeting_id = m.id "
                "AND s.state IN ('held', 'offered'))",
                "{name} {position}: a seat is free, and somebody waits",
                _open_meetings,
            ),
            asks(
                f"SELECT s.id AS seat {_HERE} AND s.ended_at IS NULL AND m.cancelled_at IS NOT NULL",
                "seat {seat} is of a meeting that does not take place",
            ),
        ),
    ),
    Invariant(
        "offers end",
        "Each offer has a deadline of the calendar at which it lapses, and ends no later than the meeting begins.",
        f"A seat is kept for somebody for ever, and nobody else gets it. {RESTORE}",
        (
            asks(
                f"SELECT s.id AS seat {_HERE} AND s.state = 'offered' "
                "AND (s.answer_by > COALESCE(m.starts_at, s.answer_by) "
                "OR NOT EXISTS (SELECT 1 FROM deadline l WHERE l.round_id = m.round_id AND l.kind = 'seat offer' "
                "AND l.key = 'seat offer ' || s.id AND l.due_at = s.answer_by AND l.ended_at IS NULL))",
                "seat {seat} is offered, and nothing ends the offer",
            ),
            asks(
                "SELECT l.key FROM deadline l WHERE l.round_id = :round AND l.kind = 'seat offer' AND NOT EXISTS ("
                "SELECT 1 FROM seat s JOIN meeting m ON m.id = s.meeting_id WHERE m.round_id = l.round_id "
                "AND l.key = 'seat offer ' || s.id AND (s.state = 'offered') = (l.ended_at IS NULL) "
                "AND (l.ended_at IS NULL OR s.state = 'lapsed'))",
                '"{key}" ends an offer that is none',
            ),
        ),
    ),
    Invariant(
        "seats are journaled",
        "When a seat was asked for, offered, held and ended stands in the journal, and nothing else of it does.",
        f"Somebody got a seat, or lost one, and nobody knows by whom. {RESTORE}",
        (
            *_journaled("seat asked", "asked_at"),
            *_journaled("seat offered", "offered_at"),
            *_journaled("seat held", "held_at", "reason", ", s.reason"),
            *_journaled("seat ended", "ended_at", "ending", ", s.state AS ending"),
            asks(
                f"SELECT s.id AS seat {_HERE} AND s.answer_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal j "
                "WHERE j.round_id = m.round_id AND CAST(j.details ->> 'answer_by' AS BIGINT) = s.answer_by AND j.id = "
                "(SELECT MAX(k.id) FROM journal k WHERE k.round_id = m.round_id "
                "AND k.what IN ('seat offered', 'offer moved') AND CAST(k.details ->> 'seat' AS BIGINT) = s.id))",
                "seat {seat} is offered until another hour than the journal says",
            ),
            asks(
                f"SELECT s.id AS seat {_HERE} AND s.seated_by IS NOT NULL AND NOT EXISTS (SELECT 1 FROM journal j "
                "JOIN person b ON b.id = s.seated_by WHERE j.round_id = m.round_id AND j.what = 'seat held' "
                "AND CAST(j.details ->> 'seat' AS BIGINT) = s.id AND j.actor = b.email)",
                "seat {seat} was given by somebody else than the journal says",
            ),
            _numbers,
        ),
    ),
)
