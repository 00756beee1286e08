"""Which rounds were recorded, and how are they played back?

A recording is a log of acts (instant, who, what, dossier, values) and, beside it, all that came of them when they were
recorded: what was refused, where each dossier ended, every deadline, the journal, and every letter as its subject and a
hash of its text. To record anew, on purpose, after looking at what parted:

    python tests/simulation/recordings.py
"""

import hashlib
import random
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

if __name__ == "__main__":  # run by itself, and not by pytest, which knows where things are
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from simulated_people import BRING_IN, Season
from simulated_programmes import OPENED, PEOPLE, STAFF, Played, programme

from engine.files.complaints import Complaints
from engine.files.reading import Programme, load
from engine.rehearsal.acts import PERSON, Act, write_acts, write_instant, write_values
from engine.rehearsal.log import read_acts
from grantcycle.rehearsing import Rehearsed, rehearse

HERE = Path(__file__).parent / "recorded"
CERA = Path(__file__).parents[2] / "workflows" / "cera-impuls"
SIMULATED = {"grants": ("pairs", "r04", 8), "gates": ("gate", "r02", 9)}
"""recording -> the variant, the round and how many dossiers it was invented with"""
NAMES = ("cera-impuls", *SIMULATED)


def programme_of(name: str) -> tuple[Programme, str]:
    """The programme of a recording as its files are now, and the round."""
    if name in SIMULATED:
        variant, round, _ = SIMULATED[name]
        return programme(variant), round
    return load(CERA), "2019"


def acts_file(name: str) -> Path:
    return HERE / f"{name}.acts.csv"


def expected_file(name: str) -> Path:
    return HERE / f"{name}.tsv"


def expected(name: str) -> list[str]:
    """What came of the recorded acts then, a line each."""
    return expected_file(name).read_text(encoding="utf-8").splitlines()


def played_back(name: str) -> list[str]:
    """What comes of the recorded acts now, a line each."""
    now, round = programme_of(name)
    return list(lines_of(rehearse(now, round, acts=acts_file(name))))


def lines_of(seen: Rehearsed) -> Iterator[str]:
    """All that came of a round, tab-separated, in the order in which it happened."""

    def line(*cells: object) -> str:
        return "\t".join(" ".join(str(cell).split()) for cell in cells)

    for one in seen.played:
        act, refused = one.act, " / ".join(one.refused)
        yield line("act", write_instant(act.instant), act.who, act.what, act.number, _short(act), refused or "done")
    for dossier in seen.dossiers:
        yield line("dossier", dossier.number, dossier.state)
    for due in seen.due:
        yield line("deadline", write_instant(due.at), due.key, due.ending)
    for event in seen.journal_lines():
        # the digest is over the programme's texts, which may change without a change in what happens
        yield line("journal", *(cell.replace(seen.programme.digest, "DIGEST") for cell in event))
    for row, mail in zip(seen.outbox_lines(), seen.mails, strict=True):
        text = hashlib.sha256(mail.text.encode()).hexdigest()[:16]
        yield line("letter", *row, mail.subject, text)


def _short(act: Act) -> str:
    """The values of an act, or a hash of them where somebody wrote a lot: they stand in the log."""
    values = write_values(act.values)
    return values if len(values) < 60 else hashlib.sha256(values.encode()).hexdigest()[:16]


def parted(recorded: list[str], now: list[str], *, shown: int = 6) -> str:
    """In words, what came of the recorded acts then and does not now, and the other way round; empty if nothing."""
    gone, new = Counter(recorded) - Counter(now), Counter(now) - Counter(recorded)
    told = []
    for lines, words in ((gone, "was recorded, and does not happen now"), (new, "happens now, and was not recorded")):
        ordered = [one for one in (recorded if lines is gone else now) if one in lines]
        told += [f"{words}: {_said(one)}" for one in ordered[:shown]]
        if len(ordered) > shown:
            told.append(f"... and {len(ordered) - shown} more of these")
    if not told and recorded != now:
        place = next(number for number, pair in enumerate(zip(recorded, now, strict=True)) if pair[0] != pair[1])
        told.append(f"the same, in another order from line {place + 1} on: {_said(now[place])}")
    return "\n".join(told)


def _said(line: str) -> str:
    kind, *cells = line.split("\t")
    return f"{kind} {' | '.join(cells)}"


def record(name: str) -> None:
    """Write down anew all that comes of the recorded acts; the acts themselves are invented only where none are."""
    now, round = programme_of(name)
    HERE.mkdir(exist_ok=True)
    if not acts_file(name).exists():
        if name in SIMULATED:
            acts_file(name).write_text(_simulated(name), encoding="utf-8")
        else:
            rehearse(now, round, dossiers=16, seed=4, save_acts=acts_file(name))
    expected_file(name).write_text("\n".join((*played_back(name), "")), encoding="utf-8")


def _simulated(name: str) -> str:
    """The log of a round as the simulation invents it, without what no log may hold."""
    variant, round, dossiers = SIMULATED[name]
    played = Played(programme(variant), programme(variant).rounds[round])
    deeds = sorted(Season(random.Random(name), played, dossiers).invent(), key=lambda deed: deed.act.instant)
    acts = [
        Act(OPENED, email, PERSON, "", {"name": email.partition("@")[0], "language": "en", "role": role, "by": STAFF}
            | ({"chair": "yes"} if chair else {}))
        for email, role, chair in PEOPLE
    ] + [deed.act for deed in deeds if deed.act.what != BRING_IN]  # fmt: skip
    while True:
        try:
            read_acts(write_acts(acts), name, played.programme.workflow, played.round.timezone)
        except Complaints as found:
            wrong = {one.line for one in found.complaints}
            acts = [act for line, act in enumerate(acts, start=2) if line not in wrong]
        else:
            return write_acts(acts)


if __name__ == "__main__":
    for known in NAMES:
        before = expected(known) if expected_file(known).exists() else []
        record(known)
        print(f"{known}: {parted(before, expected(known)) or 'as it was'}")
