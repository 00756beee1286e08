"""Which questions find nothing, because nothing is there of what they begin with?

Most of what an invariant asks is about something that most rounds do not have. What is there is looked up once.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col

from engine.database.records import JournalRow

KEPT = 4_096
"""questions whose beginning is remembered, more than there are"""
GIVEN = ":whats"
"""how a question says that what it wants of the journal is a parameter"""
_SELECTS = re.compile(
    # what stands there in parentheses may be a subquery, whose table is another
    r'\s*SELECT\s(?P<columns>(?:(?!\b(?:SELECT|FROM)\b).)+)\bFROM\s+(?:"?(?P<table>\w+)"?|\(\s*(?=SELECT))', re.DOTALL
)
_ADDS_UP = re.compile(r"\b(?:COUNT|SUM|MIN|MAX|AVG)\s*\(", re.IGNORECASE)
_WHATS = re.compile(r"\bwhat (?:= ('[^']+')|IN \(([^)]*)\))")
_TEXTS = re.compile(r"'([^']+)'")


class Present:
    """The tables that have a row, and what the journal tells of."""

    def __init__(self, session: Session) -> None:
        names = sorted(SQLModel.metadata.tables)
        asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
        connection = session.connection()
        self.tables = frozenset(connection.execute(sa.text(asked)).scalars())
        self.whats = frozenset(connection.execute(sa.select(col(JournalRow.what)).distinct()).scalars())

    def may_answer(self, question: str, whats: Iterable[str] = ()) -> bool:
        """Whether a question may find something: False only where it is sure that it does not.

        `whats` is what it takes as a parameter of what the journal tells of.
        """
        for table, named in beginnings(question):
            wanted = {*named, *whats} if GIVEN in named else named
            if table is None or (table in self.tables and not (wanted and self.whats.isdisjoint(wanted))):
                return True
        return False


@lru_cache(KEPT)
def beginnings(question: str) -> tuple[tuple[str | None, frozenset[str]], ...]:
    """The table without whose rows each part of a question finds nothing, and what it wants of the journal.

    None where there may be no such table; what it wants is empty where it is not said, or not asked of the journal.
    """
    found = []
    for part in _parts(question):
        table = _begins_with(part)
        found.append((table, frozenset(_wanted(part)) if table == JournalRow.__tablename__ else frozenset[str]()))
    return tuple(found)


def _parts(question: str) -> Iterator[str]:
    """What stands on either side of each UNION ALL that is in no parentheses."""
    begun = depth = 0
    for found in re.finditer(r"[()]|\bUNION ALL\b", question):
        depth += {"(": 1, ")": -1}.get(found.group(), 0)
        if found.group() == "UNION ALL" and depth == 0:
            yield question[begun : found.start()]
            begun = found.end()
    yield question[begun:]


def _begins_with(part: str) -> str | None:
    if re.search(r"\b(?:UNION|RIGHT|FULL)\b", part):
        return None
    start = 0
    while found := _SELECTS.match(part, start):
        if _ADDS_UP.search(found["columns"]) and "GROUP BY" not in part:
            return None  # of nothing it makes one row
        if found["table"]:
            return found["table"] if found["table"] in SQLModel.metadata.tables else None
        start = found.end()
    return None


def _wanted(part: str) -> Iterator[str]:
    for one, several in _WHATS.findall(part):
        yield from _TEXTS.findall(one or several)
    if f"what IN {GIVEN}" in part:
        yield GIVEN
