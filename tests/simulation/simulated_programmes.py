"""Which programmes and which rounds does a simulated year consist of?

Variants of the small programme and of the gate, with a dozen rounds each, whose dates lie all over one year and in
several time zones. They are read once and shared by all years.
"""

import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from databases import fresh
from simulated_house import Process

from engine.database.connection import Database
from engine.files.reading import Programme, examine, read_programme
from engine.rules.moments import day_starts
from engine.rules.round import Round

TEXTS = Path(__file__).parents[1] / "engine" / "cycle" / "programmes"
SMALL = (TEXTS / "small/workflow.toml").read_text(encoding="utf-8")
GATE = (TEXTS / "gate/workflow.toml").read_text(encoding="utf-8")
ZONES = ("Europe/Brussels", "Europe/Brussels", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "UTC")
ROUNDS = 12
OPENED = day_starts(date(2029, 12, 3), "UTC")
"""when every round of the year is opened"""

STAFF, STAFF_2 = "staff@fund.example", "second@fund.example"
CHAIR, MEMBER, THIRD = "chair@jury.example", "member@jury.example", "third@jury.example"
PUBLIC = "reader@public.example"
BATCH = "notice opens"
"""when verdicts take effect, and what their letters are released with"""
PEOPLE = (
    (STAFF, "staff", False), (STAFF_2, "staff", False), (CHAIR, "jury", True), (MEMBER, "jury", False),
    (THIRD, "jury", False), (PUBLIC, "everyone", False),
)  # fmt: skip

VARIANTS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "small": (SMALL, ()),
    "pairs": (SMALL, (
        ('release      = "hold"', 'release      = "two people"'),
        ('every   = "year"', 'every   = "month"'),
        ("at_most = 2", "at_most = 3"),
    )),
    "open": (SMALL, (
        ('release      = "hold"', 'release      = "auto"'),
        ('{ attended = "kick_off" }', '{ attended = "kick_off", at_most = 1 }\norder   = ["received"]'),
        ('remind  = ["7 days", "2 days"]', 'remind  = ["3 weeks", "2 days"]'),
    )),
    "gate": (GATE, ()),
    "tied": (GATE, (('ties    = "ask"', 'ties    = "in"'), ("at_most = 2 }", "at_most = 3 }"))),
    "queue": (GATE, (
        ('order   = ["score"]', 'order   = ["quality", "received"]'),
        ('ties    = "ask"', 'ties    = "out"'),
        ("at_most = 2 }", "score_at_least = 3, at_most = 2 }"),
    )),
}  # fmt: skip
"""variant -> the workflow it is made of, and what is replaced in it, wherever it stands"""
FAMILIES = {"grants": ("small", "pairs", "open"), "gates": ("gate", "tied", "queue")}
"""which variants a year mixes"""


@dataclass(frozen=True)
class Played:
    """One round of a year, with the programme that it is of."""

    programme: Programme
    round: Round

    @property
    def has_verdicts(self) -> bool:
        """Whether the jury's verdicts wait for a moment: the small programme and its variants."""
        return "choose" in self.programme.workflow.transitions


def make_programme(name: str, workflow: str, rounds: dict[str, str]) -> Programme:
    """A programme of these texts, with a letter for every name that its rules tell: its subject is that name."""
    files = {"workflow.toml": workflow, **{f"rounds/{key}.toml": text for key, text in rounds.items()}}
    _, complaints = examine(name, files, name)
    for letter in sorted({found for one in complaints for found in re.findall(r'the letter "([^"]+)"', str(one))}):
        about = "{{ dossier.number }}" if letter_is_to_applicants(workflow, letter) else "{{ round.number }}"
        files[f"letters/en/{letter}.md"] = f"{letter}\n\nThis is {letter}, about {about}.\n"
    return read_programme(name, files, name)


def letter_is_to_applicants(workflow: str, letter: str) -> bool:
    """Whether a letter speaks of one dossier, and not of a bundle."""
    return re.search(rf'applicant = "{letter}"', workflow) is not None


@cache
def programme(variant: str) -> Programme:
    """The variant of that name with all its rounds."""
    workflow, edits = VARIANTS[variant]
    for old, new in edits:
        assert old in workflow, f"{old!r} is not in {variant}"
        workflow = workflow.replace(old, new)
    chance = random.Random(f"rounds of {variant}")
    decides = "notice  = " in workflow
    rounds = {f"r{number:02d}": _round(chance, variant, number, decides=decides) for number in range(1, ROUNDS + 1)}
    return make_programme(variant, workflow, rounds)


def _round(chance: random.Random, variant: str, number: int, *, decides: bool) -> str:
    """The dates of one round: somewhere in the year, some days with an hour, some with grace."""
    opens = date(2030, 1, 2) + timedelta(days=chance.randint(0, 200))
    closes = opens + timedelta(days=chance.randint(16, 45))
    hour = chance.choice(("", "", "T17:00:00", "T23:59:00", "T12:30:00"))
    grace = chance.choice(("", "", ', grace = "60 seconds"', ', grace = "1 hour"'))
    lines = [f"call = {{ from = {opens}, to = {closes}{hour}{grace} }}"]
    if hour:
        lines = [f"call = {{ from = {opens}T00:00:00, to = {closes}{hour}{grace} }}"]
    reading = closes + timedelta(days=chance.randint(1, 4))
    read = reading + timedelta(days=chance.randint(8, 25))
    lines.append(f"reading = {{ from = {reading}, to = {read} }}")
    last, meeting = read, ""
    if decides:
        notice = read + timedelta(days=chance.randint(1, 8))
        kick_off = notice + timedelta(days=chance.randint(4, 20))
        lines += [f"notice = {{ on = {notice} }}", f"kick_off = {{ on = {kick_off} }}"]
        last, meeting = kick_off, f"\n[[meeting.kick_off]]\non = {kick_off}\nfrom = 10:00:00\n"
    work = last + timedelta(days=chance.randint(1, 15))
    lines.append(f"work = {{ from = {work}, to = {work + timedelta(days=chance.randint(40, 100))} }}")
    return (
        f'[round]\ntitle = "{variant} {number}"\nnumber = "{variant[0].upper()}{number:02d}"\n'
        f'timezone = "{chance.choice(ZONES)}"\nmails_at = {chance.choice(("09:00:00", "07:30:00"))}\n'
        'holidays = "BE"\n\n'
        "[phase]\n" + "\n".join(lines) + "\n" + meeting
    )


@cache
def year(number: int, family: str, at_most: int) -> tuple[Database, tuple[Played, ...]]:
    """One of the years: up to so many rounds of a family's variants, opened and with their people, to be copied."""
    chance = random.Random(f"year {number} of {family}")
    programmes = [programme(variant) for variant in FAMILIES[family]]
    every = [Played(one, round) for one in programmes for round in one.rounds.values()]
    chosen = tuple(chance.sample(every, chance.randint(1, at_most) if at_most < ROUNDS else ROUNDS))
    database = fresh()
    process = Process(database)
    for played in chosen:
        process.cycle.open_round(played.programme, played.round.name, by=STAFF, now=OPENED)
        for email, role, chair in PEOPLE:
            process.cycle.add_person(
                played.round.key, email=email, name=email.partition("@")[0], language="en", role=role, chair=chair,
                by=STAFF, now=OPENED,
            )  # fmt: skip
    return database, chosen


def copy_of(database: Database) -> Database:
    """A database in memory with the same content."""
    copy = fresh()
    connection, original = copy.writer.raw_connection(), database.writer.raw_connection()
    original.driver_connection.backup(connection.driver_connection)
    connection.close()
    original.close()
    return copy
