"""How is a PostgreSQL database opened so that every commit is final, and who may work in a round?

READ COMMITTED and row locks that can be read in the code: whoever changes a round holds its row, and every question
that is asked afterwards sees what the holder before has committed.
"""

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError

from engine.errors import GrantcycleError

LOCK_SECONDS = 60
"""how long an act waits for its round; a cohort of a million holds one for half that"""
IDLE_SECONDS = 60
"""after how long the server ends a transaction whose process has died without a word"""
SAFE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "local", "remote_write", "remote_apply"),
}
"""the settings under which an acknowledged commit survives a power cut"""
FIRST_SERVER = 13


def _look(connection: Any, _record: Any = None) -> None:
    """Raises GrantcycleError when this server, as this role sees it, would lose commits or text."""
    with connection.cursor() as cursor:
        shown = {}
        for name in (*SAFE, "server_encoding", "server_version_num"):
            shown[name] = str(cursor.execute(f"SHOW {name}").fetchone()[0])
    connection.rollback()
    lost = [f"{name} = {shown[name]}" for name, safe in SAFE.items() if shown[name] not in safe]
    if lost:
        raise GrantcycleError(
            f"PostgreSQL would lose commits here ({', '.join(lost)}): set {' and '.join(SAFE)} to on, "
            "in postgresql.conf and for this role and database"
        )
    if shown["server_encoding"] != "UTF8":
        raise GrantcycleError(
            f"the database keeps text as {shown['server_encoding']}: make one with ENCODING 'UTF8'"
        )
    if int(shown["server_version_num"]) // 10_000 < FIRST_SERVER:
        raise GrantcycleError(
            f"PostgreSQL {int(shown['server_version_num']) // 10_000} is too old: {FIRST_SERVER} or newer is needed"
        )


def open_postgresql(address: URL) -> tuple[Engine, Engine]:
    """The writing and the reading side of a database.

    Raises GrantcycleError when the driver is not installed, when nobody answers, or when commits would be lost.
    """
    try:
        import psycopg  # noqa: F401  only to say in a sentence that it is missing
    except ImportError as problem:
        raise GrantcycleError("PostgreSQL needs its driver: pip install 'grantcycle[postgres]'") from problem
    shown = address.render_as_string(hide_password=True)
    options = (
        f"-c lock_timeout={LOCK_SECONDS}s -c idle_in_transaction_session_timeout={IDLE_SECONDS}s "
        "-c default_transaction_isolation=read\\ committed"
    )
    arguments = {"application_name": "grantcycle", "connect_timeout": 10, "options": options}
    writer = create_engine(address, connect_args=arguments, pool_pre_ping=True)
    # one moment for all questions of a look, and a server that refuses any change
    reader = create_engine(
        address, connect_args=arguments, pool_pre_ping=True,
        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    )  # fmt: skip
    event.listen(writer, "connect", _look)
    try:
        with writer.connect():
            pass
    except DatabaseError as problem:
        raise GrantcycleError(f"the database {shown} cannot be opened: {str(problem.orig).strip()}") from problem
    return writer, reader
