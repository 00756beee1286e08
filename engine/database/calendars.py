"""Which dates hold in a round, and for one dossier, after all that was extended?"""

from collections.abc import Sequence
from datetime import date, time

from sqlmodel import Session, col, select

from engine.database.meetings import held
from engine.database.records import DossierRow, ExtensionRow, MeetingRow
from engine.rules.moments import Calendar, edge_instant
from engine.rules.round import LocalEdge, Round
from engine.rules.times import EdgeName


def _as_edge(row: ExtensionRow) -> LocalEdge:
    return LocalEdge(date.fromisoformat(row.new_day), time.fromisoformat(row.new_hour) if row.new_hour else None)


def standing(rows: Sequence[ExtensionRow]) -> list[ExtensionRow]:
    """The extensions among these that count: without those that were taken back, and what took them back."""
    undone = {row.undoes_id for row in rows}
    return [row for row in rows if row.undoes_id is None and row.id not in undone]


def extended(
    round: Round,
    rows: Sequence[ExtensionRow],
    dossier_id: int | None = None,
    meetings: Sequence[MeetingRow] = (),
    batch: int | None = None,
    strand: str | None = None,
    clocks: str | None = None,
    others: Sequence[str] = (),
) -> Calendar:
    """The round's calendar with the extensions that all got and, if one is given, those of a dossier.

    `rows` are the round's extensions, oldest first; one that was taken back, and what took it back, change nothing.
    With the `batch` of a dossier that was handed in, the edges of a phase that is cut are its own, and with its
    `strand` those that the strand has of its own, by the `clocks` of its applicant where phases go by these; `others`
    are all such clocks in the round. `meetings` are those of the round as they stand now, which may have
    been moved; without any, the file says when.
    """
    edges: dict[str, LocalEdge] = {}
    alone: dict[str, LocalEdge] = {}
    for row in standing(rows):
        if row.dossier_id not in (None, dossier_id):
            continue
        edge = _as_edge(row)
        if row.dossier_id is not None:
            alone[row.of] = edge
            continue
        written_apart = round.apart.get(row.of.rpartition(" ")[0], {})
        if row.strand is None:
            # whoever was given more time before keeps it, and has as much as all others where that is more; for whom
            # it had passed by then it stays passed
            for key in [key for key in edges if key.startswith(f"{row.of} ")]:
                is_over = _instant(round, row.of, edges[key]) <= row.decided_at
                is_less = _is_later(round, row.of, edge, edges[key]) and not is_over
                if key.rpartition(" ")[2] not in written_apart and is_less:
                    del edges[key]
        edges[row.of if row.strand is None else f"{row.of} {row.strand}"] = edge
        its_own = strand in written_apart or f"{row.of} {strand}" in edges
        concerns = row.strand == strand if its_own or row.strand is not None else True
        if concerns and row.of in alone and _is_later(round, row.of, edge, alone[row.of]):
            alone[row.of] = edge
    return Calendar(held(round, meetings), edges, batch, strand, alone, clocks, others)


def clocks_in(session: Session, round: Round, round_id: int) -> Sequence[str]:
    """All clocks that dossiers of a round have and the round has not, where phases go by them, in order."""
    return clocks_of_dossiers(session, round_id) if round.by_applicant else ()


def clocks_of_dossiers(session: Session, round_id: int) -> Sequence[str]:
    """All clocks that dossiers of a round have and the round has not, in order."""
    asked = select(DossierRow.clocks).where(col(DossierRow.round_id) == round_id, col(DossierRow.clocks).is_not(None))
    return [clocks for clocks in session.exec(asked.distinct().order_by(col(DossierRow.clocks))).all() if clocks]


def _is_later(round: Round, of: str, edge: LocalEdge, other: LocalEdge) -> bool:
    """Whether an edge of a phase, or the last day of something owed, is later than another."""
    return _instant(round, of, edge) > _instant(round, of, other)


def _instant(round: Round, of: str, edge: LocalEdge) -> int:
    """When an edge of a phase comes, or the last day of something owed is over (UTC microseconds)."""
    phase = of.rpartition(" ")[0]
    zone = round.zone_of(phase) if phase in round.phases else round.timezone
    name: EdgeName = "opens" if of.endswith(" opens") else "closes"
    return edge_instant(edge, name, zone)
