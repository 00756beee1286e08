"""What stands in a frame in which a letter cannot be shown?"""

from collections.abc import Sequence
from html import escape

from starlette.responses import HTMLResponse, Response

from web.ask import Ask
from web.mailbox import LETTER_POLICY

_PAGE = (
    '<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{title}</title><style>'
    "body{{font:15px/1.5 system-ui,sans-serif;margin:24px;background:#fff;color:#1d1b18}}li{{margin:6px 0}}"
    "</style></head><body><h1>{title}</h1><ul>{sentences}</ul></body></html>"
)


def plain_page(ask: Ask, sentences: Sequence[str], status: int = 422) -> Response:
    """A page that says why, in the style of nothing: a frame has no style of ours."""
    said = "".join(f"<li>{escape(sentence)}</li>" for sentence in sentences)
    title = escape(ask.say("This letter cannot be written so"))
    answer = HTMLResponse(_PAGE.format(language=ask.language, title=title, sentences=said), status_code=status)
    answer.headers["Content-Security-Policy"] = LETTER_POLICY
    return answer
