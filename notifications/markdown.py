"""How is a letter's Markdown read, and how does it become HTML that mail programs show?

A block quote is a fact box: each of its lines stands on its own, and a bold beginning of a line is a label.
"""

import re
from collections.abc import Collection, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from engine.errors import GrantcycleError

MARKDOWN = MarkdownIt("commonmark", {"html": False}).disable(["image", "code", "fence", "reference", "html_block"])
TAGS = {"p", "strong", "em", "ul", "ol", "li", "blockquote", "h1", "h2", "h3", "a", "br", "hr", "code", "span"}
ATTRIBUTES = {"a": {"href", "class"}, "ol": {"start"}, "strong": {"class"}, "span": {"class"}}
SCHEMES = ("https", "mailto")
BOX = (
    '<table role="presentation" class="box" width="100%" cellpadding="0" cellspacing="0" border="0">'
    '<tr><td class="box-in">'
)
BUTTON = (
    '<table role="presentation" class="button" cellpadding="0" cellspacing="0" border="0"><tr>'
    r'<td class="button-in" align="center">\1</td></tr></table><div class="gap">&#8202;</div>'
)
_BUTTON = re.compile(r'<p>(<a href="[^"]*" class="button">[^<]*</a>)</p>')
BOX_END = '</td></tr></table><div class="gap">&#8202;</div>'


def read(body: str, written: str, own: Collection[str] = ()) -> list[Token]:
    """The tokens of a letter's body. `written` is the letter before anything was put into it, `own` are the addresses
    of our own pages that were; a paragraph that is nothing but a link to one is a button.

    Raises GrantcycleError for any other link that is not written out in the letter itself: nothing that somebody typed
    may become one.
    """
    tokens = MARKDOWN.parse(body)
    ours = {MARKDOWN.normalizeLink(link) for link in own}
    inside_box = 0
    for token in tokens:
        inside_box += token.nesting if token.type.startswith("blockquote") else 0
        for child in token.children or ():
            if child.type == "link_open" and child.attrs["href"] not in ours:
                _judge_link(str(child.attrs["href"]), written)
        if ours and [child.type for child in token.children or ()] == ["link_open", "text", "link_close"]:
            token.children[0].attrSet("class", "button")  # type: ignore[index]  # it has three
        if inside_box and token.children:
            token.children = _facts(token.children)
    return tokens


def links_of(text: str) -> list[str]:
    """Where the links of a Markdown text lead. Raises GrantcycleError for one that leads nowhere from a mail."""
    found = [
        str(child.attrs["href"])
        for token in MARKDOWN.parse(text)
        for child in token.children or ()
        if child.type == "link_open"
    ]
    for target in found:
        _must_lead_somewhere(target)
    return found


def _judge_link(target: str, written: str) -> None:
    if target not in written:
        raise GrantcycleError(f'the link "{target}" must be written out in the letter, without names to fill in')
    _must_lead_somewhere(target)


def _must_lead_somewhere(target: str) -> None:
    if not target.startswith(("https://", "mailto:")):
        raise GrantcycleError(f'the link "{target}" leads nowhere from a mail; it begins with https:// or mailto:')


def _facts(children: Sequence[Token]) -> list[Token]:
    """A paragraph of a fact box: a break after each line, its labels marked, and the one fact of a box large."""
    lines: list[list[Token]] = [[]]
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            lines.append([])
        else:
            lines[-1].append(child)
    for line in lines:
        # markdown-it writes an empty text before a bold beginning
        said = [child for child in line if child.type != "text" or child.content]
        if [child.type for child in said[:3]] == ["strong_open", "text", "strong_close"] and said[3:]:
            said[0].attrSet("class", "label" if len(lines) > 1 else "alone")
            if len(lines) == 1:
                fact = [
                    Token("span_open", "span", 1, attrs={"class": "fact"}),
                    *said[3:],
                    Token("span_close", "span", -1),
                ]
                line[:] = [*said[:3], Token("hardbreak", "br", 0), *_stripped(fact)]
    broken = [child for line in lines for child in (Token("hardbreak", "br", 0), *line)]
    return broken[1:]


def _stripped(tokens: list[Token]) -> list[Token]:
    first = next(token for token in tokens if token.type == "text")
    first.content = first.content.lstrip()
    return tokens


def as_html(tokens: Sequence[Token], schemes: Collection[str] = SCHEMES) -> str:
    """The body as HTML for mail programs: only the tags above, fact boxes and buttons as tables."""
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, {})
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=set(schemes), link_rel=None)
    # in clean HTML these letters can only be the tags themselves
    return _BUTTON.sub(BUTTON, clean.replace("<blockquote>", BOX).replace("</blockquote>", BOX_END))
