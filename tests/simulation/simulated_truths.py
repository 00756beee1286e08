"""What must be true of a year, whatever happened in it?

Each truth is a function over the books at its end; it gives a sentence for whatever is not true.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from simulated_books import Books
from simulated_year import Year
from sqlalchemy import Row

from engine.rules.workflow import APPLICANT, STAFF, Workflow

Truth = Callable[["Ledger"], Iterator[str]]


class Ledger:
    """One year, as the truths look at it."""

    def __init__(self, year: Year) -> None:
        assert year.books is not None
        self.year = year
        self.books: Books = year.books
        by_key = {played.round.key: played for played in year.rounds}
        self.rules: dict[int, Workflow] = {
            row.id: by_key[row.key].programme.workflow for row in self.books.round
        }
        self.deadlines = {row.id: row for row in self.books.deadline}
        self.fired_by_key = {(row.round_id, row.key): row for row in self.books.deadline}

    def rules_of(self, dossier_id: int) -> Workflow:
        return self.rules[self.round_of[dossier_id]]

    @property
    def round_of(self) -> dict[int, int]:
        return {row.id: row.round_id for row in self.books.dossier}


def every_deadline_happened_once_as_of_its_instant(ledger: Ledger) -> Iterator[str]:
    """Fired, or missed if it was a reminder that came too late, or waiting for people to release it."""
    told: dict[tuple[int, str], list[Row[Any]]] = defaultdict(list)
    for line in ledger.books.journal:
        if line.what in ("due", "missed"):
            told[line.round_id, line.details["name"]].append(line)
    for row in ledger.books.deadline:
        lines = told.pop((row.round_id, row.key), [])
        if row.ended_at is None:
            if not row.awaits_release:
                yield f"{row.key} never happened"
            if lines:
                yield f"{row.key} happened and is not marked so"
            continue
        if len(lines) != 1:
            yield f"{row.key} happened {len(lines)} times"
            continue
        (line,) = lines
        if (line.what, row.ending) not in (("due", "fired"), ("missed", "missed")):
            yield f"{row.key} is {row.ending}, and the journal says {line.what}"
        if row.ending == "missed" and (row.valid_until is None or row.ended_at < row.valid_until):
            yield f"{row.key} was given up before its time"
        if row.ending == "fired" and row.valid_until is not None and row.ended_at >= row.valid_until:
            yield f"{row.key} happened when it was worth nothing any more"
        if row.ended_at < row.fires_at:
            yield f"{row.key} happened before it was due"
        released = any(one.what == "waits for release" and one.round_id == row.round_id for one in ledger.books.journal)
        if line.at != row.due_at and not (released and line.at == row.ended_at):
            yield f"{row.key} happened as of {line.at}, and it was due at {row.due_at}"
    for key in told:
        yield f"{key} is in the journal and is no deadline"


def the_rounds_own_deadlines_happened_in_order(ledger: Ledger) -> Iterator[str]:
    last: dict[int, tuple[int, int, int]] = {}
    for line in ledger.books.journal:
        if line.what not in ("due", "missed"):
            continue
        row = ledger.fired_by_key[line.round_id, line.details["name"]]
        if row.dossier_id is not None or line.at != row.due_at:
            continue
        place = (row.fires_at, row.position, row.id)
        if place < last.get(line.round_id, place):
            yield f"{row.key} happened after something that was due later"
        last[line.round_id] = place


def the_moves_of_a_dossier_follow_each_other(ledger: Ledger) -> Iterator[str]:
    for dossier in ledger.books.dossier:
        rules = ledger.rules[dossier.round_id]
        state, at = rules.begins_in, 0
        for number, move in enumerate(ledger.books.moves.get(dossier.id, ())):
            if move.name == "brought in":
                if number:
                    yield f"{dossier.number} was brought in after it had moved"
            else:
                if move.source != state:
                    yield f"{dossier.number} left {move.source} by {move.name}, and it was {state}"
                transition = rules.transitions[move.name]
                if move.source not in transition.sources or move.target != transition.target:
                    yield f"{dossier.number} went from {move.source} to {move.target} by {move.name}"
                if state in rules.ends_in:
                    yield f"{dossier.number} left {state}, which is an end"
            settled = ledger.deadlines[move.deadline_id].fires_at if move.deadline_id else move.at
            # what came in while a close settled, or in its grace, is before the close that takes it up
            if max(move.at, settled) < at:
                yield f"{dossier.number}: {move.name} at {move.at}, before what came before it"
            state, at = move.target, move.at
        if dossier.state != state:
            yield f"{dossier.number} is {dossier.state}, and its last move led to {state}"


def the_journal_is_whole_and_knows_every_move(ledger: Ledger) -> Iterator[str]:
    yield from ledger.books.broken_chains
    told = Counter(
        (line.dossier_id, line.details["name"], line.details["source"], line.details["target"], line.at)
        for line in ledger.books.journal
        if line.what == "transition"
    )
    made = Counter(
        (row.dossier_id, row.name, row.source, row.target, row.at)
        for row in ledger.books.transition
        if row.name != "brought in"
    )
    for move in (told - made) | (made - told):
        yield f"{ledger.books.number[move[0]]} {move[1:]} is told {told[move]} times and was made {made[move]} times"


def more_time_for_one_is_not_cut_short(ledger: Ledger) -> Iterator[str]:
    """Whoever was given more time is moved by a deadline of their own."""
    books = ledger.books
    given = {(row.dossier_id, row.of): row.decided_at for row in reversed(books.extension)}
    for move in books.transition:
        row = ledger.deadlines.get(move.deadline_id)
        if row is None or row.dossier_id is not None:
            continue
        own = (ledger.round_of[move.dossier_id], f"{row.key} {books.number[move.dossier_id]}")
        since = given.get((move.dossier_id, row.moment))
        if own in ledger.fired_by_key and since is not None and since < move.recorded_at:
            yield f"{books.number[move.dossier_id]} was moved by {row.key}, and had been given more time"


def nobody_is_stranded(ledger: Ledger) -> Iterator[str]:
    """Whoever still stands somewhere was held back and it is known why, or waits for a verdict, a release, a person."""
    books = ledger.books
    held = {(row.dossier_id, row.transition): row for row in books.held_back}
    for dossier in books.dossier:
        rules = ledger.rules[dossier.round_id]
        for transition in rules.transitions.values():
            if transition.moment is None or dossier.state not in transition.sources:
                continue
            own = ledger.fired_by_key.get((dossier.round_id, f"transition {transition.name} {dossier.number}"))
            row = own or ledger.fired_by_key[dossier.round_id, f"transition {transition.name}"]
            moves = books.moves.get(dossier.id)
            if moves and moves[-1].name == "brought in" and (row.ended_at or 0) <= moves[-1].at:
                continue  # whoever is brought in moves with the first act about it (docs/decisions/0009)
            if row.ending == "fired" and (dossier.id, transition.name) not in held:
                yield f"{dossier.number} stays {dossier.state}, though {transition.name} is long past"
            if transition.guard("attended") and transition.guard("at_most") is None and row.ending == "fired":
                came = any(one.dossier_id == dossier.id for one in books.attendance)
                excused = any(one.dossier_id == dossier.id and one.of == "kick_off" for one in books.excuse)
                if came or excused:
                    yield f"{dossier.number} stays {dossier.state}, though it came to the kick-off"


def no_more_places_are_given_than_there_are(ledger: Ledger) -> Iterator[str]:
    """Replays who held a place in each capped state when one was given."""
    books = ledger.books
    holders: dict[tuple[int, str], set[int]] = defaultdict(set)
    standing: dict[int, str] = {}
    state: dict[int, str] = {}

    def held(round_id: int, rules: Workflow, target: str, besides: int) -> int:
        promised = {
            dossier
            for dossier, name in standing.items()
            if ledger.round_of[dossier] == round_id
            and rules.transitions[name].target == target
            and state[dossier] in rules.transitions[name].sources
        }
        return len((holders[round_id, target] | promised) - {besides})

    for line in books.journal:
        if line.dossier_id is None:
            continue
        rules, dossier = ledger.rules[line.round_id], line.dossier_id
        if line.what == "dossier started":
            state[dossier] = line.details.get("state") or rules.begins_in
            holders[line.round_id, state[dossier]].add(dossier)
        elif line.what == "verdict recorded":
            transition = rules.transitions[line.details["name"]]
            standing.pop(dossier, None)
            cap = transition.guard("at_most")
            if cap and held(line.round_id, rules, transition.target, dossier) >= cap.value:
                yield f"{books.number[dossier]} was chosen beyond the cap"
            standing[dossier] = transition.name
        elif line.what == "verdict held back":
            standing.pop(dossier, None)
        elif line.what == "transition":
            transition = rules.transitions[line.details["name"]]
            cap = transition.guard("at_most")
            taken = held(line.round_id, rules, transition.target, dossier)
            if cap and transition.takes_effect is None and taken >= cap.value and transition.ties != "in":
                yield f"{books.number[dossier]} moved to {transition.target} beyond the cap: {taken} places were held"
            if transition.takes_effect:
                standing.pop(dossier, None)
            state[dossier] = transition.target
            holders[line.round_id, transition.target].add(dossier)
            if rules.states[transition.target].frees_place:
                for (round_id, target), inside in holders.items():
                    if round_id == line.round_id and target != transition.target:
                        inside.discard(dossier)


def a_place_that_is_free_is_given(ledger: Ledger) -> Iterator[str]:
    """Nobody with a score waits before a capped move of the calendar while there are places for all who do."""
    books = ledger.books
    conflicts = {(row.dossier_id, row.person_id) for row in books.conflict}
    scored = {
        row.dossier_id
        for row in books.score
        if row.replaced_at is None and (row.dossier_id, row.person_id) not in conflicts
    }
    for round_id, rules in ledger.rules.items():
        for transition in rules.transitions.values():
            cap = transition.guard("at_most")
            if cap is None or len(transition.guards) > 1 or transition.order != ("score",):
                continue
            row = ledger.fired_by_key[round_id, f"transition {transition.name}"]
            held = {
                one.dossier_id
                for one in books.held_back
                if one.deadline_id == row.id and one.transition == transition.name
            }
            able = [
                one
                for one in books.dossier
                if one.round_id == round_id and one.id in held & scored and one.state in transition.sources
            ]
            inside = sum(
                one.round_id == round_id
                and not rules.states[one.state].frees_place
                and transition.target in {one.state, *(move.target for move in books.moves.get(one.id, ()))}
                for one in books.dossier
            )
            if able and inside + len(able) <= cap.value:
                numbers = ", ".join(one.number for one in able)
                yield f"{numbers} wait for {transition.name}, and only {inside} of {cap.value} places are held"


def every_verdict_that_took_effect_moved_its_dossier(ledger: Ledger) -> Iterator[str]:
    took = Counter(
        (row.dossier_id, row.transition, row.ended_at) for row in ledger.books.verdict if row.ending == "took effect"
    )
    moved = Counter(
        (row.dossier_id, row.name, row.recorded_at)
        for row in ledger.books.transition
        if row.name != "brought in" and ledger.rules_of(row.dossier_id).transitions[row.name].takes_effect
    )
    for one in (took - moved) | (moved - took):
        yield f"{ledger.books.number[one[0]]}: {one[1]} took effect {took[one]} times and moved it {moved[one]} times"


def what_was_owed_was_found_overdue_and_only_that(ledger: Ledger) -> Iterator[str]:
    states = {row.id: row.state for row in ledger.books.dossier}
    fired = {(row.round_id, row.due_at) for row in ledger.books.deadline if row.kind == "overdue" and row.ended_at}
    for row in ledger.books.obligation:
        name = f"{ledger.books.number[row.dossier_id]} {row.name} {row.position}"
        round_id = ledger.round_of[row.dossier_id]
        ended = states[row.dossier_id] in ledger.rules[round_id].ends_in
        settled = row.fulfilled_at is not None or row.excused_at is not None
        if row.overdue_at is None and not settled and not ended and (round_id, row.due_at) in fired:
            yield f"{name} was due and nobody noticed"
        done = min((one for one in (row.fulfilled_at, row.excused_at) if one is not None), default=None)
        if row.overdue_at is not None and done is not None and done < row.overdue_at:
            yield f"{name} was found overdue, and it had been settled before"
        if row.overdue_at is not None and row.overdue_at != row.due_at:
            yield f"{name} was found overdue as of {row.overdue_at}, and it was due at {row.due_at}"


# ── Letters ──────────────────────────────────────────────────────────────────


def nobody_was_told_the_same_twice(ledger: Ledger) -> Iterator[str]:
    books = ledger.books
    told = Counter(
        (
            row.round_id, books.causes[row.cause_id].name, books.causes[row.cause_id].at, row.letter, row.person_id,
            number, str(row.facts.get("extension")), str(row.facts.get("reminded")),
        )
        for row in books.notification
        for number in (books.about(row) or ("",))
    )  # fmt: skip
    for one, times in told.items():
        if times > 1:
            yield f"{books.address[one[4]]} was told {times} times: {one[1]} at {one[2]}, {one[3]}, {one[5]}"


def whoever_speaks_for_a_dossier_heard_of_every_move(ledger: Ledger) -> Iterator[str]:
    """And nobody heard of one that was not made."""
    books = ledger.books
    outcome: dict[int, set[str]] = {
        round_id: {t.tell[APPLICANT] for t in rules.transitions.values() if APPLICANT in t.tell}
        for round_id, rules in ledger.rules.items()
    }
    told = Counter(
        (row.dossier_id, row.person_id, books.causes[row.cause_id].name, books.causes[row.cause_id].at, row.letter)
        for row in books.notification
        if row.role == APPLICANT and row.letter in outcome[row.round_id]
    )
    owed, may = set(), set()
    for row in books.transition:
        if row.name == "brought in":
            continue
        transition = ledger.rules_of(row.dossier_id).transitions[row.name]
        letter = transition.tell.get(APPLICANT)
        if letter is None:
            continue
        cause = f"verdicts {transition.takes_effect}" if transition.takes_effect else f"transition {row.name}"
        for contact in books.contact:
            if contact.dossier_id == row.dossier_id and contact.since <= row.recorded_at:
                one = (row.dossier_id, contact.person_id, cause, row.at, letter)
                may.add(one)
                if contact.since < row.recorded_at:
                    owed.add(one)
    for one in sorted(owed - told.keys()):
        yield f"{books.address[one[1]]} was not told of {books.number[one[0]]}: {one[2]} at {one[3]}"
    for one in sorted(told.keys() - may):
        yield f"{books.address[one[1]]} was told {one[4]} about {books.number[one[0]]} at {one[3]}: it did not happen"


def staff_and_juries_heard_of_every_move_but_those_with_a_conflict(ledger: Ledger) -> Iterator[str]:
    books = ledger.books
    conflicts = {(row.dossier_id, row.person_id): row.declared_at for row in books.conflict}
    told = Counter(
        (number, row.person_id, books.causes[row.cause_id].at, row.letter)
        for row in books.notification
        if row.role != APPLICANT
        for number in books.about(row)
    )
    number_of = books.number
    for row in books.transition:
        if row.name == "brought in":
            continue
        rules = ledger.rules_of(row.dossier_id)
        for role, letter in rules.transitions[row.name].tell.items():
            if role == APPLICANT:
                continue
            for part in books.role:
                if part.role != role or part.round_id != ledger.round_of[row.dossier_id]:
                    continue
                since = conflicts.get((row.dossier_id, part.person_id))
                if since == row.recorded_at:
                    continue  # declared at that very instant: before or after, and nobody can tell
                barred = since is not None and since < row.recorded_at
                times = told[number_of[row.dossier_id], part.person_id, row.at, letter]
                if times != (0 if barred else 1):
                    yield (
                        f"{books.address[part.person_id]} was told {times} times that {number_of[row.dossier_id]} "
                        f"made {row.name} at {row.at}" + (", in spite of a conflict" if barred else "")
                    )
    for row in books.notification:
        if row.role in (APPLICANT, STAFF):
            continue
        for number in books.about(row):
            dossier = next(one for one in books.dossier if one.number == number and one.round_id == row.round_id)
            since = conflicts.get((dossier.id, row.person_id))
            queued = ledger.books.causes[row.cause_id].at
            if since is not None and since < queued:
                yield f"{books.address[row.person_id]} has a conflict with {number} and was told {row.letter}"


def every_letter_left_once_or_it_is_known_why_not(ledger: Ledger) -> Iterator[str]:
    """Once by its Message-ID, and again with the same bytes only where the relay's answer was lost."""
    assert ledger.year.relay is not None
    relay = ledger.year.relay
    letters = {row.notification_id: row for row in ledger.books.letter}
    for row in ledger.books.notification:
        name = f"letter {row.id} ({row.letter} to {row.address})"
        taken = relay.taken.get(row.message_id, [])
        for one in taken:
            if one.raw != letters[row.id].raw or one.recipient != row.address:
                yield f"{name} left with other bytes than those that are kept"
            if one.at < row.leaves_at:
                yield f"{name} left before its time"
            if row.valid_until is not None and one.at >= row.valid_until:
                yield f"{name} left when it was worth nothing any more"
        if any(one.answered for one in taken[:-1]):
            yield f"{name} left {len(taken)} times, though the relay had said that it was taken"
        if row.status == "sent" and not taken:
            yield f"{name} is marked as sent, and no relay has it"
        if row.status == "failed" and not relay.refused[row.message_id] and row.attempts <= 11:
            yield f"{name} failed, and nobody refused it: {row.last_reply}"
        if row.status == "expired" and (row.valid_until is None or row.ended_at < row.valid_until):
            yield f"{name} was given up before its time"
        if row.status not in ("sent", "failed", "expired"):
            yield f"{name} is still {row.status} at the end"
    known = {row.message_id for row in ledger.books.notification}
    for stranger in relay.taken.keys() - known:
        yield f"the relay took {stranger}, which is in no outbox"


def letters_about_one_dossier_left_in_order(ledger: Ledger) -> Iterator[str]:
    assert ledger.year.relay is not None
    last: dict[tuple[int, int], tuple[int, int]] = {}
    for row in ledger.books.notification:
        taken = ledger.year.relay.taken.get(row.message_id)
        if row.dossier_id is None or not taken:
            continue
        before = last.get((row.dossier_id, row.person_id))
        if before and taken[0].at < before[1]:
            yield f"letter {row.id} to {row.address} left before letter {before[0]}, which was written first"
        last[row.dossier_id, row.person_id] = (row.id, taken[-1].at)


TRUTHS: tuple[Truth, ...] = (
    every_deadline_happened_once_as_of_its_instant,
    the_rounds_own_deadlines_happened_in_order,
    the_moves_of_a_dossier_follow_each_other,
    the_journal_is_whole_and_knows_every_move,
    more_time_for_one_is_not_cut_short,
    nobody_is_stranded,
    no_more_places_are_given_than_there_are,
    a_place_that_is_free_is_given,
    every_verdict_that_took_effect_moved_its_dossier,
    what_was_owed_was_found_overdue_and_only_that,
    nobody_was_told_the_same_twice,
    whoever_speaks_for_a_dossier_heard_of_every_move,
    staff_and_juries_heard_of_every_move_but_those_with_a_conflict,
    every_letter_left_once_or_it_is_known_why_not,
    letters_about_one_dossier_left_in_order,
)
OF_LETTERS_THAT_LEFT = TRUTHS[-2:]


def untrue(year: Year, *, letters_left: bool) -> list[str]:
    """A sentence for everything that is not true of a year, each after the name of the truth it breaks."""
    ledger = Ledger(year)
    truths = TRUTHS if letters_left else [truth for truth in TRUTHS if truth not in OF_LETTERS_THAT_LEFT]
    return [
        *year.broken,
        *(f"{truth.__name__}: {sentence}" for truth in truths for sentence in partial(truth, ledger)()),
    ]
