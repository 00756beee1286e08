"""How fast does the calendar move a cohort: ours, the limit, and one by one?"""

from bench.child import in_a_child
from bench.databases import Place, migrated, opened, settle_down
from bench.dossiers import SETTLED, hand_in
from bench.figures import Figures, Line, Wanted, at_least, seconds
from bench.limit import Limit, counted, differences, fire, learn
from bench.peering import peers_of
from bench.row_by_row import move, set_up

MOST_ROW_BY_ROW = 10_000
"""one by one more dossiers take longer and are no faster"""
MOST_MB = 300


class LimitDiffers(Exception):
    """The limit does not write the rows that ours writes, so that it is none."""


def limit_of(place: Place) -> Limit:
    """The limit's statements. Raises LimitDiffers when their rows are not ours."""
    limit = learn(place)
    if found := differences(place, limit):
        raise LimitDiffers("; ".join(found))
    return limit


def measure(place: Place, limit: Limit, dossiers: int, runs: int, *, peers: bool = True) -> Figures:
    """One calendar move of so many dossiers, per second; with `peers` by the other libraries too, where installed.

    Raises LimitDiffers when the limit does not leave as many rows as ours.
    """
    prepared = place.fresh()
    with migrated(prepared) as database:
        hand_in(database, dossiers)
    fewer = min(dossiers, MOST_ROW_BY_ROW)
    ours, bare, one_by_one, peaks = [], [], [], []
    for _ in range(runs):
        # turn by turn, so that a machine that slows down slows down all of them
        url = place.copy(prepared)
        said = in_a_child("fire", url)
        ours.append(dossiers / said["seconds"])
        peaks.append(said["peak_mb"])
        with opened(url) as database:
            left = counted(database)
        place.drop(url)

        url = place.copy(prepared)
        with opened(url) as database:
            bare.append(dossiers / seconds(lambda: fire(database, limit)))
            if left != counted(database):
                raise LimitDiffers(f"ours left {left}, the limit {counted(database)}")
        place.drop(url)

        one_by_one.append(_row_by_row(place, fewer))
    place.drop(prepared)
    lines = [
        Line("ours", "Cycle.advance with the outbox", tuple(ours), max(peaks)),
        Line("limit", "the same rows, INSERT ... SELECT, one transaction", tuple(bare)),
        Line("peer", f"transitions + SQLModel, commit every 500, {fewer:,} dossiers", tuple(one_by_one)),
        *(peers_of(place, fewer, runs) if peers else ()),
    ]
    wanted = (
        at_least(lines, "limit", 0.5, "0.5 of the limit"),
        at_least(lines, "peer", 10, "10 times the fastest row by row"),
        Wanted(f"less than {MOST_MB} MB resident", max(peaks) < MOST_MB),
    )
    return Figures(f"a close of {dossiers:,} dossiers, {place.name}", "dossiers/s", tuple(lines), wanted=wanted)


def _row_by_row(place: Place, dossiers: int) -> float:
    """How many dossiers a second are moved one by one."""
    url = place.fresh()
    with opened(url) as database:
        set_up(database, dossiers)
        settle_down(database)
        rate = dossiers / seconds(lambda: move(database, SETTLED))
    place.drop(url)
    return rate
