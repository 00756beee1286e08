"""What do "14 days", "3 days before call closes" and a window between two moments mean?"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Literal

from engine.errors import did_you_mean, nearest
from engine.files.source import Spot, written
from engine.rules.times import EdgeName, Moment, Moves, OwnMoment, OwnWindow, PlaceFrees, Span, SpanUnit, Window

Turn = Literal["before", "after"]
DAYS: dict[SpanUnit, int] = {"working day": 1, "day": 1, "week": 7, "month": 30, "year": 365}
ABROAD: Mapping[SpanUnit, tuple[str, ...]] = {
    "working day": ("werkdag", "werkdagen", "jour ouvré", "jours ouvrés", "jour ouvrable", "jours ouvrables"),
    "day": ("dag", "dagen", "jour", "jours"),
    "week": ("weken", "semaine", "semaines"),
    "month": ("maand", "maanden", "mois"),
    "year": ("jaar", "jaren", "an", "ans", "année", "années"),
}
"""how the units are called by people who write in another language"""
LONGEST = 130 * 365
"""in days: longer than that lies outside the years that a round may name"""
GRACE = {"second": 1, "minute": 60, "hour": 3_600}
EDGES: tuple[EdgeName, ...] = ("opens", "closes")
SAME: Mapping[EdgeName, tuple[str, ...]] = {
    "opens": ("open", "opening", "start", "starts", "begin", "begins", "beginning"),
    "closes": ("close", "closing", "end", "ends", "ending", "deadline", "stops"),
}
"""other words for an edge"""
HOW_MOMENTS_READ = 'a moment reads "PHASE opens|closes" or "3 days before|after PHASE opens|closes"'


def read_span(value: object, spot: Spot) -> Span | None:
    """A span such as "14 days"; None when it is not one, which is complained about."""
    match = re.fullmatch(r"(\d{1,6}) (\S.*)", value) if isinstance(value, str) else None
    if match is None:
        digits = ", in digits" if isinstance(value, str) and not re.search(r"\d", value) else ""
        spot.complain(f'must be a span such as "14 days"{digits}, not {written(value)}')
        return None
    count, word = int(match.group(1)), match.group(2)
    unit: SpanUnit | None = next((unit for unit in DAYS if word in (unit, f"{unit}s")), None)
    if unit is None:
        known = [f"{unit}s" for unit in DAYS]
        english = next((f"{unit}s" for unit, others in ABROAD.items() if word in others), None)
        hint = f'; did you mean "{english}"?' if english else did_you_mean(word, known)
        hint = hint or f"; known: {', '.join(known)}"
        spot.complain(f'"{value}" is not a span: there is no unit "{word}"{hint}')
        return None
    if count < 1 or count * DAYS[unit] > LONGEST:
        spot.complain(f'"{value}" is not a span: it must be at least 1 day and at most 130 years')
        return None
    span = Span(count, unit)
    if str(span) != value:
        spot.complain(f'"{value}" is written "{span}"')
        return None
    return span


def read_reminder(value: object, spot: Spot) -> tuple[Span, Turn] | None:
    """How long before a last day ("14 days") or after it ("3 days after") somebody is reminded."""
    text = value.removesuffix(" after") if isinstance(value, str) else value
    if isinstance(text, str) and text.endswith(" before"):
        spot.complain(f'{written(value)} is written "{text.removesuffix(" before")}": a reminder comes before')
        return None
    span = read_span(text, spot)
    return None if span is None else (span, "before" if text == value else "after")


def read_when(value: object, spot: Spot) -> Moment | PlaceFrees | None:
    """A moment, or "a place frees"."""
    waits = PlaceFrees()
    if value == str(waits):
        return waits
    if isinstance(value, str) and not value.endswith(EDGES) and (hint := did_you_mean(value, [str(waits)])):
        spot.complain(f'"{value}" is not a moment{hint}')
        return None
    return read_moment(value, spot)


def read_announced(value: object, spot: Spot) -> Moment | Moves | None:
    """A moment, or "call moves"."""
    match = re.fullmatch(r"(\S+) moves", value) if isinstance(value, str) else None
    if match is None:
        return read_moment(value, spot)
    if spot.names.lack("phase", match[1]):
        spot.unknown("phase", match[1], spot.names["phase"])
        return None
    return Moves(match[1])


def read_phase_edge(value: object, spot: Spot) -> Moment | None:
    """An edge of a phase, "call closes"."""
    edge = read_moment(value, spot)
    if edge is not None and edge.span is not None:
        spot.complain(f'"{value}" is no edge of a phase; what hangs on it moves with "{edge.phase} {edge.edge}"')
        return None
    return edge


def read_moment(value: object, spot: Spot) -> Moment | None:
    """A moment such as "3 days before call closes"; None when it is not one, which is complained about."""
    if isinstance(value, date):
        spot.complain(f'must be a moment such as "call closes", not {written(value)}; days stand in the round file')
        return None
    if not isinstance(value, str) or not value.strip():
        spot.complain(f'must be a moment such as "call closes", not {written(value)}')
        return None
    words = value.split()
    if words == ["a", "place", "frees"]:
        spot.complain('"a place frees" is no moment of the calendar; only a transition can wait for it')
        return None
    turn = next((index for index, word in enumerate(words) if word in ("before", "after")), None)
    anchor = words if turn is None else words[turn + 1 :]
    if len(anchor) == 1 and anchor[0] in spot.names["question"]:
        spot.later(f'a moment that hangs on a date question ("{anchor[0]}")')
        return None
    if len(anchor) != 2 or " ".join(words) != value:
        meant = _meant(words, spot)
        spot.complain(f'"{value}" is not a moment; ' + (f'did you mean "{meant}"?' if meant else HOW_MOMENTS_READ))
        return None
    span = None if turn is None else read_span(" ".join(words[:turn]), spot)
    if anchor[0] in EDGES and anchor[1] in spot.names["phase"]:
        spot.complain(f'"{value}" is not a moment; did you mean "{" ".join([*words[:-2], anchor[1], anchor[0]])}"?')
        return None
    edge = _edge(anchor[1], value, spot)
    if edge is None or (turn is not None and span is None):
        return None
    if spot.names.lack("phase", anchor[0]):
        spot.unknown("phase", anchor[0], spot.names["phase"])
        return None
    if turn is None:
        return Moment(anchor[0], edge)
    return Moment(anchor[0], edge, span, "before" if words[turn] == "before" else "after")


def _meant(words: list[str], spot: Spot) -> str | None:
    """The moment that these words come near to: with a turn that is spelt well, or the edge of the phase they name."""
    for place, word in enumerate(words):
        if (turn := nearest(word, ("before", "after"))) not in (None, word) and word not in spot.names["phase"]:
            return " ".join([*words[:place], str(turn), *words[place + 1 :]])
    phase = next((word for word in words if word in spot.names["phase"]), None)
    edge = next((edge for edge, others in SAME.items() if any(word in (edge, *others) for word in words)), None)
    return f"{phase} {edge}" if phase and edge and not {"before", "after"} & set(words) else None


def _edge(word: str, value: str, spot: Spot) -> EdgeName | None:
    edge: EdgeName | None = next((edge for edge in EDGES if edge == word), None)
    if edge is None:
        if word == "moves":
            spot.complain(f'"{value}" is no moment of the calendar; only an announcement can wait for it')
        elif word == "accepted":
            spot.later(f'a moment with "{word}"')
        else:
            same = next((edge for edge, others in SAME.items() if word in others), None)
            hint = f'; did you mean "{same}"?' if same else did_you_mean(word, EDGES) or "; known: opens, closes"
            spot.complain(f'"{value}" is not a moment: there is no edge "{word}"{hint}')
    return edge


def read_grace(value: object, spot: Spot) -> timedelta | None:
    """A grace such as "60 seconds"; None when it is not one, which is complained about."""
    match = re.fullmatch(r"(\d{1,6}) (second|minute|hour)s?", value) if isinstance(value, str) else None
    if match is None or int(match.group(1)) < 1:
        spot.complain(f'must be a grace such as "60 seconds", "5 minutes" or "1 hour", not {written(value)}')
        return None
    count, unit = int(match.group(1)), match.group(2)
    plain = f"{count} {unit}{'s' if count != 1 else ''}"
    if plain != value:
        spot.complain(f'"{value}" is written "{plain}"')
        return None
    grace = timedelta(seconds=count * GRACE[unit])
    if grace > timedelta(days=1):
        spot.complain(f'"{value}" is more than a day; extend the phase instead')
        return None
    return grace


def window_of(values: Mapping[str, Any], spot: Spot) -> Window | None:
    """The window that `during` or `between` describes, or None when neither is there."""
    chosen = [key for key in ("during", "between", "within") if key in values]
    if len(chosen) > 1:
        spot.at(chosen[1]).complain(f'stands beside "{chosen[0]}"; a window is one or the other')
    if "during" in values:
        phase = values["during"]
        return Window(Moment(phase, "opens"), Moment(phase, "closes"), phase)
    between = values.get("between")
    return Window(*between) if between is not None and all(isinstance(one, Moment) for one in between) else None


def own_window_of(values: Mapping[str, Any]) -> OwnWindow | None:
    """The window that `between` describes where one of its moments is the dossier's own, or None."""
    between = values.get("between")
    return OwnWindow(*between) if between and any(isinstance(one, OwnMoment) for one in between) else None
