"""On what is drawn: where does each text stand, and is there still room for another?

Widths are reckoned, for nobody knows the reader's face before the page is shown: rather too wide than too narrow.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from engine.files.layout import text_width

AIR = 3.0
"""pixels that stay free between two texts"""
HEIGHT = 1.25
"""of a line of text, to its size"""
Value = str | int | float


@dataclass(frozen=True, slots=True)
class Text:
    """Where a text stands, in pixels from the upper left corner."""

    words: str
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Text", air: float = 0.0) -> bool:
        """Whether they stand in one another, or closer than `air` from side to side."""
        return (
            self.left < other.right + air
            and other.left < self.right + air
            and self.top < other.bottom
            and other.top < self.bottom
        )


def text_box(x: float, y: float, words: str, size: float, anchor: str = "start", *, bold: bool = False) -> Text:
    """The box of a text whose baseline begins (or ends, or has its middle) at a point."""
    width = text_width(words, size) * (1.06 if bold else 1.0)
    left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
    return Text(words, left, y - size, left + width, y - size + size * HEIGHT)


def shortened(words: str, width: float, size: float) -> str:
    """The words, cut with an ellipsis where they are wider than so many pixels."""
    if text_width(words, size) <= width:
        return words
    while words and text_width(f"{words}…", size) > width:
        words = words[:-1]
    return f"{words.rstrip()}…" if words else ""


class Paper:
    """A picture that is being drawn."""

    def __init__(self, width: float) -> None:
        self.width = width
        self.texts: list[Text] = []
        self._parts: list[str] = []

    def shape(self, tag: str, title: str = "", **attributes: Value) -> None:
        """An element without a text; `title` is what shows when a pointer rests on it."""
        inside = f"<title>{escape(title)}</title>" if title else ""
        self._parts.append(f"<{tag}{_written(attributes)}>{inside}</{tag}>")

    @contextmanager
    def group(self, tag: str = "g", title: str = "", **attributes: Value) -> Iterator[None]:
        """An element around all that is drawn meanwhile."""
        self._parts.append(f"<{tag}{_written(attributes)}>{f'<title>{escape(title)}</title>' if title else ''}")
        yield
        self._parts.append(f"</{tag}>")

    @contextmanager
    def link(self, href: str, label: str) -> Iterator[None]:
        """The same as a link, where there is an address."""
        if not href:
            yield
            return
        with self.group("a", label, href=href, aria_label=label):
            yield

    def text(
        self, x: float, y: float, words: str, size: float, kind: str, anchor: str = "start", *, bold: bool = False
    ) -> Text:
        """A text at a point; `kind` is its class. Gives the box in which it stands."""
        box = text_box(x, y, words, size, anchor, bold=bold)
        self.texts.append(box)
        more: dict[str, Value] = {} if anchor == "start" else {"text_anchor": anchor}
        given = _written({"x": x, "y": y, "class_": kind, "font_size": size, **more})
        self._parts.append(f"<text{given}>{escape(words)}</text>")
        return box

    def text_if_room(
        self, x: float, y: float, words: str, size: float, kind: str, anchor: str = "start", *, bold: bool = False
    ) -> bool:
        """A text at a point, unless it would stand in another or leave the paper; gives whether it was written."""
        if not self.has_room(text_box(x, y, words, size, anchor, bold=bold)):
            return False
        self.text(x, y, words, size, kind, anchor, bold=bold)
        return True

    def keep_free(self, box: Text) -> None:
        """Have no text written there from now on."""
        self.texts.append(box)

    def has_room(self, box: Text) -> bool:
        """Whether a box lies on the paper and on no text."""
        inside = box.left >= 0 and box.right <= self.width
        return inside and not any(box.overlaps(other, AIR) for other in self.texts)

    def markup(self, height: float, *, id: str, title: str, description: str, kind: str) -> Markup:
        """All that was drawn as one picture, which is said as a group of links with a name and a description."""
        # the role stands around it: of the roles that an SVG may have itself none holds links
        around = _written({"role": "group", "aria_labelledby": f"{id}-title", "aria_describedby": f"{id}-text"})
        box = f"0 0 {_number(self.width)} {_number(height)}"
        head = _written({"class_": kind, "viewBox": box, "width": self.width, "height": height})
        named = f'<title id="{id}-title">{escape(title)}</title><desc id="{id}-text">{escape(description)}</desc>'
        # every text of a caller was escaped where it was written
        return Markup(f"<div{around}><svg{head}>{named}{''.join(self._parts)}</svg></div>")


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _written(attributes: dict[str, Value]) -> str:
    """Attributes as they stand in a tag: `class_` is `class`, `data_hue` is `data-hue`."""
    found = []
    for name, value in attributes.items():
        written = value if isinstance(value, str) else _number(float(value))
        plain = name.removesuffix("_")
        plain = plain if plain == "viewBox" else plain.replace("_", "-")
        found.append(f' {plain}="{escape(written)}"')
    return "".join(found)
