"""Are the tables those of the records, and is a database that this version does not know left alone?"""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from database_rows import a_person, put
from databases import fresh_on
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel, select

from engine.database.connection import Database, open_database
from engine.database.migrating import FOLDER, migrate, newest, revision_of
from engine.database.records import CauseRow, NotificationRow, PinnedRow, RelayRow
from engine.errors import GrantcycleError

ROOT = Path(__file__).parents[3]
APPEND_ONLY = {
    "journal", "journal_link", "transition", "extension", "cause", "letter", "attempt", "pinned", "rewording", "edit",
    "replacement", "correction",
}  # fmt: skip


def shape(connection: Connection) -> dict[str, Any]:
    """Tables, columns, keys and indexes as SQLite itself tells them, without the names that it gives by itself."""

    def ask(statement: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in connection.exec_driver_sql(statement)]

    found: dict[str, Any] = {}
    for (table,) in ask("SELECT name FROM sqlite_master WHERE type = 'table' AND name <> 'alembic_version'"):
        columns = [(name, kind, must, key) for _, name, kind, must, _, key in ask(f'PRAGMA table_info("{table}")')]
        keys = [(there, here, to) for _, _, there, here, to, *_ in ask(f'PRAGMA foreign_key_list("{table}")')]
        indexes = []
        for _, name, unique, origin, partial in ask(f'PRAGMA index_list("{table}")'):
            on = tuple(column for _, _, column in ask(f'PRAGMA index_info("{name}")'))
            (text,) = ask(f"SELECT sql FROM sqlite_master WHERE name = '{name}'")[0]
            where = text.partition(" WHERE ")[2] if partial else ""
            indexes.append(("" if origin != "c" else name, unique, origin, on, where))
        found[table] = (sorted(columns), sorted(keys), sorted(indexes))
    return found


def stored(address: str) -> list[tuple[Any, ...]]:
    """All that the database says about its tables, and the version."""
    database = open_database(address)
    asked = (
        "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public' "
        "UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger ORDER BY 1, 2, 3"
        if database.is_shared
        else "SELECT name, type, sql FROM sqlite_master"
    )
    with database.reading() as session:
        connection = session.connection()
        rows = [tuple(row) for row in connection.exec_driver_sql(asked)]
        if any(row[0] == "alembic_version" for row in rows):
            rows += [tuple(row) for row in connection.exec_driver_sql("SELECT version_num FROM alembic_version")]
    database.close()
    return rows


def test_a_migrated_database_has_the_tables_of_the_records() -> None:
    """Of SQLite, where Alembic sees less; PostgreSQL is compared below."""
    database, from_records = open_database("sqlite://"), open_database("sqlite://")
    migrate(database)
    SQLModel.metadata.create_all(from_records.writer)
    with database.writer.connect() as migrated, from_records.writer.connect() as recorded:
        assert shape(migrated) == shape(recorded)
        assert set(shape(migrated)) == set(SQLModel.metadata.tables)
    from_records.close()
    database.close()


def test_alembic_finds_nothing_left_to_migrate(database: Database) -> None:
    with database.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_what_has_happened_cannot_be_changed_or_deleted(database: Database) -> None:
    asked = (
        "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgfoid = 'append_only'::regproc"
        if database.is_shared
        else "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    )
    with database.writer.connect() as connection:
        names = connection.exec_driver_sql(asked).scalars().all()
    acts = ("update", "delete", *(["truncate"] if database.is_shared else []))
    assert set(names) == {f"{table}_no_{act}" for table in APPEND_ONLY for act in acts}


def test_nobody_empties_what_has_happened() -> None:
    with fresh_on("postgresql") as database:
        for table in sorted(APPEND_ONLY):
            with pytest.raises(DBAPIError, match=f"{table} is append-only"), database.transaction() as session:
                session.connection().exec_driver_sql(f'TRUNCATE "{table}" CASCADE')


def test_migrating_twice_changes_nothing_and_keeps_what_is_there(empty: str) -> None:
    database = open_database(empty)
    migrate(database)
    with database.transaction() as session:
        session.add(RelayRow(name="relay", paused_until=0))
    database.close()
    first = stored(empty)
    assert len(first) > len(SQLModel.metadata.tables)
    database = open_database(empty)
    migrate(database)
    with database.reading() as session:
        assert [row.name for row in session.exec(select(RelayRow))] == ["relay"]
    database.close()
    assert stored(empty) == first


def test_a_database_of_a_newer_version_is_refused_and_not_touched(empty: str) -> None:
    database = open_database(empty)
    migrate(database)
    with database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        session.connection().exec_driver_sql("DROP TABLE relay")
    before = stored(empty)
    newest = sorted(file.name[:4] for file in (FOLDER / "versions").glob("[0-9]*.py"))[-1]
    with pytest.raises(GrantcycleError) as refused:
        migrate(database)
    database.close()
    assert str(refused.value) == (
        f"the database was written by a newer grantcycle (its tables are at 9999, this one knows up to {newest}): "
        "upgrade grantcycle; nothing was changed"
    )
    assert stored(empty) == before


def test_a_migration_that_fails_half_way_leaves_nothing(empty: str) -> None:
    """Somebody else's database, with a table of a name that is needed, and not among the first."""
    database = open_database(empty)
    with database.transaction() as session:
        session.connection().exec_driver_sql('CREATE TABLE "transition" (hour INTEGER)')
    before = stored(empty)
    assert len([row for row in before if "transition" in row]) == 1
    with pytest.raises(GrantcycleError) as refused:
        migrate(database)
    database.close()
    exists = 'relation "transition" already exists' if database.is_shared else "table transition already exists"
    assert str(refused.value).strip() == f"the database cannot be used: {exists}"
    assert stored(empty) == before


MIGRATE = """
import sys
from engine.database.connection import open_database
from engine.database.migrating import migrate

database = open_database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
migrate(database)
database.close()
"""


def test_several_that_migrate_at_once_make_one_set_of_tables(empty: str) -> None:
    """Started together: as a new version is rolled out to several machines."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", MIGRATE, empty], cwd=ROOT, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
    ended = [(process.communicate()[1], process.returncode) for process in processes]
    assert ended == [("", 0)] * 3
    database = open_database(empty)
    assert revision_of(database) == newest()
    database.close()


def test_letters_that_were_there_before_stay_and_new_ones_need_no_round(empty: str) -> None:
    """The tables are changed in place: no letter is copied, and their triggers and keys stand."""
    database = open_database(empty)
    migrate_to(database, "0006")
    with database.transaction() as session:
        person = a_person(session)
        put(session, PinnedRow(digest="d", programme="small-grants", files={}, pinned_at=0))
        round_id = 3
        for statement in (
            # the round as it was written then: the records have more columns now
            "INSERT INTO round (id, key, programme, name, number, timezone, digest, opened_at, last_number) VALUES "
            f"({round_id}, 'small-grants/2019', 'small-grants', '2019', 'SG19', 'Europe/Brussels', 'd', 0, 0)",
            f"INSERT INTO cause (id, round_id, name, at, facts, digest) VALUES (7, {round_id}, 'c', 1, '{{}}', 'd')",
            "INSERT INTO notification (id, key, round_id, cause_id, person_id, role, letter, language, address, "
            "message_id, facts, status, leaves_at, next_try_at, attempts) "
            f"VALUES (8, 'k', {round_id}, 7, {person}, 'jury', 'l', 'en', 'a@b.example', 'm', '{{}}', 'waiting', 1, 1, "
            "0)",
        ):
            session.connection().exec_driver_sql(statement)
    before = stored(empty)
    migrate(database)
    with database.transaction() as session:
        assert [(row.id, row.round_id, row.urgent) for row in session.exec(select(NotificationRow))] == [
            (8, round_id, False)
        ]
        session.add(CauseRow(id=9, name="account sign-in", at=1, facts={}, digest="d"))
        session.flush()
        session.connection().exec_driver_sql(
            "INSERT INTO notification (key, cause_id, role, letter, language, address, message_id, facts, status, "
            "leaves_at, next_try_at, attempts) "
            "VALUES ('n', 9, 'account holder', 'l', 'en', 'a@b.example', 'n', '{}', 'waiting', 1, 1, 0)"
        )
    with pytest.raises(DBAPIError, match="cause is append-only"), database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE cause SET at = 2")
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE notification SET cause_id = 99")
    database.close()
    triggers = [row for row in before if "trigger" in row or "_no_" in str(row)]
    assert [row for row in stored(empty) if row in triggers] == triggers != []


def migrate_to(database: Database, revision: str) -> None:
    """Bring an empty database to a version before this one."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with database.writer.connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        connection.commit()
