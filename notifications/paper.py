"""What stands around every letter, as a page and as text?"""

from dataclasses import dataclass
from importlib.resources import files

from css_inline import CSSInliner
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


@dataclass(frozen=True, slots=True)
class Around:
    """What is said above a letter, and why somebody gets it, below."""

    about: str
    why: str


class Paper:
    """The paper that letters are written on; `language` is a letter's, `heading` is empty where it has its own."""

    def __init__(self) -> None:
        self._frames = Environment(
            loader=PackageLoader("notifications"),
            undefined=StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(".html"),
            trim_blocks=True,
        )
        self._css = files("notifications").joinpath("templates", "mail.css").read_text(encoding="utf-8")
        self._inliner = CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)

    def page(self, language: str, subject: str, heading: str, preview: str, around: Around, body: str) -> str:
        """The page of a letter, its styles beside each tag; `body` is clean HTML, `preview` what a mailbox shows."""
        html = self._frames.get_template("frame.html").render(
            language=language, subject=subject, heading=heading, preview=preview, about=around.about, why=around.why,
            body=Markup(body), css=Markup(self._css),
        )  # fmt: skip
        return self._inliner.inline(html)

    def text(self, heading: str, rule: str, around: Around, body: str) -> str:
        """The text of a letter, all of it in lines; `rule` is what underlines the heading."""
        said = self._frames.get_template("frame.txt").render(
            heading=heading, rule=rule, about=around.about, why=around.why, body=body
        )
        return f"{said}\n"
