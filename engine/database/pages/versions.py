"""On which versions of its rules and dates has a round run, since when, by whom, and why?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from engine.database.records import JournalRow, PersonRow, RewordingRow, RoundRow, VersionRow
from engine.database.store import the_id


@dataclass(frozen=True, slots=True)
class Version:
    """One version: `digest` pins the text that it had last, with its letters reworded so often.

    `by` is the address of whoever brought it in, `reason` why; of the first one there is no reason.
    """

    number: int
    digest: str
    since: int
    by: str
    name: str
    reason: str = ""
    mapped: Mapping[str, str] = field(default_factory=dict)
    dossiers: int = 0
    rewordings: int = 0


def versions_of(session: Session, round: RoundRow) -> list[Version]:
    """All versions of a round, the newest first."""
    of = the_id(round)
    rows = session.exec(
        select(VersionRow, PersonRow.email, PersonRow.name)
        .join(PersonRow, col(PersonRow.id) == col(VersionRow.person_id))
        .where(col(VersionRow.round_id) == of)
        .order_by(col(VersionRow.position))
    ).all()
    reworded = session.exec(
        select(RewordingRow.after, RewordingRow.at)
        .where(col(RewordingRow.round_id) == of)
        .order_by(col(RewordingRow.id))
    ).all()
    opened_by = session.exec(
        select(JournalRow.actor)
        .where(col(JournalRow.round_id) == of, col(JournalRow.what) == "round opened")
        .order_by(col(JournalRow.id))
        .limit(1)
    ).one()
    # the text that a version had last is the one before the next
    last = [*(row.before for row, _, _ in rows), round.digest]
    ends = [*(row.at for row, _, _ in rows), None]

    def times(place: int) -> int:
        since = rows[place - 1][0].at if place else 0
        return len({
            (after, at) for after, at in reworded if at >= since and (ends[place] is None or at < (ends[place] or 0))
        })  # fmt: skip

    found = [Version(1, last[0], round.opened_at, opened_by, opened_by, rewordings=times(0))]
    for place, (row, email, name) in enumerate(rows, start=1):
        found.append(
            Version(
                row.position, last[place], row.at, email, name or email, row.reason, row.mapped, row.dossiers,
                times(place),
            )
        )  # fmt: skip
    return found[::-1]
