"""How is an invariant put to the database?

Each is a question whose answer must be empty. It is asked in SQL that SQLite and PostgreSQL read alike; what the rules
of a round decide goes into it as parameters.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from engine.database.calendars import clocks_in, extended
from engine.database.invariants.sparing import KEPT, Present
from engine.database.meetings import meetings_of
from engine.database.records import RoundRow
from engine.database.store import extensions_of, the_id
from engine.database.versions import Era, eras, programme_of, read_pinned
from engine.files.reading import Programme
from engine.rules.moments import Calendar
from engine.rules.workflow import Workflow

FEW = 5
"""as many of the rows that offend are told"""
AT_ONCE = 10_000
"""rows in memory at a time"""
NOTHING = ("",)
"""in place of an empty list of names: no name is empty"""
NAMED = ("person", "contact", "of")
"""where a row of the journal names somebody, besides whoever acted; what is said of a letter names where that went"""
_NAMES_PEOPLE = re.compile(r"\b(?:journal|once)\b")
"""the tables that know people by their addresses"""
Parameters = Mapping[str, Any]


@dataclass
class View:
    """What one round (or, where `row` is None, the whole database) is asked, as of `now`."""

    session: Session
    now: int
    row: RoundRow | None = None
    read: dict[str, Programme] = field(default_factory=dict)
    """pinned digest -> programme, read once"""
    present: Present | None = None
    """what is there, where it is known: little need be asked of what is not"""

    @property
    def round(self) -> RoundRow:
        assert self.row is not None, "asked of the whole database"
        return self.row

    @cached_property
    def programme(self) -> Programme:
        """The programme that the round pins, with the names that its rules have inherited.

        Raises GrantcycleError when its text cannot be read any more.
        """
        return programme_of(self.session, self.round.digest, self._as_written)

    def _as_written(self, digest: str) -> Programme:
        if digest not in self.read:
            self.read[digest] = read_pinned(self.session, digest)
        return self.read[digest]

    @cached_property
    def eras(self) -> tuple[Era, ...]:
        """The versions that the round has run on, the first one first: what happened is judged by those of then."""
        return eras(self.session, self.round, self._as_written)

    @property
    def workflow(self) -> Workflow:
        return self.programme.rules_of(self.round.name)

    @cached_property
    def calendar(self) -> Calendar:
        """The round's dates, with the extensions that all dossiers got and the meetings as they stand."""
        rows, meetings = extensions_of(self.session, the_id(self.round)), meetings_of(self.session, the_id(self.round))
        round = self.programme.rounds[self.round.name]
        return extended(round, rows, None, meetings, others=clocks_in(self.session, round, the_id(self.round)))

    @cached_property
    def has_corrections(self) -> bool:
        """Whether the journal knows somebody by an address that they have no more."""
        return self.session.connection().execute(sa.text("SELECT 1 FROM correction LIMIT 1")).first() is not None

    def may_answer(self, sql: str, whats: Iterable[str] = ()) -> bool:
        """Whether a question may find something: False only where that is sure."""
        return self.present is None or self.present.may_answer(sql, whats)

    def rows(self, sql: str, *, few: bool = False, **parameters: Any) -> Iterator[Any]:
        """The rows that a question finds, a few in memory at a time; `:round` and `:now` are given.

        Asked of the whole database, what a question says of a round it says of what belongs to no round. What is said
        to find only a `few` comes at once.
        """
        if not self.may_answer(sql, parameters.get("whats", ())):
            return
        if self.row is None:
            sql = sql.replace("round_id = :round", "round_id IS NULL")
        if self.has_corrections and _NAMES_PEOPLE.search(sql):
            sql = f"{as_known_now(shared=self.session.get_bind().dialect.name == 'postgresql')} {sql}"
        known: dict[str, Any] = {"now": self.now, **({"round": self.round.id} if self.row else {}), **parameters}
        given = {name: value for name, value in known.items() if f":{name}" in sql}
        lists = tuple(name for name, value in given.items() if isinstance(value, list | tuple))
        given |= {name: list(given[name]) or list(NOTHING) for name in lists}
        with self.session.connection().execute(_question(sql, lists, few), given) as found:
            yield from found  # closed also where nobody wants the rest


@lru_cache(KEPT)
def _question(sql: str, lists: tuple[str, ...], few: bool) -> sa.TextClause:
    """A question, put together once, in which some parameters are lists."""
    asked = sa.text(sql).bindparams(*(sa.bindparam(name, expanding=True, type_=sa.String) for name in lists))
    return asked if few else asked.execution_options(yield_per=AT_ONCE)


def as_known_now(*, shared: bool) -> str:
    """The journal, and the keys of forms, with everybody in them under the address that they have now.

    What was written is never rewritten; who had an address at that instant has been given others since, maybe. Goes
    before a question, on PostgreSQL where that is `shared`.
    """
    # on SQLite a name that stands for itself is a circle
    journal, once = ("journal", "once") if shared else ("main.journal", "main.once")
    kept = "CAST(j.details AS JSONB)" if shared else "j.details"
    details, names = kept, " OR ".join(f"j.details ->> '{name}' IN {_OLD}" for name in NAMED)
    for name in NAMED:
        now = _owner(f"(j.details ->> '{name}')", "j.recorded_at")
        if shared:
            said = f"COALESCE(TO_JSONB(CAST({now} AS TEXT)), {kept} -> '{name}', 'null')"
            details = f"JSONB_SET({details}, '{{{name}}}', {said}, FALSE)"
        else:
            details = f"JSON_REPLACE({details}, '$.{name}', {now})"
    return (
        "WITH journal AS (SELECT j.id, j.link_id, j.round_id, j.dossier_id, j.at, j.recorded_at, j.what, "
        f"{_owner('j.actor', 'j.recorded_at')} AS actor, "
        f"CASE WHEN ({names}) AND j.what NOT LIKE 'letter %' THEN {details} ELSE {kept} END AS details "
        f"FROM {journal} j), "
        "once AS (SELECT o.id, o.key, o.round_id, o.act, o.given, o.outcome, o.at, "
        f"{_owner('o.actor', 'o.at')} AS actor FROM {once} o)"
    )


_OLD = "(SELECT old FROM correction)"
"""read once for a question, so that the many who were never corrected cost nothing"""


def _owner(address: str, at: str) -> str:
    """The address now of whoever had that one then."""
    return (
        f"CASE WHEN {address} IN {_OLD} THEN COALESCE((SELECT p.email FROM correction c "
        f"JOIN person p ON p.id = c.person_id WHERE c.old = {address} AND c.at >= {at} ORDER BY c.at LIMIT 1), "
        f"{address}) ELSE {address} END"
    )


Look = Callable[[View], Iterable[str]]
"""gives a sentence for each thing that is wrong, and none when the invariant holds"""


def once(_view: View) -> Iterator[Parameters]:
    """A question that is asked once, and needs nothing from the rules."""
    yield {}


def asks(sql: str, sentence: str, parameters: Callable[[View], Iterable[Parameters]] = once) -> Look:
    """A look that asks `sql`, once for each of the `parameters`, and says of each row found a `sentence` about it."""

    def look(view: View) -> Iterator[str]:
        for given in parameters(view):
            for row in view.rows(f"{sql} LIMIT {FEW + 1}", few=True, **given):
                yield sentence.format(**{**given, **row._mapping})

    return look


@dataclass(frozen=True, slots=True)
class Invariant:
    """Something that must always hold."""

    name: str
    holds: str
    """what must hold, in one sentence"""
    to_do: str
    """what it means when it does not, and what to do"""
    looks: tuple[Look, ...]
    of_a_round: bool = True
    and_of_none: bool = False
    """it is also asked of what belongs to no round"""
    thorough: bool = False
    """it reads every byte of what is kept: left out of a quick look"""


def both_ways(here: str, there: str, columns: str, missing: str, stray: str) -> tuple[Look, ...]:
    """What is `here` and not `there` is said to be `missing` there, what is only `there` to be a `stray`.

    Both are FROM clauses that give the same `columns`; what is twice in one of them is twice in the other.
    """
    sql = (
        f"SELECT {columns}, SUM(is_here) AS times_here, SUM(is_there) AS times_there FROM ("
        f"SELECT {columns}, 1 AS is_here, 0 AS is_there FROM ({here}) AS one_side "
        f"UNION ALL SELECT {columns}, 0 AS is_here, 1 AS is_there FROM ({there}) AS other_side) AS both_sides "
        f"GROUP BY {columns} HAVING SUM(is_here) <> SUM(is_there) LIMIT {FEW + 1}"
    )

    def look(view: View) -> Iterator[str]:
        if not (view.may_answer(here) or view.may_answer(there)):
            return
        found = list(view.rows(sql, few=True))
        yield from (missing.format(**row._mapping, times=row.times_here) for row in found if row.times_here)
        yield from (stray.format(**row._mapping, times=row.times_there) for row in found if row.times_there)

    return (look,)
