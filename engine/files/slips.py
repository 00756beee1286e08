"""What did somebody mean whose line is no TOML, or is another number than it looks like?"""

import re
from collections.abc import Callable

Slip = Callable[[re.Match[str]], str]

YES_AND_NO = "true|false|yes|no|ja|nee|oui|non"
SLIPS: tuple[tuple[str, Slip], ...] = (
    (r"[=\[{,]\s*[“”„«»‘’]", lambda _: 'these are no plain quotation marks: type "…"'),
    (
        r"\b(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\b",
        lambda found: f"a day is written year-month-day: {found[3]}-{int(found[2]):02}-{int(found[1]):02}",
    ),
    (r"=\s*\d{1,2}[/.-]\d{1,2}[/.-]\d{2}\b", lambda _: "a day is written year-month-day: 2030-03-31"),
    (r"^\s*(?://|--|;)", lambda _: "a comment begins with #"),
    (r"^\s*\[+\s*([\w-]+)\s+([\w-]+)\s*\]", lambda found: f"a dot parts the names: [{found[1]}.{found[2]}]"),
    (
        r"\b(\d{4}-\d{2}-\d{2})[T ](\d{1,2}):(\d{2})(?![\d:])",
        lambda found: f"an hour has its seconds: {found[1]}T{int(found[2]):02}:{found[3]}:00",
    ),
    (
        r"=\s*(\d{1,2})\s*(?::|h|u|uur|uhr|heures?)\s*(\d{2})?\s*(?=[,}#]|$)",
        lambda found: f"an hour is written {int(found[1]):02}:{found[2] or '00'}:00",
    ),
    (r"=\s*[€$£]", lambda _: "an amount is a number alone; the currency stands in [workflow]"),
    (
        r"=\s*(\d{1,3})((?:[.,' ]\d{3})+)(?:[.,]\d{1,2})?\s*(?=[,}#]|$)",
        lambda found: "a number is written without separators: " + found[1] + re.sub(r"\D", "", found[2]),
    ),
    (r"=\s*(\d+),(\d{1,2})\s*(?=[}#]|$)", lambda found: f"a number has a point: {found[1]}.{found[2]}"),
    (rf"(?i)=\s*(?:{YES_AND_NO})\b", lambda _: "yes and no are written true and false"),
    (r'=\s*""\s*,\s*""', lambda _: 'several stand in a list: ["one", "other"]'),
    (r"[=,\[]\s*\[[^\]]*;", lambda _: "what stands in a list is parted by commas"),
    (r"=\s*\{[^}]*$", lambda _: "what stands between { and } stands on one line"),
)
"""what a line looks like -> how it is written; the first that fits is told"""
BROKEN = {
    "Unclosed inline table": "a comma is missing here, or a }",
    "Unclosed array": "a comma is missing here, or a ]",
}
"""what tomllib says of a line that looks like none of those -> what is probably missing"""
THOUSANDS = re.compile(r"[1-9]\d{0,2}\.\d{2}0")


def meant(line: str, reason: str) -> str | None:
    """How the line is probably meant that tomllib refuses for this reason; None where nobody can guess."""
    if line.count('"') % 2:
        return None  # what looks like a slip may stand in the text that does not end
    bare = re.sub(r'"[^"]*"', '""', line)
    said = (say(found) for looks_like, say in SLIPS if (found := re.search(looks_like, bare)))
    return next(said, None) or next((told for begin, told in BROKEN.items() if reason.startswith(begin)), None)


def thousands(raw: str) -> str | None:
    """Why `5.000` is asked about: whoever writes it so means five thousand. None for any other number."""
    if THOUSANDS.fullmatch(raw) is None:
        return None
    return f"{raw} is read as {float(raw):g}; write {raw.replace('.', '')} if that is meant, or {float(raw):g}"
