"""What may stand in a letter, and nowhere else?

A secret is made of a nonce, which is no secret, at the moment at which a letter is handed over. The database, its
copies, the logs and whoever reads a sent letter there have the nonce alone.
"""

import re
from collections.abc import Callable, Mapping

Secrets = Callable[[str], Mapping[str, str]]
"""nonce -> `link` and perhaps `code`: the same for the same nonce for as long as its letter may be tried"""
LINK, CODE = "link", "code"
BLANK = "······"
BLANKED: Mapping[str, str] = {CODE: BLANK, LINK: "https://blanked.invalid/"}
"""what is kept in place of secrets: a name that leads nowhere (RFC 2606)"""
SHORTEST = 12
"""signs of a part of a link that could be what makes it a secret"""
_BETWEEN = re.compile(r"[/?#&=.]")


def spaced(code: str) -> str:
    """A code as people read it: in two groups where it has six digits."""
    return f"{code[:3]} {code[3:]}" if len(code) == 6 and code.isdigit() else code


def blank(text: str, secrets: Mapping[str, str]) -> str:
    """What somebody said of a letter, such as a relay that quotes it, without the letter's secrets."""
    words = {spaced(secrets[CODE]), secrets[CODE]} if secrets.get(CODE) else set()
    if link := secrets.get(LINK):
        words |= {link, *(part for part in _BETWEEN.split(link.partition("://")[2]) if len(part) >= SHORTEST)}
    for word in sorted(words, key=len, reverse=True):
        text = text.replace(word, BLANK)
    return text
