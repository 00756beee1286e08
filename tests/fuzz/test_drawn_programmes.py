"""Does whatever a foundation might write down hold? Programmes put together by lot are read, told, drawn and played.

Seeds are few here and many in the slow tier. To see one by itself:

    SEED=17 python -m pytest tests/fuzz -n 0 -k by_its_seed
"""

import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from databases import fresh, fresh_on
from drawn_letters import written
from drawn_lives import STAFFS, Life
from drawn_pages import wrong_pages
from drawn_programmes import LANGUAGES, WORDS, draw
from drawn_words import NOT_DRAWN, every_word, words_of
from sqlmodel import func, select
from visiting import Site
from wild_programmes import spoilt

from engine.database.connection import Database
from engine.database.invariants import INVARIANTS, check
from engine.database.records import (
    DeadlineRow,
    DossierRow,
    HeldBackRow,
    JournalRow,
    NotificationRow,
    ObligationRow,
    RankedRow,
    RoundRow,
    TransitionRow,
    VerdictRow,
)
from engine.files.complaints import Complaint
from engine.files.drawing import draw_mermaid, draw_svg
from engine.files.drawing_bpmn import draw_bpmn
from engine.files.drawing_scxml import draw_scxml
from engine.files.prose import read_aloud
from engine.files.reading import Programme, examine
from engine.rules.workflow import Workflow
from grantcycle.rehearsing import rehearse

sys.path.append(str(Path(__file__).parents[1] / "engine" / "cycle"))
from one_by_one import one_by_one

A_GATE = 313
"""the seed of a round with a gate by ranks, a chain behind it, and nothing that is counted from where a dossier came"""
SCHEMA = ("storage", "append-only", "unique keys")
"""what no act changes, and is asked only where somebody tampers with it"""
STUMBLES = (r"\bNone\b", r"[^\n ] {2,}[^ ]", r"[.,;:]{2,}", r"\( | \)", r"[{}]", r"“\s|\s”", r"\w\(\w+=")
"""what nobody can read aloud: a value of Python's, doubled blanks and points, a hole in a sentence"""
ENGLISH = re.compile(
    r"\b(the|and|with|who|whose|which|when|before|after|each|from|until|into|must|they|their|them|days|weeks|months|"
    r"hours|has|have|been|not|by|closes|opens|handed)\b"
)


# ── Reading and telling ──────────────────────────────────────────────────────


def read(seed: int) -> Programme | None:
    """The programme of a seed; None where it does not make sense, which must be told with its place."""
    drawn = draw(seed)
    programme, complaints = examine(drawn.name, drawn.files, "")
    assert [str(one) for one in complaints if not is_located(one)] == []
    return programme


def is_located(complaint: Complaint) -> bool:
    """Whether a complaint says where it is, in words and not in Python's."""
    return complaint.line > 0 and not re.search(r"<class|object at 0x|Traceback|\{'", str(complaint))


def stumbles(programme: Programme, language: str) -> Iterator[str]:
    """Where whoever reads a programme's rounds aloud in that language would stumble."""
    foreign = rf"\b(?:{'|'.join(WORDS)}) (?:{'|'.join(WORDS).lower()}) \d+\b(?! {language})"
    for round in programme.rounds.values():
        text = re.sub(r"`[^`]*`", "X", read_aloud(programme, round, language))
        patterns = [*STUMBLES, *([ENGLISH.pattern] if language != "en" else [])]
        if language in programme.workflow.languages and language != programme.workflow.language:
            patterns.append(foreign)
        for pattern in patterns:
            yield from (
                f"{round.key} {language}: …{text[max(0, one.start() - 60) : one.end() + 40]!r}"
                for one in re.finditer(pattern, text)
            )


def told(programme: Programme) -> list[str]:
    """What is wrong with its prose; that it can be drawn."""
    for language in programme.workflow.languages:
        for drawing in (draw_svg, draw_scxml, draw_bpmn):
            ElementTree.fromstring(drawing(programme, language))
        assert draw_mermaid(programme, language).startswith("stateDiagram-v2")
    return [one for language in LANGUAGES for one in stumbles(programme, language)]


# ── Playing ──────────────────────────────────────────────────────────────────


def red(database: Database) -> list[tuple[str, tuple[str, ...]]]:
    """What doctor finds."""
    with database.reading() as session:
        now = session.exec(select(func.max(JournalRow.recorded_at))).one()
        asked = [one for one in INVARIANTS if one.name not in SCHEMA]
        found = check(session, now, session.exec(select(RoundRow)).all(), invariants=asked)
        return [(one.invariant.name, one.offending) for one in found if one.offending]


def lived(seed: int, programme: Programme, database: Database, **how: Any) -> Life:
    """The life of a seed in the first round of its programme, played, after which doctor is green."""
    life = Life(database, programme, sorted(programme.rounds)[0], seed, **how)
    life.play()
    assert (seed, how, red(database)) == (seed, how, [])
    return life


def facts(life: Life) -> dict[str, Any]:
    """What happened, without when it was written down."""
    number = {row.id: row.number for row in life.rows(DossierRow)}
    return {
        "outcomes": life.played.outcomes,
        "states": {row.number: (row.state, row.strand, row.batch) for row in life.rows(DossierRow)},
        "moves": sorted((number[row.dossier_id], row.name, row.target, row.at) for row in life.rows(TransitionRow)),
        "verdicts": sorted((number[row.dossier_id], row.transition, row.ending or "") for row in life.rows(VerdictRow)),
        "held": sorted((number[row.dossier_id], row.transition) for row in life.rows(HeldBackRow)),
        "owed": sorted((number[row.dossier_id], row.name, row.due_at) for row in life.rows(ObligationRow)),
        "ranked": sorted((row.list, number[row.dossier_id], row.rank) for row in life.rows(RankedRow)),
        "deadlines": sorted((row.key, row.due_at) for row in life.rows(DeadlineRow) if row.kind != "freeing"),
        "letters": sorted(row.key for row in life.rows(NotificationRow) if row.valid_until is None),
    }


def is_counted_from_arrival(rules: Workflow) -> bool:
    """Whether something is counted from the day on which a dossier came somewhere, by when that was written down."""
    return (
        any(one.after or one.within or one.own for one in rules.transitions.values())
        or any(one.window is None for one in rules.obligations.values())
        or any(one.after or one.own for one in rules.reminders.values())
        or any(one.seats for one in rules.meetings.values())
        or any(one.within for one in rules.assessments.values())
    )


def is_moved_one_by_one(life: Life) -> bool:
    """Whether the plain way to move each dossier by itself knows all that these rules say."""
    rules = life.rules.transitions.values()
    return not any(one.per or one.own or one.after for one in rules) and life.round.cut is None


def played(seed: int, kind: str = "sqlite", acts: int = 40, dossiers: int = 5) -> None:
    """A round of a seed, with people's acts in time and with the alarm stopped, as a cohort and one by one."""
    programme = read(seed)
    if programme is None:
        return
    how = {"meddle": bool(seed % 2), "acts": acts, "dossiers": dossiers}
    database = fresh()
    life = lived(seed, programme, database, **how)
    if not is_counted_from_arrival(life.rules):
        late = fresh()
        assert facts(lived(seed, programme, late, punctual=False, **how)) == facts(life)
        late.close()
    if is_moved_one_by_one(life):
        plain = fresh()
        with one_by_one():
            other = Life(plain, programme, life.round.name, seed, **how)
            other.play()
        kept = ("states", "moves", "verdicts", "held", "owed", "ranked")
        there, here = facts(other), facts(life)
        assert {name: there[name] for name in kept} == {name: here[name] for name in kept}
        plain.close()
    if kind != "sqlite":
        with fresh_on(kind) as elsewhere:
            assert facts(lived(seed, programme, elsewhere, **how)) == facts(life)
    database.close()


def looked_at(seed: int, pages: int) -> None:
    """Every letter of a round can be written, and every page answers, in the middle of a life."""
    programme, wrong = written(draw(seed))
    if programme is None:
        assert wrong != []
        return
    database = fresh()
    life = lived(seed, programme, database, letters=True, until=0.6, acts=25)
    stuck = [row.key for row in life.rows(NotificationRow) if row.status in ("failed", "retry")]
    site = Site(database, now=life.pause or life.last)
    starts = {STAFFS[0]: f"/staff/{life.key}", next(iter(life.speaks.values()), ""): f"/call/{life.key}"}
    starts |= {members[0]: f"/committee/{life.key}" for members in life.members.values()}
    language = LANGUAGES[seed % 3]
    lost = [one for who, start in starts.items() if who for one in wrong_pages(site, who, (start,), pages, language)]
    database.close()
    assert (seed, stuck, lost) == (seed, [], [])


# ── The quick tier ───────────────────────────────────────────────────────────


def test_every_word_of_the_vocabulary_is_drawn_and_no_other() -> None:
    drawn = set().union(*(words_of(draw(seed)) for seed in range(120)))
    assert (sorted(every_word() - drawn - NOT_DRAWN), sorted(drawn - every_word())) == ([], [])


def test_what_is_drawn_is_read_or_refused_with_its_place_and_can_be_told() -> None:
    programmes = [programme for seed in range(6) if (programme := read(seed))]
    assert len(programmes) > 3
    assert [one for programme in programmes for one in told(programme)] == []


def test_what_is_spoilt_is_refused_with_its_place() -> None:
    for seed in range(24):
        drawn = spoilt(draw(seed), seed)
        _, complaints = examine(drawn.name, drawn.files, "")
        assert [str(one) for one in complaints if not is_located(one)] == []


def test_a_round_comes_to_the_same_late_or_in_time_together_or_one_by_one() -> None:
    played(A_GATE, acts=16, dossiers=4)


# ── The slow tier ────────────────────────────────────────────────────────────


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 400, 50))
def test_many_programmes_are_read_and_told(first: int) -> None:
    programmes = [programme for seed in range(first, first + 50) if (programme := read(seed))]
    assert len(programmes) > 25
    assert [one for programme in programmes for one in told(programme)] == []


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 200, 20))
def test_many_spoilt_programmes_are_refused_with_their_place_or_can_be_told(first: int) -> None:
    for seed in range(first, first + 20):
        for place in range(12):
            drawn = spoilt(draw(seed), 100 * seed + place)
            programme, complaints = examine(drawn.name, drawn.files, "")
            assert [str(one) for one in complaints if not is_located(one)] == []
            if programme is not None:
                told(programme)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(60))
def test_many_programmes_are_rehearsed_to_their_end(seed: int) -> None:
    programme = read(seed)
    for name in programme.rounds if programme else ():
        assert rehearse(programme, name, dossiers=4, seed=seed).journal


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 220))
def test_many_rounds_come_to_the_same_late_or_in_time_together_or_one_by_one(seed: int) -> None:
    played(seed, "sqlite" if seed % 6 else "postgresql")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(300, 340))
def test_many_letters_can_be_written_and_many_pages_answer(seed: int) -> None:
    looked_at(seed, pages=30)


def test_a_life_by_its_seed() -> None:
    if "SEED" not in os.environ:
        pytest.skip("SEED names no programme")
    played(int(os.environ["SEED"]))
    looked_at(int(os.environ["SEED"]), pages=60)
