"""On what do several nodes work: rounds of one programme, each with some fifty deadlines in an order that tells?

Every edge of a phase moves each dossier from one state to the next, so a deadline that fires twice, too early or not at
all leaves a trace in the history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from email.headerregistry import Address

from sqlmodel import col, select

from engine.cycle import Cycle
from engine.database import journal
from engine.database.connection import Database
from engine.database.records import DeadlineRow, DossierRow, NotificationRow, RoundRow, TransitionRow
from engine.database.store import find_round, the_id
from engine.files.reading import Programme, read_programme
from engine.rules.moments import to_instant
from notifications.outbox import Outbox

PHASES = 12
STEPS = 2 * PHASES


def deadlines(phases: int) -> int:
    """How many a round has: the edges, the moves that hang on them, and two announcements."""
    return 4 * phases + 2


DEADLINES = deadlines(PHASES)
DOSSIERS = 1
ZONE = "Europe/Brussels"
SENDER = Address("Many", "many", "fund.example")
STAFF, READER = "staff@fund.example", "reader@public.example"
OPENED = to_instant(date(2018, 12, 1), time(10), ZONE)


def _workflow(phases: int) -> str:
    steps = 2 * phases
    lines = [
        "[workflow]", 'title = "Many"', "format = 1", 'language = "en"', 'languages = ["en"]', 'begins_in = "s0"',
        f'ends_in = ["s{steps}"]', "[phase]", *(f'p{n} = "Phase {n}"' for n in range(phases)), "[state]",
        *(f's{n} = {{ title = "Step {n}" }}' for n in range(steps + 1)),
    ]  # fmt: skip
    for n in range(steps):
        edge, who = ("closes", 'staff = "list"') if n % 2 else ("opens", 'applicant = "moved"')
        lines += [
            f"[transition.move{n}]", f'from = "s{n}"', f'to = "s{n + 1}"', f'when = "p{n // 2} {edge}"',
            f"tell = {{ {who} }}",
        ]  # fmt: skip
    for name, moment in (("first", "p0 opens"), ("last", f"p{phases - 1} closes")):
        lines += [f"[announcement.{name}]", f'when = "{moment}"', 'tell = { everyone = "said" }']
    return "\n".join(lines)


def _round(number: int, phases: int) -> str:
    lines = [
        "[round]", f'title = "Many {number}"', f'number = "M{number:03}"', f'timezone = "{ZONE}"',
        "mails_at = 09:00:00", 'holidays = "BE"', "[phase]",
    ]  # fmt: skip
    for n in range(phases):
        opens = date(2019, 1, 7) + timedelta(days=14 * n)
        lines.append(f"p{n} = {{ from = {opens}, to = {opens + timedelta(days=7)} }}")
    return "\n".join(lines)


def programme(rounds: int, phases: int = PHASES) -> Programme:
    """A programme with so many rounds, r000, r001 ..., each of so many phases."""
    files = {"workflow.toml": _workflow(phases)} | {f"rounds/r{n:03}.toml": _round(n, phases) for n in range(rounds)}
    for letter in ("moved", "list", "said"):
        files[f"letters/en/{letter}.md"] = f"{letter}\n\nText.\n"
    return read_programme("many", files, "many")


def open_rounds(database: Database, played: Programme) -> None:
    """Open every round of the programme, with its staff and dossiers."""
    cycle = Cycle(database, Outbox(SENDER).queue)
    for name in played.rounds:
        key = f"many/{name}"
        cycle.open_round(played, name, by=STAFF, now=OPENED)
        for email, role in ((STAFF, "staff"), (READER, "everyone")):
            cycle.add_person(key, email=email, name=role, language="en", role=role, by=STAFF, now=OPENED)
        for n in range(DOSSIERS):
            cycle.start_dossier(
                key, organisation=f"House {n}", email=f"a{n}@houses.example", name=f"A {n}", language="en",
                by=STAFF, now=OPENED,
            )  # fmt: skip


@dataclass(frozen=True)
class Story:
    """What a round came to, without what differs from one round to another."""

    fired: Sequence[str]
    """the deadlines in the order in which the journal has them"""
    moves: Sequence[tuple[str, Sequence[str]]]
    """each dossier's states, one after the other"""
    told: Sequence[tuple[str, int, str, str]]
    """(cause, as of, letter, address) of every notification"""


def story_of(database: Database, key: str) -> Story:
    """What a round came to, after seeing that its journal is whole and that every deadline has ended."""
    with database.reading() as session:
        round_id = the_id(find_round(session, key))
        assert journal.broken_links(session, round_id) == ()
        deadlines = session.exec(select(DeadlineRow).where(col(DeadlineRow.round_id) == round_id)).all()
        assert {row.ending for row in deadlines} == {"fired"}
        due = [row for row in journal.read(session, round_id) if row.what == "due"]
        # in the order of their instants, worked out here and not by the database
        in_order = sorted(deadlines, key=lambda row: (row.fires_at, row.position, row.id or 0))
        assert [row.details["name"] for row in due] == [row.key for row in in_order]
        instants = {row.id: row.due_at for row in deadlines}
        dossiers = session.exec(
            select(DossierRow).where(col(DossierRow.round_id) == round_id).order_by(col(DossierRow.id))
        ).all()
        moves = []
        for dossier in dossiers:
            rows = session.exec(
                select(TransitionRow)
                .where(col(TransitionRow.dossier_id) == dossier.id)
                .order_by(col(TransitionRow.id))
            ).all()
            assert [row.source for row in rows] == ["s0", *(row.target for row in rows[:-1])]
            assert rows[-1].target == dossier.state
            assert [row.at for row in rows] == [instants[row.deadline_id] for row in rows]
            moves.append((dossier.organisation, [row.target for row in rows]))
        told = session.exec(select(NotificationRow).where(col(NotificationRow.round_id) == round_id)).all()
        lines = sorted((row.key.split(" | ")[1], int(row.key.split(" | ")[2]), row.letter, row.address) for row in told)
        return Story([row.details["name"] for row in due], moves, lines)


def expected(played: Programme, database: Database) -> Story:
    """What one round comes to where nothing goes wrong: on a database of its own, by one process."""
    open_rounds(database, played)
    Cycle(database, Outbox(SENDER).queue).advance(to_instant(date(2026, 1, 1), time(), ZONE))
    with database.reading() as session:
        first = session.exec(select(RoundRow.key).order_by(col(RoundRow.key))).first()
    assert first is not None
    return story_of(database, first)
