"""What do "14 days after first_day" and "30 days after report accepted" mean: points of time that each dossier has?"""

from engine.files.source import Spot
from engine.files.spans import read_moment, read_span, read_when
from engine.rules.times import Moment, OwnMoment, PlaceFrees

ACCEPTED = "accepted"


def read_any_when(value: object, spot: Spot) -> Moment | OwnMoment | PlaceFrees | None:
    """A moment of the calendar or of the dossier, or "a place frees"."""
    return read_own(value, spot) if names_own(value, spot) else read_when(value, spot)


def read_any_moment(value: object, spot: Spot) -> Moment | OwnMoment | None:
    """A moment of the calendar or of the dossier."""
    return read_own(value, spot) if names_own(value, spot) else read_moment(value, spot)


def names_own(value: object, spot: Spot) -> bool:
    """Whether a moment hangs on a question of the dossier, or on something that is accepted."""
    anchor = _split(value)[1] if isinstance(value, str) else []
    return (len(anchor) == 1 and anchor[0] in spot.names["question"]) or (len(anchor) == 2 and anchor[1] == ACCEPTED)


def read_own(value: object, spot: Spot) -> OwnMoment | None:
    """A moment that `names_own`; None when it is not one, which is complained about."""
    assert isinstance(value, str)
    span_words, anchor, turn = _split(value)
    if " ".join(value.split()) != value:
        spot.complain(f'"{value}" is not a moment; one reads "14 days after {" ".join(anchor)}"')
        return None
    is_accepted = len(anchor) == 2
    if is_accepted and spot.names.lack("obligation", anchor[0]):
        spot.unknown("obligation", anchor[0], spot.names["obligation"])
        return None
    if turn is None:
        return OwnMoment(anchor[0], is_accepted)
    if is_accepted and turn == "before":
        spot.complain(f'"{value}" cannot be known: nobody knows beforehand when it is accepted')
        return None
    span = read_span(" ".join(span_words), spot)
    return None if span is None else OwnMoment(anchor[0], is_accepted, span, "before" if turn == "before" else "after")


def _split(value: str) -> tuple[list[str], list[str], str | None]:
    """The words of the span, those of what it hangs on, and `before` or `after` between them."""
    words = value.split()
    place = next((index for index, word in enumerate(words) if word in ("before", "after")), None)
    return ([], words, None) if place is None else (words[:place], words[place + 1 :], words[place])
