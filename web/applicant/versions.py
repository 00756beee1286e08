"""Which versions of an answer are there: which files, and whose words?"""

from typing import Any

from engine.database.pages.dossiers import Answer, Dossier
from web import dates
from web.ask import Ask


def file_rows(ask: Ask, dossier: Dossier, question: str) -> list[dict[str, Any]]:
    """The file that counts with its earlier versions, as a list of one; empty where there is none."""
    versions = [one for one in dossier.versions if one.question == question and one.file]
    if not versions or dossier.values.get(question) is None:
        return []
    rows = [_row(ask, one) for one in reversed(versions)]
    return [{**rows[0], "versions": rows[1:]}]


def _row(ask: Ask, one: Answer) -> dict[str, Any]:
    assert one.file is not None
    return {
        "name": one.file.name,
        "href": f"{ask.place.path}/file/{one.question}/{one.version}",
        "size": dates.size(one.file.size, ask.language),
        "date": dates.short_moment(one.given_at, ask.place.zone, ask.language),
        "digest": one.file.digest,
    }


def not_changed_here(dossier: Dossier, question: str, value: Any, seen: str, email: str) -> bool:
    """Whether a colleague has changed an answer since this form was opened, and whoever sends it has not.

    `seen` is the newest version that there was when the form was opened. What stands unchanged in an old form does
    not take a colleague's words away.
    """
    versions = [one for one in dossier.versions if one.question == question]
    if not versions or not seen.isdecimal() or versions[-1].by == email or versions[-1].version <= int(seen):
        return False
    before = [one.value for one in versions if one.version <= int(seen)]
    return bool((before[-1] if before else None) == value)
