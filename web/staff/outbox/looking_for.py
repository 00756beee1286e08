"""Which letters does the address of a page ask for?"""

from dataclasses import replace
from urllib.parse import urlencode

from engine.database.pages.outbox import GROUPS, Cause, Wanted
from web.ask import Ask

LONGEST = 200
FIELDS = ("status", "letter", "language", "dossier", "person")


def path_of(ask: Ask) -> str:
    """The path of the round's outbox."""
    return f"/staff/{ask.place.key}/outbox"


def wanted_by(ask: Ask) -> Wanted:
    """What stands behind the question mark, or (where a form says it) in the form."""
    given = {name: _given(ask, name) for name in FIELDS}
    if given["status"] not in GROUPS:
        given["status"] = ""
    return Wanted(**given, now=ask.now)


def _given(ask: Ask, name: str) -> str:
    said = ask.query.get(name, "") or ask.text(f"in_{name}", LONGEST)
    return said.strip()[:LONGEST].replace("\x00", "")


def query_of(wanted: Wanted, **more: str | int) -> str:
    """The part behind the question mark that asks for these letters, or nothing."""
    said = {name: getattr(wanted, name) for name in FIELDS} | {name: str(value) for name, value in more.items()}
    asked = urlencode({name: value for name, value in said.items() if value})
    return f"?{asked}" if asked else ""


def with_status(wanted: Wanted, status: str) -> Wanted:
    return replace(wanted, status=status)


def cause_by(ask: Ask) -> Cause | None:
    """The cause that is asked for, or None."""
    name, named = _given(ask, "cause"), _given(ask, "of")
    at = _given(ask, "at")
    if not name or not named:
        return None
    instant = int(at) if at.isascii() and at.isdecimal() and len(at) < 18 else None
    return Cause(name, named, instant or None)


def cause_query(cause: Cause) -> dict[str, str | int]:
    """How an address names a cause."""
    return {"cause": cause.name, "of": cause.letter, "at": cause.at or ""}


def asked_page(ask: Ask) -> int:
    said = ask.query.get("page", "1")
    return max(1, min(int(said), 100_000)) if said.isascii() and said.isdecimal() and len(said) < 7 else 1
