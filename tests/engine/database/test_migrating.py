"""Are the tables those of the records, and is a database that this version does not know left alone?"""

from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection
from sqlmodel import SQLModel, select

from engine.database.connection import Database, open_database
from engine.database.migrating import FOLDER, migrate
from engine.database.records import RelayRow
from engine.errors import GrantcycleError

APPEND_ONLY = {"journal", "journal_link", "transition", "extension", "cause", "letter", "attempt", "pinned"}


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


def stored(path: Path) -> list[tuple[Any, ...]]:
    """All that the file says about its tables, and the version."""
    database = open_database(f"sqlite:///{path}")
    with database.reading() as session:
        connection = session.connection()
        rows = [tuple(row) for row in connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master")]
        if any(name == "alembic_version" for _, name, _ in rows):
            rows += [tuple(row) for row in connection.exec_driver_sql("SELECT version_num FROM alembic_version")]
    database.close()
    return rows


def test_a_migrated_database_has_the_tables_of_the_records(database: Database) -> None:
    from_records = open_database("sqlite://")
    SQLModel.metadata.create_all(from_records.writer)
    with database.writer.connect() as migrated, from_records.writer.connect() as recorded:
        assert shape(migrated) == shape(recorded)
        assert set(shape(migrated)) == set(SQLModel.metadata.tables)
    from_records.close()


def test_alembic_finds_nothing_left_to_migrate(database: Database) -> None:
    with database.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_what_has_happened_cannot_be_changed_or_deleted(database: Database) -> None:
    with database.writer.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    assert set(names) == {f"{table}_no_{act}" for table in APPEND_ONLY for act in ("update", "delete")}


def test_migrating_twice_changes_nothing_and_keeps_what_is_there(tmp_path: Path) -> None:
    path = tmp_path / "grantcycle.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    with database.transaction() as session:
        session.add(RelayRow(name="relay", paused_until=0))
    database.close()
    first = stored(path)
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    with database.reading() as session:
        assert [row.name for row in session.exec(select(RelayRow))] == ["relay"]
    database.close()
    assert stored(path) == first


def test_a_database_of_a_newer_version_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "grantcycle.db"
    database = open_database(f"sqlite:///{path}")
    migrate(database)
    with database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        session.connection().exec_driver_sql("DROP TABLE relay")
    before = stored(path)
    newest = sorted(file.name[:4] for file in (FOLDER / "versions").glob("[0-9]*.py"))[-1]
    with pytest.raises(GrantcycleError) as refused:
        migrate(database)
    database.close()
    assert str(refused.value) == (
        f"the database was written by a newer grantcycle (its tables are at 9999, this one knows up to {newest}): "
        "upgrade grantcycle; nothing was changed"
    )
    assert stored(path) == before


def test_a_migration_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    """Somebody else's database, with a table of a name that is needed, and not among the first."""
    path = tmp_path / "other.db"
    database = open_database(f"sqlite:///{path}")
    with database.transaction() as session:
        session.connection().exec_driver_sql('CREATE TABLE "transition" (hour INTEGER)')
    before = stored(path)
    assert len(before) == 1
    with pytest.raises(GrantcycleError) as refused:
        migrate(database)
    database.close()
    assert str(refused.value) == "the database cannot be used: table transition already exists"
    assert stored(path) == before
