"""What does a single value mean?

One reader for each kind of value in the vocabulary. A reader gives the value as the records hold it, or None after
it has complained.
"""

import re
from collections.abc import Callable, Mapping
from unicodedata import category

from engine.errors import did_you_mean
from engine.files.amounts import LARGEST, MOST, read_ceiling, read_least, read_limit, read_places, read_seats
from engine.files.asking import read_answers
from engine.files.days import read_date, read_edge, read_hour, read_phase_zone, read_region, read_zone
from engine.files.names import (
    Reader,
    each,
    name_of,
    read_actor,
    read_bookable,
    read_criteria,
    read_divided,
    read_if_not,
    read_letters,
    read_open_to,
    read_order,
    read_per,
    read_reviewer,
    read_seen,
    read_set,
)
from engine.files.own_moments import read_any_moment, read_any_when
from engine.files.reach import read_once, read_recent
from engine.files.source import Spot, how_many, written
from engine.files.spans import (
    read_announced,
    read_grace,
    read_phase_edge,
    read_reminder,
    read_span,
)
from engine.files.vocabulary import KINDS, Kind
from engine.rules.conditions import Marks
from engine.rules.numbers import Named, Number
from engine.rules.times import Moment, OwnMoment
from engine.rules.workflow import Slots

HTTPS = re.compile(r"https://[^\s/?#@\\]+([/?#][^\s\\]*)?")
MOST_MARKS = 21
"""marks in words of one scale: more are no choice any more"""
UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")
"""Unicode's categories of line breaks, control characters and marks that turn the direction of the text"""


def read_text(value: object, spot: Spot) -> str | None:
    """A text that is not blank and stands on one line: it becomes part of subjects, headings and tables."""
    if not isinstance(value, str):
        spot.complain(f"must be text, not {written(value)}")
    elif not value.strip():
        spot.complain("is empty")
    elif any(category(character) in UNSEEN for character in value):
        spot.complain("must stand on one line, without characters that nobody sees")
    elif value != value.strip():
        spot.complain(f"begins or ends with a space: {written(value)}")
    else:
        return value
    return None


read_texts: Reader = each(read_text)


def _matching(pattern: str) -> Callable[[Kind], Reader]:
    def make(kind: Kind) -> Reader:
        def read(value: object, spot: Spot) -> str | None:
            if isinstance(value, str) and re.fullmatch(pattern, value):
                return value
            quotes = "" if isinstance(value, str) else ", in quotes"
            spot.complain(f"must be {_plain(kind)}{quotes}, not {written(value)}")
            return None

        return read

    return make


def _plain(kind: Kind) -> str:
    says = kind.says.replace("`", "")
    if says.startswith(("one ", "a ", "letters", "[")):
        return says
    return f"an {says}" if says.startswith(("ISO", "IANA", "address")) else f"a {says}"


def read_flag(value: object, spot: Spot) -> bool | None:
    """true or false, never a text."""
    if isinstance(value, bool):
        return value
    spot.complain(f"must be true or false, not {written(value)}")
    return None


def read_count(value: object, spot: Spot) -> int | None:
    """A whole number from 1."""
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST:
        return value
    spot.complain(f"must be a whole number from 1 to {MOST}, not {written(value)}")
    return None


def read_weight(value: object, spot: Spot) -> int | float | None:
    """A number from 0."""
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LARGEST:
        return value
    spot.complain(f"must be a number from 0, not {written(value)}")
    return None


def read_floor(value: object, spot: Spot) -> Number | str | None:
    """A least score: a number, or a mark in words of some criterion. Whether they go together is judged later."""
    if isinstance(value, str) and value in [mark for words in words_of(spot).values() for mark in words]:
        return value
    number: Number | None = read_limit(value, spot)
    return number


def words_of(spot: Spot) -> dict[str, list[str]]:
    """criterion -> its marks in words, of those that have some, as the file declares them."""
    criteria = (spot.source.data or {}).get("criterion")
    found: dict[str, list[str]] = {}
    for name, one in criteria.items() if isinstance(criteria, dict) else ():
        scale = one.get("scale") if isinstance(one, dict) else None
        if isinstance(scale, list) and scale and all(isinstance(mark, str) for mark in scale):
            found[name] = scale
    return found


def read_choices(value: object, spot: Spot) -> tuple[str, ...] | Named | None:
    """What one may choose from: a list, or the name under which each round gives one."""
    if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_]*", value):
        return Named(value)
    return read_list(value, spot)


def read_list(value: object, spot: Spot) -> tuple[str, ...] | None:
    """At least two texts to choose from."""
    choices: tuple[str, ...] | None = each(read_text)(value, spot)
    if choices is not None and len(choices) < 2:
        spot.complain(f'"{choices[0]}" alone leaves nothing to choose')
        return None
    if choices is not None and len({choice.casefold() for choice in choices}) < len(choices):
        spot.complain("has two choices that differ in capitals alone; who could tell them apart?")
        return None
    return choices


def read_format(value: object, spot: Spot) -> int | None:
    """The version of the format; there is one so far."""
    if value == 1 and isinstance(value, int) and not isinstance(value, bool):
        return 1
    spot.complain(f"this grantcycle reads format 1, not {written(value)}")
    return None


def _one_of(kind: Kind) -> Reader:
    def read(value: object, spot: Spot) -> str | None:
        if isinstance(value, str) and value in kind.words:
            return value
        if isinstance(value, str) and value in kind.later:
            spot.later(f'"{value}"')
        else:
            known = ", ".join(f'"{word}"' for word in kind.words)
            hint = did_you_mean(value, kind.words) if isinstance(value, str) else ""
            many = "one of " if len(kind.words) > 1 else ""
            spot.complain(f"must be {many}{known}, not {written(value)}{hint}")
        return None

    return read


def read_between(value: object, spot: Spot) -> tuple[Moment | OwnMoment, Moment | OwnMoment] | None:
    """`[moment, moment]`, of the calendar or of the dossier."""
    if not isinstance(value, list) or len(value) != 2:
        spot.complain(f"must be two moments, [from, to], not {how_many(value)}")
        return None
    start, end = (read_any_moment(raw, spot.at(index)) for index, raw in enumerate(value))
    return None if start is None or end is None else (start, end)


def read_scale(value: object, spot: Spot) -> tuple[int | float, int | float] | tuple[str, ...] | None:
    """`[worst, best]`, rising or falling, or marks in words with the worst first."""
    if isinstance(value, list) and any(isinstance(mark, str) for mark in value):
        return _read_words(value, spot)
    numbers = [x for x in value if isinstance(x, int | float) and not isinstance(x, bool) and abs(x) <= LARGEST] \
        if isinstance(value, list) else []  # fmt: skip
    if not isinstance(value, list) or len(value) != 2 or len(numbers) != 2:
        spot.complain(f"must be two numbers, [worst, best], not {how_many(value)}")
        return None
    worst, best = numbers
    if worst == best:
        spot.complain(f"[{worst}, {best}] leaves nothing to choose")
        return None
    return worst, best


def _read_words(value: list[object], spot: Spot) -> tuple[str, ...] | None:
    marks: tuple[str, ...] | None = each(read_text)(value, spot)
    if marks is not None and not 2 <= len(marks) <= MOST_MARKS:
        spot.complain(f"has {len(marks)} mark{'s' if len(marks) > 1 else ''}; write 2 to {MOST_MARKS}, the worst first")
        return None
    if marks is not None and (number := next((one for one in marks if re.fullmatch(r"-?\d+([.,]\d+)?", one)), None)):
        spot.complain(f'has the number "{number}" for a word; write [worst, best] without quotes')
        return None
    return marks


def read_marks(value: object, spot: Spot) -> Marks | None:
    """`{ criterion = mark }`, a word as its place; whether a number is on the scale is judged with the criterion."""
    if not isinstance(value, dict) or not value:
        spot.complain(f"must be {{ criterion = mark }}, not {'empty' if value == {} else written(value)}")
        return None
    marks: list[tuple[str, int | float]] = []
    read_name, words = name_of("criterion"), words_of(spot)
    for name, mark in value.items():
        if read_name(name, spot.at(name)) is None:
            continue
        if name in words:
            if mark not in words[name]:
                known = ", ".join(f'"{word}"' for word in words[name])
                spot.at(name).complain(f"must be one of {known}, not {written(mark)}")
                continue
            marks.append((name, words[name].index(mark) + 1))
            continue
        if isinstance(mark, bool) or not isinstance(mark, int | float) or abs(mark) > LARGEST:
            spot.at(name).complain(f"must be a mark, a number, not {written(mark)}")
            continue
        marks.append((name, mark))
    return tuple(marks) if len(marks) == len(value) else None


def read_slots(value: object, spot: Spot) -> Slots | None:
    """`{ count, minutes, pause }`."""
    if not isinstance(value, dict):
        spot.complain(f"must be {{ count, minutes, pause }}, not {written(value)}")
        return None
    known = ("count", "minutes", "pause")
    for name in value:
        if name not in known:
            spot.at(name).unknown("key", name, known)
    if "minutes" not in value:
        spot.at("minutes").complain("is required")
    pause = 0 if value.get("pause", 0) in (0,) and not isinstance(value.get("pause"), bool) else read_count(
        value["pause"], spot.at("pause"))  # fmt: skip
    count, minutes = (read_count(value[name], spot.at(name)) if name in value else None for name in known[:2])
    if (count is None and "count" in value) or minutes is None or pause is None or set(value) - set(known):
        return None
    return Slots(count, minutes, pause)


def read_online(value: object, spot: Spot) -> str | None:
    """The https address of a meeting on line, without a name or a password before the host."""
    if isinstance(value, str) and HTTPS.fullmatch(value):
        return value
    if isinstance(value, str) and re.match(r"[a-z]+://[^/?#]*@", value):
        spot.complain("has a name or a password before the host; write the address alone")  # and do not repeat it
    else:
        spot.complain(f'must be an address such as "https://meet.example/board", not {written(value)}')
    return None


def read_ending(value: object, spot: Spot) -> str | None:
    """The ending of a file's name, without its dot."""
    if isinstance(value, str) and re.fullmatch(r"[a-z0-9]+", value):
        return value
    better = value.lstrip(".").lower() if isinstance(value, str) else ""
    hint = f'; write "{better}"' if re.fullmatch(r"[a-z0-9]+", better) else ""
    spot.complain(f'must be an ending such as "pdf", not {written(value)}{hint}')
    return None


_SPECIAL: Mapping[str, Reader] = {
    "text": read_text,
    "texts": read_texts,
    "yes or no": read_flag,
    "count": read_count,
    "places": read_places,
    "weight": read_weight,
    "floor": read_floor,
    "ceiling": read_ceiling,
    "seats": read_seats,
    "least": read_least,
    "choices": read_choices,
    "format": read_format,
    "language": _matching("[a-z]{2,3}")(KINDS["language"]),
    "languages": each(_matching("[a-z]{2,3}")(KINDS["language"])),
    "currency": _matching("[A-Z]{3}")(KINDS["currency"]),
    "state": name_of("state"),
    "states": each(name_of("state"), alone=True),
    "phase": name_of("phase"),
    "schedule": name_of("question"),
    "paid question": name_of("question"),
    "strand": name_of("strand"),
    "strands": each(name_of("strand"), alone=True),
    "set": read_set,
    "meeting": name_of("meeting"),
    "committee": name_of("committee"),
    "once": read_once,
    "recent": read_recent,
    "deliverable": name_of("deliverable"),
    "deliverables": each(name_of("deliverable"), alone=True),
    "open to": read_open_to,
    "actor": read_actor,
    "letters": read_letters,
    "if not": read_if_not,
    "bookable": read_bookable,
    "reviewer": read_reviewer,
    "span": read_span,
    "spans": each(read_span, alone=True),
    "reminders": each(read_reminder),
    "own moment": read_any_moment,
    "when": read_any_when,
    "announced": read_announced,
    "phase edge": read_phase_edge,
    "moments": each(read_any_moment, alone=True),
    "between": read_between,
    "endings": each(read_ending),
    "scale": read_scale,
    "scored question": name_of("question"),
    "seen": each(read_seen),
    "scored criteria": read_criteria,
    "marks": read_marks,
    "money question": name_of("question"),
    "divided": read_divided,
    "per": read_per,
    "slots": read_slots,
    "order": read_order,
    "answers": read_answers,
    "number prefix": _matching("[A-Za-z0-9]{1,12}")(KINDS["number prefix"]),
    "zone": read_zone,
    "phase zone": read_phase_zone,
    "region": read_region,
    "date": read_date,
    "hour": read_hour,
    "online": read_online,
    "edge": read_edge,
    "grace": read_grace,
}

READERS: Mapping[str, Reader] = {
    **_SPECIAL,
    **{name: _one_of(kind) for name, kind in KINDS.items() if kind.words},
}
"""by kind; the kinds `guards` and `questions` are tables again and are read by tables.py"""
