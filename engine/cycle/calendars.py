"""When are a round's moments, with all that was extended?"""

from collections.abc import Iterable
from datetime import date, time

from engine.database.records import ExtensionRow
from engine.rules.moments import Calendar, edge_instant
from engine.rules.round import LocalEdge, Round
from engine.rules.workflow import EdgeName


def _as_edge(row: ExtensionRow) -> LocalEdge:
    return LocalEdge(date.fromisoformat(row.new_day), time.fromisoformat(row.new_hour) if row.new_hour else None)


def calendar_of(round: Round, extensions: Iterable[ExtensionRow], dossier_id: int | None = None) -> Calendar:
    """The calendar of all, or of one dossier; `extensions` are the round's, oldest first."""
    rows = [row for row in extensions if row.dossier_id in (None, dossier_id)]
    extended: dict[str, LocalEdge] = {}
    own: set[str] = set()
    for row in rows:
        edge = _as_edge(row)
        name: EdgeName = "opens" if row.of.endswith(" opens") else "closes"
        if row.dossier_id is not None:
            own.add(row.of)
        elif row.of in own and edge_instant(extended[row.of], name, round.timezone) >= edge_instant(
            edge, name, round.timezone
        ):
            continue  # what was granted to one dossier is not taken back by a shorter extension for all
        extended[row.of] = edge
    return Calendar(round, extended)
