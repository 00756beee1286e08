"""How is a number written: as it is, as a share, by a name that the round gives, or one for each strand?"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from engine.files.asking import read_whole
from engine.files.names import Reader
from engine.files.source import Spot, written
from engine.rules.numbers import Named, Number, PartOf, PerStrand, Share

LARGEST = 10**12
MOST = 10**6
"""of anything that is counted: more is a slip of the finger"""
SHARE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)( ?)%")
PART = re.compile(r"(.*%) of (.*)")
NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Sort:
    """Which numbers a rule takes."""

    whole: bool
    share: bool
    from_zero: bool = False
    part: bool = False
    """whether a part of another answer will do"""

    def says(self) -> str:
        if self.whole:
            return f"a whole number from 1 to {MOST}"
        return "a number, 0 or more" if self.from_zero else "a number above 0"


PLACES = Sort(whole=True, share=True)
LIMIT = Sort(whole=False, share=True)
CEILING = Sort(whole=False, share=False, part=True)
LEAST = Sort(whole=False, share=False, from_zero=True, part=True)
SEATS = Sort(whole=True, share=False)
ANY = Sort(whole=False, share=True)


def is_of(sort: Sort, value: object) -> bool:
    """Whether a plain number is one that the rule takes."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if sort.whole:
        return isinstance(value, int) and 1 <= value <= MOST
    return 0 < value <= LARGEST or (sort.from_zero and value == 0)


def read_number(sort: Sort, *, named: bool = True) -> Callable[[object, Spot], Number | None]:
    """A reader of numbers of that sort; with `named` a name under `[given]` may stand for one."""
    instead = 'write "30 % of" and the question' if sort.part else "write the number itself"

    def one(value: object, spot: Spot) -> int | float | Share | Named | PartOf | None:
        if isinstance(value, str):
            return _worded(value, spot)
        if is_of(sort, value):
            assert isinstance(value, int | float)
            return value
        spot.complain(f"must be {sort.says()}, not {written(value)}")
        return None

    def _worded(value: str, spot: Spot) -> Share | Named | PartOf | None:
        if match := SHARE.fullmatch(value):
            if not sort.share:
                spot.complain(f"{written(value)} is a share of nothing here; {instead}")
                return None
            return _share(value, match, spot)
        if sort.part and (match := PART.fullmatch(value)):
            return _part(value, match, spot)
        if named and NAME.fullmatch(value):
            return Named(value)
        ways = [
            sort.says(), 'a share such as "30 %"' if sort.share else "", "a name under [given]" if named else "",
            'a part such as "30 % of costs"' if sort.part else "",
        ]  # fmt: skip
        spot.complain(f"must be {' or '.join(filter(None, ways))}, not {written(value)}")
        return None

    def _part(value: str, match: re.Match[str], spot: Spot) -> PartOf | None:
        found = SHARE.fullmatch(match[1])
        if found is None:
            spot.complain(f'{written(value)} does not begin with a share such as "30 %"')
            return None
        share, of = _share(match[1], found, spot), read_whole(match[2], spot)
        return None if share is None or of is None else PartOf(share, of)

    def _share(value: str, match: re.Match[str], spot: Spot) -> Share | None:
        percent = float(match[1])
        if not 0 < percent <= 100:
            spot.complain(f"{written(value)} is no share: it must be above 0 % and at most 100 %")
            return None
        share = Share(int(percent) if percent == int(percent) else percent)
        if str(share) != value:
            spot.complain(f'{written(value)} is written "{share}"')
            return None
        return share

    def read(value: object, spot: Spot) -> Number | None:
        if not isinstance(value, dict):
            return one(value, spot)
        found = {strand: one(raw, spot.at(strand)) for strand, raw in value.items()}
        if not _has_every_strand(value, spot) or None in found.values():
            return None
        return PerStrand({strand: number for strand, number in found.items() if number is not None})

    return read


def crossed(least: Number | None, most: Number | None) -> tuple[str, str] | None:
    """A least number with the largest that is smaller than it, in whichever strand; None where there is room.

    A part of an answer is compared with another part of the same answer.
    """
    strands = [strand for one in (least, most) if isinstance(one, PerStrand) for strand in one.of]
    for strand in strands or [""]:
        low, high = (one.of[strand] if isinstance(one, PerStrand) and strand else one for one in (least, most))
        if isinstance(low, PartOf) and isinstance(high, PartOf) and low.of == high.of:
            if low.share.percent > high.share.percent:
                return str(low), str(high)
        elif isinstance(low, int | float) and isinstance(high, int | float) and low > high:
            return f"{low:g}", f"{high:g}"
    return None


def _has_every_strand(value: dict[str, object], spot: Spot) -> bool:
    known = spot.names["strand"]
    if not known:
        spot.complain("gives one number for each strand, and there is no [strand]")
        return False
    sound = True
    for strand in value:
        if spot.names.lack("strand", strand):
            spot.at(strand).unknown("strand", strand, known)
            sound = False
    if sound and (missing := [strand for strand in known if strand not in value]):
        spot.complain(f'gives no number for the strand "{missing[0]}"')
        return False
    return sound


read_places: Reader = read_number(PLACES)
read_limit: Reader = read_number(LIMIT)
read_ceiling: Reader = read_number(CEILING)
read_least: Reader = read_number(LEAST)
read_seats: Reader = read_number(SEATS)
