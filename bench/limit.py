"""What is the limit of a cohort's move: the same rows by set-based SQL in one transaction?

The statements are learned from ours: it moves a handful of dossiers, and each row that it wrote for one of them becomes
an INSERT ... SELECT in which every text that belongs to that dossier is taken from its tables. So the limit always
writes what ours writes, however that changes. All that it leaves out is working out the journal's chain.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import SQLModel

from bench.databases import Place, migrated, opened, raw
from bench.dossiers import FIRST_DOSSIER, FIRST_PERSON, ROUND, SETTLED, cycle_on, hand_in
from engine.database.connection import Database

LEARNED, HANDFUL = 3, 5
"""the statements are learned from the third of five dossiers"""
TEXT = {"sqlite": "json_extract({}, '$')", "postgresql": "({} #>> '{{}}')"}
OWN = {
    "dossier": "d.id", "person": "p.id", "number": "d.number", "organisation": "d.organisation",
    "received_at": "d.received_at", "receipt": "d.receipt", "name": "p.name", "email": "p.email",
}  # fmt: skip
COLUMNS = {"language": "p.language", "address": "p.email"}
"""columns that are one field of the person, though their values say too little to be recognised"""


Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Limit:
    """The statements of one transaction that moves every dossier there is."""

    statements: tuple[str, ...]


def fire(database: Database, limit: Limit) -> None:
    """Move every dossier that was handed in, in one transaction of the bare driver."""
    with raw(database) as cursor:
        cursor.execute("BEGIN IMMEDIATE" if database.writer.dialect.name == "sqlite" else "BEGIN")
        for statement in limit.statements:
            cursor.execute(statement)
        cursor.execute("COMMIT")


def learn(place: Place) -> Limit:
    """The limit's statements, worked out on a database of its own."""
    url = place.fresh()
    with migrated(url) as database:
        hand_in(database, HANDFUL)
        before = _tables(database)
        cycle_on(database).advance(SETTLED)
        after = _tables(database)
        limit = _Learning(database, before, after).limit()
    place.drop(url)
    return limit


def differences(place: Place, limit: Limit) -> tuple[str, ...]:
    """In what the rows that the limit writes differ from ours, on two copies of the same five dossiers."""
    url = place.fresh()
    with migrated(url) as database:
        hand_in(database, HANDFUL)
    of_limit, of_ours = place.copy(url), place.copy(url)
    with opened(of_limit) as database:
        fire(database, limit)
        theirs = _tables(database)
    with opened(of_ours) as database:
        cycle_on(database).advance(SETTLED)
        ours = _tables(database)
    for made in (url, of_limit, of_ours):
        place.drop(made)
    return tuple(
        f"{table}: {sign} {row}"
        for table in ours
        if table != "journal_link"
        for sign, more, fewer in (("only ours", ours, theirs), ("only the limit", theirs, ours))
        for row in sorted(set(map(_in_words, more[table])) - set(map(_in_words, fewer[table])))
    ) + tuple(
        f"{table}: ours has {len(ours[table])} rows, the limit {len(theirs[table])}"
        for table in ours
        if len(ours[table]) != len(theirs[table])
    )


def counted(database: Database) -> dict[str, int]:
    """How many rows each table has that a cohort's move writes into."""
    with raw(database) as cursor:
        return {
            table: cursor.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]
            for table in ("transition", "journal", "notification", "cause", "deadline", "journal_link")
        } | {
            state: cursor.execute(f"SELECT count(*) FROM dossier WHERE state = '{state}'").fetchone()[0]
            for state in ("submitted", "in_preselection")
        }


def _in_words(row: Row) -> str:
    """A row without its own id."""
    return str([(name, value) for name, value in row.items() if name != "id"])


def _tables(database: Database) -> dict[str, list[Row]]:
    """Every row of every table, JSON as the text that it is."""
    with raw(database) as cursor:
        found: dict[str, list[Row]] = {}
        for table in SQLModel.metadata.sorted_tables:
            columns = [
                f'CAST("{column.name}" AS TEXT)' if "JSON" in str(column.type) else f'"{column.name}"'
                for column in table.columns
            ]
            names = [column.name for column in table.columns]
            cursor.execute(f'SELECT {", ".join(columns)} FROM "{table.name}"')
            found[table.name] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        return found


class _Learning:
    def __init__(self, database: Database, before: dict[str, list[Row]], after: dict[str, list[Row]]) -> None:
        self.dialect = database.writer.dialect.name
        self.before, self.after = before, after
        self.round_id = next(row["id"] for row in after["round"] if row["key"] == ROUND)
        self.dossier_id = FIRST_DOSSIER + LEARNED
        self.own = self._own()

    def limit(self) -> Limit:
        inserts, constants = [], []
        for table in SQLModel.metadata.sorted_tables:
            rows = self._added(table.name)
            mine = [row for row in rows if row.get("dossier_id") == self.dossier_id]
            alone = [row for row in rows if row.get("dossier_id") is None]
            constants += [self._constant(table.name, row, keep_id=not mine) for row in alone]
            inserts += [self._insert(table.name, row) for row in mine]
        return Limit((*constants, *inserts, *self._changes()))

    def _own(self) -> dict[str, str]:
        """Every text that belongs to the learned dossier -> the SQL that gives it."""
        dossier = next(row for row in self.after["dossier"] if row["id"] == self.dossier_id)
        person = next(row for row in self.after["person"] if row["id"] == FIRST_PERSON + LEARNED)
        facts = {**dossier, **person, "dossier": dossier["id"], "person": person["id"]}
        texts = {str(facts[name]): sql for name, sql in OWN.items()}
        texts[f"A plan {LEARNED:07d}"] = TEXT[self.dialect].format("title.value")
        texts[str(10_000 + LEARNED)] = TEXT[self.dialect].format("amount.value")
        return texts

    def _added(self, table: str) -> list[Row]:
        if "id" not in SQLModel.metadata.tables[table].columns:
            return [row for row in self.after[table] if row not in self.before[table]]
        ids = {row["id"] for row in self.before[table]}
        return [row for row in self.after[table] if row["id"] not in ids]

    def _constant(self, table: str, row: Row, *, keep_id: bool) -> str:
        kept = {name: value for name, value in row.items() if keep_id or name != "id"}
        return (
            f'INSERT INTO "{table}" ({", ".join(map(_quoted_name, kept))}) '
            f"VALUES ({', '.join(self._typed(table, name, _literal(value)) for name, value in kept.items())})"
        )

    def _insert(self, table: str, row: Row) -> str:
        values = {name: self._value(name, value) for name, value in row.items() if name != "id"}
        used = " ".join(values.values())
        joins = "dossier d JOIN contact c ON c.dossier_id = d.id JOIN person p ON p.id = c.person_id"
        for question in ("title", "amount"):
            if f"{question}.value" in used:
                joins += (
                    f" LEFT JOIN answer {question} ON {question}.dossier_id = d.id "
                    f"AND {question}.question = '{question}' AND {question}.version = 1"
                )
        if " p." not in f" {used}" and "(p." not in used:
            joins = "dossier d"
        return (
            f'INSERT INTO "{table}" ({", ".join(map(_quoted_name, values))}) '
            f"SELECT {', '.join(self._typed(table, name, value) for name, value in values.items())} FROM {joins} "
            f"WHERE d.round_id = {self.round_id} AND d.state = 'submitted'"
        )

    def _typed(self, table: str, name: str, sql: str) -> str:
        kind = str(SQLModel.metadata.tables[table].columns[name].type)
        return f"CAST({sql} AS JSON)" if self.dialect == "postgresql" and "JSON" in kind else sql

    def _value(self, name: str, value: Any) -> str:
        if name in COLUMNS:
            return COLUMNS[name]
        if isinstance(value, int) and str(value) in self.own:
            return self.own[str(value)]
        if not isinstance(value, str):
            return _literal(value)
        longest_first = sorted(self.own, key=len, reverse=True)
        pattern = "|".join(f"(?<![0-9a-f]){re.escape(text)}(?![0-9a-f])" for text in longest_first)
        parts = re.split(f"({pattern})", value)
        return " || ".join(self.own.get(part) or _literal(part) for part in parts if part) or "''"

    def _changes(self) -> list[str]:
        """The dossiers in their new state, and the deadlines that have ended."""
        old, new = (
            next(row for row in rows["dossier"] if row["id"] == self.dossier_id) for rows in (self.before, self.after)
        )
        changed = {name: new[name] for name in new if new[name] != old[name]}
        assert changed.pop("version") == old["version"] + 1
        sets = "".join(f"{name} = {_literal(value)}, " for name, value in changed.items())
        statements = [
            f"UPDATE dossier SET {sets}version = version + 1 "
            f"WHERE round_id = {self.round_id} AND state = '{old['state']}'"
        ]
        was = {row["id"]: row for row in self.before["deadline"]}
        endings = defaultdict(list)
        for row in self.after["deadline"]:
            if row != was[row["id"]]:
                endings[row["ended_at"], row["ending"]].append(row["key"])
        statements += [
            f"UPDATE deadline SET ended_at = {ended_at}, ending = '{ending}' "
            f"WHERE round_id = {self.round_id} AND key IN ({', '.join(map(_literal, keys))})"
            for (ended_at, ending), keys in endings.items()
        ]
        return statements


def _quoted_name(name: str) -> str:
    return f'"{name}"'


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return str(value)
    return "'" + str(value).replace("'", "''") + "'"
