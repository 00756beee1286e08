"""Is the database as this version of grantcycle needs it?"""

from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DatabaseError

from engine.database.connection import Database
from engine.database.sealing import MOVED
from engine.errors import GrantcycleError

FOLDER = Path(__file__).parent / "migrations"
MIGRATING = 0x6772616E74  # "grant"
"""the advisory lock of whoever migrates"""


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@cache
def _steps() -> ScriptDirectory:
    """The migrations, which are read once: most databases are up to date."""
    return ScriptDirectory.from_config(_config())


def newest() -> str:
    """The revision of the tables that this version works on."""
    return str(_steps().get_current_head())


def revision_of(database: Database) -> str | None:
    """The revision that a database is at; None where there are no tables yet."""
    with database.reading() as session:
        return MigrationContext.configure(session.connection()).get_current_revision()


def migrate(database: Database) -> None:
    """Bring the tables to this version, in one transaction.

    Raises GrantcycleError when a newer grantcycle wrote the database, when it has moved to another one, or when the
    file is no database.
    """
    script = _steps()
    known = {revision.revision for revision in script.walk_revisions()}
    try:
        with database.writer.connect() as connection:
            if database.is_shared:
                # several machines that start at once migrate one after the other
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({MIGRATING})")
            current = MigrationContext.configure(connection).get_current_heads()
            if any(revision.endswith(MOVED) for revision in current):
                raise GrantcycleError(
                    "this database has moved to another one, and is kept as it was: set [database] url in config.toml "
                    "to the new one (or take this one back, and the new one out of service: grantcycle database reopen)"
                )
            if unknown := sorted(set(current) - known):
                raise GrantcycleError(
                    f"the database was written by a newer grantcycle (its tables are at {', '.join(unknown)}, "
                    f"this one knows up to {script.get_current_head()}): upgrade grantcycle; nothing was changed"
                )
            if set(current) == set(script.get_heads()):
                return
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    except DatabaseError as problem:
        raise GrantcycleError(f"the database cannot be used: {problem.orig}") from problem
