"""Does every page that somebody can come to answer, whatever the programme?"""

import re
from collections import deque
from html import unescape

from visiting import Site

LINK = re.compile(r'href="(/[^"#]*)')
NOT_FOLLOWED = ("/static", "/sign", "/calendars", "/mailbox", "/account")


def wrong_pages(site: Site, email: str, start: tuple[str, ...], most: int, language: str = "en") -> list[str]:
    """The pages among the first `most`, by the links from these, that do not answer as a page should."""
    visit, seen, found = site.visit(email, language), set(start), []
    waiting = deque(start)
    while waiting and most:
        path = waiting.popleft()
        most -= 1
        answer = visit.get(path)
        if answer.status_code not in (200, 303, 403):
            found.append(f"{answer.status_code} {email} {path}")
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        if re.search(r">\s*None\s*<|\bUndefined\b", answer.text):
            found.append(f"None {email} {path}")
        # one page of a kind: its numbers aside, the same address is the same page
        for link in map(unescape, LINK.findall(answer.text)):
            kind = re.sub(r"\d+", "#", link)
            if kind not in seen and "lang=" not in link and not link.startswith(NOT_FOLLOWED):
                seen.add(kind)
                waiting.append(link)
    return found
