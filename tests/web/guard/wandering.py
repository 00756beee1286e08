"""What does somebody come by who opens every address there is, and follows every link?"""

import re
from collections import deque
from collections.abc import Sequence
from html import unescape

from knocking import Answer, Knocker
from permissions import table, values, values_for
from visiting import APPLICANT, ROUND, Site
from world import DRAFT, FOREIGN, OWN, SOUTH

LINK = re.compile(r'(?:href|src)="(/[^"#]*)')
DRAWN = re.compile(r'(name="(?:once|nonce|seal|seen)" value=")[^"]*"')
LANGUAGE = re.compile(r'href="[^"]*lang=(\w\w)"')
"""where the same page is in another language: whatever stands behind the question mark goes with it"""
PLACES = re.compile(r"\d+ (of \d+ places (?:given|are left))")
"""what every chair is told, for a verdict that finds no place would tell her; on whom the others stand, she is not"""
ELSEWHERE = ("/static/", "/sign-out", "/mailbox")
LEFT_OUT = re.compile(r"lang=|^/staff/.*\?(.*&|sort=)|^/staff/.*[.](csv|xlsx)\?|/text\?file=letters")
"""other languages, lists that are filtered or put in order in several ways at once (each way is looked at), and the
texts of letters, of which each is a page like those of the other files"""
BY_LOT = "/second-factor/set-up"
"""a page that shows a new secret each time"""
NUMBERS = (OWN, FOREIGN, DRAFT)
HERE = f"/committee/{ROUND}"
QUERIES = (
    f"{HERE}?show=left", f"{HERE}?show=done", f"{HERE}?show=conflict", f"{HERE}?show=all", f"{HERE}?page=2",
    f"{HERE}?show=all&sort=score&filter=verdict&q=award", f"{HERE}?show=all&to=els%40impuls.example&person_id=1",
    f"{HERE}/ranking?state=shortlisted", f"{HERE}/ranking?state=awarded", f"{HERE}/ranking?state=declined",
    f"{HERE}/ranking?state=shortlisted&page=2&sort=mean&verdict=award",
    f"{HERE}/ranking/verdicts?state=shortlisted&decision=award&number={OWN}&number={FOREIGN}",
    f"{HERE}/ranking/verdicts?state=shortlisted&decision=turn_down",
    "/dossiers?before=2", "/dossiers?before=1000", "/dossiers?state=awarded&sort=verdict&q=elders",
    f"/dossier/{ROUND}/{OWN}/messages?before=999999", f"/dossier/{ROUND}/{OWN}/messages?before=1&to=eve",
    f"/dossier/{ROUND}/{OWN}?verdict=award&as=els%40impuls.example", f"/sign-in?next=/dossier/{ROUND}/{OWN}",
    "/?state=awarded&q=brug",
)  # fmt: skip
"""lists with every filter that they have, and with some that they do not have"""


def addresses(site: Site, numbers: Sequence[str], *, of_contact: bool) -> list[str]:
    """Every page there is, for the dossiers of interest, with the ids that the contact finds in her own.

    Her calendar is left out for others: whoever has its address reads it.
    """
    known = values(site)
    found = ["/", "/dossiers", "/committee", "/account", *QUERIES]
    for row in table().values():
        if row.method == "GET" and (of_contact or not row.path.startswith("/feed/{")):
            given = values_for(row, known)
            found.append(row.address(given))
            if "{number}" in row.path and row.at == "own":
                found += [row.address(given, number=number) for number in numbers]
            if "{programme}" in row.path and "{number}" not in row.path:
                programme, _, round = SOUTH.partition("/")
                found.append(row.address(given, programme=programme, round=round))
    return list(dict.fromkeys(found))


REPEATED = re.compile(
    r"^/staff/[^?]*(/letters/(?!awarded\b|\d)|/dossiers/CI19-00[3-9]|/meetings/(?!pitch\b|6\b)|/extend\?)"
)
"""what the console shows on the very pages on which it shows others: the templates of letters but for one, dossiers
but for the two that are compared, meetings but for the pitch, and for what time is asked"""


def wander(
    browser: Knocker, numbers: Sequence[str] = NUMBERS, *, most: int = 2000, past: re.Pattern[str] | None = None
) -> dict[str, Answer]:
    """path -> what it answers, of every address about these dossiers and of every link on the pages found there.

    Links that `past` matches are not followed.
    """
    waiting = deque(addresses(browser.site, numbers, of_contact=browser.token.endswith(f"-of-{APPLICANT}")))
    known = set(waiting)
    found: dict[str, Answer] = {}
    while waiting:
        path = waiting.popleft()
        answer = found[path] = browser.get(path)
        assert len(found) <= most, f"more than {most} addresses: the last is {path}"
        onward = [unescape(one) for one in LINK.findall(answer.text)] if "html" in answer.header("content-type") else []
        for one in (*onward, answer.onward):
            if past and past.search(one):
                continue
            if one and one not in known and not one.startswith(ELSEWHERE) and not LEFT_OUT.search(one):
                known.add(one)
                waiting.append(one)
    return found


def _same(text: str) -> str:
    return LANGUAGE.sub(r'href="\1"', PLACES.sub(r"n \1", DRAWN.sub(r'\1"', text)))


def seen(found: dict[str, Answer]) -> dict[str, tuple[int, tuple[tuple[str, str], ...], str]]:
    """The same, without what each page draws anew."""
    return {
        # the length is that of a text that is compared
        path: (answer.status, tuple(one for one in answer.headers if one[0] != "content-length"), _same(answer.text))
        for path, answer in found.items()
        if path != BY_LOT
    }
