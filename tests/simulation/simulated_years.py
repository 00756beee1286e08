"""How are many years played and judged?

Each seed is played twice: with everything that can break, and without a single fault and on time (in every run one in
three, in the long one all). Both must keep every truth, and the same must have happened in both.

To see one seed by itself, with all that happened in it:

    SEED=17 python -m pytest tests/simulation -s -k grants_by_its_seed
"""

import asyncio
import gc
import os
from ast import literal_eval
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from simulated_truths import untrue
from simulated_twin import differences
from simulated_year import Knobs, Year, play

_LARGE = ((12, 15), (1, 15), (6, 12), (3, 3), (1, 8))
SHOWN = 8
"""so many sentences about one seed are enough"""


def large(knobs: Knobs) -> Knobs:
    """The same family in years of a dozen rounds, and of fifteen dossiers in one."""
    return Knobs(knobs.family, _LARGE)


@contextmanager
def playing() -> Iterator[asyncio.Runner]:
    """A loop for the postman, and a collector of cycles that looks less often: rows need no collecting."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 50)
    try:
        with asyncio.Runner() as runner:
            yield runner
    finally:
        gc.set_threshold(*usual)


def judge(seed: int, knobs: Knobs, runner: asyncio.Runner, *, calm_too: bool = True) -> tuple[Year, list[str]]:
    """The year of a seed as it was, and a sentence for everything that is wrong with it, or with its calm twin."""
    stormy = play(seed, knobs, runner)
    if not calm_too:
        return stormy, untrue(stormy, letters_left=True)
    calm = play(seed, knobs, runner, calm=True)
    return stormy, [
        *untrue(stormy, letters_left=True),
        *(f"without faults: {sentence}" for sentence in untrue(calm, letters_left=False)),
        *differences(stormy, calm),
    ]


def red(seed: int, knobs: Knobs, sentences: Sequence[str]) -> str:
    """What is said about a seed in which something is wrong, and how to see it again."""
    more = f"\n  ... and {len(sentences) - SHOWN} more" if len(sentences) > SHOWN else ""
    play_it = f"SEED={seed} SIZES='{knobs.sizes!r}' python -m pytest tests/simulation -s -k {knobs.family}_by_its_seed"
    return f"seed {seed} of {knobs.family}:\n  " + "\n  ".join(sentences[:SHOWN]) + f"{more}\n  again: {play_it}"


def years_are_true(seeds: Sequence[int], knobs: Knobs, *, calm: int = 1) -> Counter[str]:
    """Plays all these seeds, and gives how often what can happen in a year happened in them.

    One in `calm` of them is played without a fault too.
    """
    reds, met = [], Counter[str]()
    with playing() as runner:
        for place, seed in enumerate(seeds):
            year, sentences = judge(seed, knobs, runner, calm_too=place % calm == 0)
            met.update(met_in(year))
            if sentences:
                reds.append(red(seed, knobs, sentences))
    assert not reds, f"{len(reds)} of {len(seeds)} years are wrong\n" + "\n".join(reds[:5])
    return met


def met_in(year: Year) -> Counter[str]:
    """How often the rarer things happened in a year."""
    assert year.books is not None
    assert year.relay is not None
    books = year.books
    met = Counter({"breakages": year.breakages})
    met.update(f"ending {row.ending}" for row in books.deadline)
    met.update(f"letter {row.status}" for row in books.notification)
    met.update(f"attempt {row.outcome}" for row in books.attempt)
    met.update(f"verdict {row.ending}" for row in books.verdict)
    met.update(f"journal {row.what}" for row in books.journal)
    met.update(f"move {row.name}" for row in books.transition)
    refusals = (line.partition(" -> refused: ")[2] for line in year.outcomes)
    met.update(f"refused {code}" for codes in refusals if codes for code in codes.split(", "))
    met["the same letter twice"] = sum(len(taken) > 1 for taken in year.relay.taken.values())
    met["the process died"] = sum("the process dies" in line or "broken off" in line for line in year.log)
    met["held back"] = len(books.held_back)
    met["conflicts"] = len(books.conflict)
    return met


def show(family: str) -> None:
    """Plays the year that SEED (and SIZES) name, prints all that happened in it, and fails with what is wrong."""
    if "SEED" not in os.environ:
        pytest.skip("SEED names no year")
    sizes = os.environ.get("SIZES")
    knobs = Knobs(family, literal_eval(sizes)) if sizes else Knobs(family)
    with playing() as runner:
        year, sentences = judge(int(os.environ["SEED"]), knobs, runner)
    print("\n".join(("", *year.log, f"digest {year.digest}")))
    assert not sentences, "\n".join(sentences)
