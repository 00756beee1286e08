"""Is the database itself whole: its files, its keys, and what keeps it from being rewritten?"""

import hashlib
from collections.abc import Iterable, Iterator
from functools import cache

import sqlalchemy as sa
from sqlmodel import SQLModel

from engine.database.invariants.asking import Invariant, View, asks
from engine.database.invariants.moves import RESTORE
from engine.database.records import FileRow, PinnedRow
from engine.files.reading import folder_digest

APPEND_ONLY = (
    "journal", "journal_link", "transition", "extension", "cause", "letter", "attempt", "pinned", "rewording", "edit",
    "replacement", "correction",
)  # fmt: skip
"""the tables that triggers keep from being rewritten"""
MIGRATE = "Stop grantcycle, and have the database made whole from a backup: without it a mistake goes unseen."


def _is_shared(view: View) -> bool:
    return view.session.get_bind().dialect.name == "postgresql"


def _pinned(view: View) -> Iterator[str]:
    for row in view.session.exec(sa.select(PinnedRow)).scalars():  # type: ignore[call-overload]
        if folder_digest(row.files) != row.digest:
            yield f"the rules of {row.programme} that are kept as {row.digest[:12]} are not the ones that were pinned"


def _files(view: View) -> Iterator[str]:
    found = sa.select(FileRow).execution_options(yield_per=1)
    for row in view.session.connection().execute(found):
        if hashlib.sha256(row.content).hexdigest() != row.digest:
            yield f"file {row.digest[:12]} is not what was handed in"
        elif len(row.content) != row.size:
            yield f"file {row.digest[:12]} has {len(row.content)} bytes, and is said to have {row.size}"


def _answers_with_files(view: View) -> Iterator[dict[str, object]]:
    asked = [question for era in view.eras for question in era.programme.workflow.questions.values()]
    files = list({question.name for question in asked if question.kind == "file"})
    if files:
        yield {"files": files}


def _deliveries_with_files(view: View) -> Iterator[dict[str, object]]:
    for deliverable in view.workflow.deliverables.values():
        for question in deliverable.questions.values():
            if question.kind == "file":
                yield {"deliverable": deliverable.name, "question": question.name}


@cache
def _references() -> str:
    """Every reference of every table, looked up in one question."""
    parts = [
        f"SELECT '{table.name}.{key.parent.name}' AS here, '{key.column.table.name}' AS there, "
        f"CAST(a.{key.parent.name} AS TEXT) AS value FROM \"{table.name}\" a "
        f"LEFT JOIN \"{key.column.table.name}\" b ON b.{key.column.name} = a.{key.parent.name} "
        f"WHERE a.{key.parent.name} IS NOT NULL AND b.{key.column.name} IS NULL"
        for table in SQLModel.metadata.sorted_tables
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
    ]
    return " UNION ALL ".join(parts)


def _keys(view: View) -> Iterable[str]:
    return asks(_references(), '{here} refers to {there} "{value}", which is not there')(view)


def _triggers(view: View) -> Iterator[str]:
    acts = ("update", "delete", "truncate") if _is_shared(view) else ("update", "delete")
    known = (
        "SELECT tgname FROM pg_trigger WHERE tgenabled <> 'D'"
        if _is_shared(view)
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    standing = set(view.session.connection().execute(sa.text(known)).scalars())
    for table in APPEND_ONLY:
        for act in acts:
            if f"{table}_no_{act}" not in standing:
                yield f'"{table}" has no trigger any more against {act.upper()}'


@cache
def _wanted() -> frozenset[str]:
    """`table: column, column` of each unique key."""
    return frozenset(
        f"{table.name}: {', '.join(sorted(column.name for column in one.columns))}"
        for table in SQLModel.metadata.sorted_tables
        for one in (*table.constraints, *table.indexes)
        if isinstance(one, sa.UniqueConstraint) or (isinstance(one, sa.Index) and one.unique)
    )


_UNIQUE_ON_SQLITE = """
    SELECT m.name, c.name, i.name AS of FROM sqlite_master m JOIN pragma_index_list(m.name) i ON i."unique"
    JOIN pragma_index_info(i.name) c WHERE m.type = 'table' ORDER BY i.name, c.name
"""
_UNIQUE_ON_POSTGRESQL = """
    SELECT t.relname, c.attname, i.indexrelid FROM pg_index i JOIN pg_class t ON t.oid = i.indrelid
    JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum = ANY (i.indkey)
    WHERE i.indisunique AND i.indisvalid ORDER BY i.indexrelid, c.attname
"""


def _unique_keys(view: View) -> Iterator[str]:
    """The keys that make "once" true."""
    there: dict[tuple[str, object], list[str]] = {}
    question = _UNIQUE_ON_POSTGRESQL if _is_shared(view) else _UNIQUE_ON_SQLITE
    for table, column, index in view.rows(question):
        there.setdefault((table, index), []).append(column)
    standing = {f"{table}: {', '.join(columns)}" for (table, _), columns in there.items()}
    for key in sorted(_wanted() - standing):
        table, _, columns = key.partition(": ")
        yield f'"{table}" may hold the same {columns} twice'


def _storage(view: View) -> Iterator[str]:
    """What the database says about its own pages."""
    if _is_shared(view):
        failed = "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
        count = view.session.connection().execute(sa.text(failed)).scalar()
        if count:
            yield f"PostgreSQL has found {count} damaged pages"
        return
    for line in view.session.connection().exec_driver_sql("PRAGMA integrity_check").scalars():
        if line != "ok":
            yield f"SQLite says: {line}"


EVERYTHING = (
    Invariant(
        "storage",
        "The database finds its own pages whole.",
        "A disk or a copy has damaged the database: stop grantcycle now, and restore from a backup.",
        (_storage,), of_a_round=False, thorough=True,
    ),
    Invariant(
        "references",
        "Whatever a row refers to is there.",
        f"Something was taken away that others need. {RESTORE}",
        (_keys,), of_a_round=False,
    ),
    Invariant(
        "append-only",
        "What has happened cannot be rewritten: its tables have their triggers.",
        MIGRATE, (_triggers,), of_a_round=False,
    ),
    Invariant(
        "unique keys",
        'The unique keys that make "once" true are in force.',
        MIGRATE, (_unique_keys,), of_a_round=False,
    ),
    Invariant(
        "pinned rules",
        "The rules that rounds run on are, byte for byte, those that were pinned.",
        f"A running round would follow other rules than people were told. {RESTORE}",
        (_pinned,), of_a_round=False,
    ),
    Invariant(
        "files",
        "Each file is, byte for byte, what was handed in.",
        "Restore the file from a backup; the answer that names it has its digest.",
        (_files,), of_a_round=False, thorough=True,
    ),
    Invariant(
        "files of answers",
        "Each file that an answer or a delivery names is kept.",
        "Restore the file from a backup, or ask the applicant to hand it in once more.",
        (
            asks(
                "SELECT d.number, a.question FROM answer a JOIN dossier d ON d.id = a.dossier_id "
                "LEFT JOIN file f ON f.digest = a.value ->> 'digest' WHERE d.round_id = :round "
                "AND a.question IN :files AND (f.digest IS NULL OR f.size <> CAST(a.value ->> 'size' AS BIGINT))",
                '{number}: the file for "{question}" is not there',
                _answers_with_files,
            ),
            asks(
                "SELECT d.number FROM delivery v JOIN dossier d ON d.id = v.dossier_id "
                "LEFT JOIN file f ON f.digest = v.answers -> :question ->> 'digest' WHERE d.round_id = :round "
                "AND v.deliverable = :deliverable AND v.answers -> :question ->> 'digest' IS NOT NULL "
                "AND (f.digest IS NULL OR f.size <> CAST(v.answers -> :question ->> 'size' AS BIGINT))",
                '{number}: the file "{question}" of its {deliverable} is not there',
                _deliveries_with_files,
            ),
        ),
    ),
    Invariant(
        "rehearsals",
        "A rehearsal that was played has its report, no other has one, and only what was played is approved.",
        "Somebody approved, or reads, what was never rehearsed: rehearse it again.",
        (
            asks(
                "SELECT r.id, r.programme, r.round FROM rehearsal r LEFT JOIN rehearsal_report p "
                "ON p.rehearsal_id = r.id WHERE (COALESCE(r.ending, '') = 'played') <> (p.rehearsal_id IS NOT NULL) "
                "OR (r.approved_at IS NULL) <> (r.approved_by IS NULL) "
                "OR (r.approved_at IS NOT NULL AND COALESCE(r.ending, '') <> 'played') "
                "OR (r.ended_at IS NULL) <> (r.ending IS NULL)",
                "rehearsal {id} of {programme}/{round} is not what it is said to be",
            ),
        ),
        of_a_round=False,
    ),
    Invariant(
        "people",
        "Nobody has two addresses that differ only in how they are written, and each has a name and a language.",
        f"Letters would go astray. {RESTORE}",
        (
            asks(
                "SELECT email FROM person WHERE email <> LOWER(email) OR email LIKE '% %' OR email NOT LIKE '%_@_%' "
                "OR language = ''",
                '"{email}" is not an address as people are known by',
            ),
        ),
        of_a_round=False,
    ),
)
