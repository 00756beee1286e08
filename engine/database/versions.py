"""On which rules has a round run, one version after the other, and what of the earlier ones does it still know?"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlmodel import Session, col, func, select

from engine.database.records import PinnedRow, RewordingRow, RoundRow, VersionRow
from engine.files.reading import Programme, read_programme
from engine.rules.lasting import lasting

FOR_EVER = 2**62
READ = 64
"""programmes that a process keeps once it has read them, by their texts"""
Read = Callable[[str], Programme]
"""digest -> the programme as its files say"""


def newest_version(session: Session) -> int:
    """When rules last took the place of others, in any round (UTC microseconds); 0 where they never did."""
    return session.exec(select(func.max(VersionRow.at))).one() or 0


def programme_of(session: Session, digest: str, read: Read) -> Programme:
    """The programme that a digest pins; its workflow still knows by name what rules had whose place these took."""
    programme = read(digest)
    earlier = [read(one) for one in _replaced_by(session, digest)]
    if not earlier:
        return programme
    in_rounds = (one.rules_of(round) for one in earlier for round in one.rounds)
    return replace(programme, workflow=lasting(programme.workflow, (one.workflow for one in earlier), in_rounds))


def _replaced_by(session: Session, digest: str) -> list[str]:
    """The digests of the rules whose place these have taken, in whatever round; the newest first."""
    versions = session.exec(select(VersionRow.before, VersionRow.after).order_by(col(VersionRow.id).desc())).all()
    if not versions:
        return []
    reworded = session.exec(
        select(RewordingRow.before, RewordingRow.after).distinct().order_by(RewordingRow.before, RewordingRow.after)
    ).all()
    found: dict[str, None] = {}
    seen, fresh = {digest}, [digest]
    while fresh:
        one = fresh.pop(0)
        for before, after in versions:
            if after == one:
                found.setdefault(before)
                fresh += [before] if before not in seen else []
                seen.add(before)
        for before, after in reworded:
            if after == one and before not in seen:
                fresh.append(before)
                seen.add(before)
    return [one for one in found if one != digest]


@dataclass(frozen=True, slots=True)
class Era:
    """The time in which a round ran on one version of its rules: which moves are by it, and which texts.

    `after_move` is the last move (its id) that was not by it yet, `last_move` the last that was; `digests` are all the
    texts that it had, with its letters reworded.
    """

    position: int
    digest: str
    latest: str
    """the last of its texts"""
    programme: Programme
    after_move: int
    last_move: int
    digests: tuple[str, ...]
    since: int
    until: int
    person_id: int | None = None
    reason: str = ""

    @property
    def moves(self) -> dict[str, int]:
        """The bounds of its moves, as a question takes them."""
        return {"after_move": self.after_move, "last_move": self.last_move}


def eras(session: Session, round: RoundRow, read: Read) -> tuple[Era, ...]:
    """All versions of a round, the first one first. Their programmes are as their files say."""
    return tuple(_eras(session, round, read))


def version_rows(session: Session, round_id: int) -> Sequence[VersionRow]:
    """The versions of a round but for the one that it was opened with; the oldest first."""
    return session.exec(
        select(VersionRow).where(col(VersionRow.round_id) == round_id).order_by(col(VersionRow.position))
    ).all()


def _eras(session: Session, round: RoundRow, read: Read) -> Iterator[Era]:
    assert round.id is not None
    rows = version_rows(session, round.id)
    reworded = session.exec(
        select(RewordingRow).where(col(RewordingRow.round_id) == round.id).order_by(col(RewordingRow.id))
    ).all()
    first = rows[0].before if rows else round.digest
    opened_with = _opened_with(first, reworded, rows[0].at if rows else FOR_EVER)
    starts: list[tuple[int, str, int, int, int | None, str]] = [(1, opened_with, 0, round.opened_at, None, "")]
    starts += [(row.position, row.after, row.moves_before, row.at, row.person_id, row.reason) for row in rows]
    for place, (position, digest, after_move, since, person, reason) in enumerate(starts):
        last = rows[place].moves_before if place < len(rows) else FOR_EVER
        until = rows[place].at if place < len(rows) else FOR_EVER
        texts = [digest]
        for row in reworded:
            if since <= row.at <= until and row.before == texts[-1]:
                texts.append(row.after)
        digests = tuple(dict.fromkeys(texts))
        yield Era(
            position, digest, texts[-1], read(texts[-1]), after_move, last, digests, since, until,
            person, reason,
        )  # fmt: skip


def _opened_with(digest: str, reworded: Sequence[RewordingRow], until: int) -> str:
    """What the round was opened with, whose texts may have been changed until it had that digest."""
    before = [row for row in reworded if row.at <= until]
    return before[0].before if before else digest


def read_pinned(session: Session, digest: str) -> Programme:
    """The programme that a digest pins. Raises GrantcycleError when its text cannot be read any more."""
    row = session.get_one(PinnedRow, digest)
    return _read(row.programme, tuple(row.files.items()))


@lru_cache(READ)
def _read(name: str, files: tuple[tuple[str, str], ...]) -> Programme:
    return read_programme(name, dict(files), name)
