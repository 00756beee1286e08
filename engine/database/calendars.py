"""Which dates hold in a round, and for one dossier, after all that was extended?"""

from collections.abc import Sequence
from datetime import date, time

from engine.database.meetings import held
from engine.database.records import ExtensionRow, MeetingRow
from engine.rules.moments import Calendar, edge_instant
from engine.rules.round import LocalEdge, Round
from engine.rules.workflow import EdgeName


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
) -> Calendar:
    """The round's calendar with the extensions that all got and, if one is given, those of a dossier.

    `rows` are the round's extensions, oldest first; one that was taken back, and what took it back, change nothing.
    With the `batch` of a dossier that was handed in, the edges of a phase that is cut are its own.
    `meetings` are those of the round as they stand now, which may have been moved; without any, the file says when.
    """
    edges: dict[str, LocalEdge] = {}
    own: set[str] = set()
    for row in standing(rows):
        if row.dossier_id not in (None, dossier_id):
            continue
        edge = _as_edge(row)
        phase = row.of.rpartition(" ")[0]
        zone = round.zone_of(phase) if phase in round.phases else round.timezone
        name: EdgeName = "opens" if row.of.endswith(" opens") else "closes"
        if row.dossier_id is not None:
            own.add(row.of)
        elif row.of in own and edge_instant(edges[row.of], name, zone) >= edge_instant(edge, name, zone):
            continue  # what was granted to one dossier is not taken back by a shorter extension for all
        edges[row.of] = edge
    return Calendar(held(round, meetings), edges, batch)
