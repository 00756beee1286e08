"""How is a PostgreSQL database opened so that every commit is final, and who may work in a round?

READ COMMITTED and row locks that can be read in the code: whoever changes a round holds its row, and every question
that is asked afterwards sees what the holder before has committed.
"""

from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.exc import DatabaseError, DBAPIError, OperationalError

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
QUIET = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 60_000}
"""how soon a dead server is noticed here (libpq's names: seconds, and milliseconds for the last)"""
NOTICED = "-c tcp_keepalives_idle=30 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
"""how soon the server notices a dead machine, and frees what it held"""


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


def is_away(problem: DBAPIError) -> bool:
    """Whether nobody answers, or no longer does; in a transaction that was not being committed, nothing is kept."""
    could_not_connect = isinstance(problem, OperationalError) and problem.statement is None
    return problem.connection_invalidated or could_not_connect


def arguments(address: URL) -> dict[str, Any]:
    """With what the driver connects to an address."""
    _, parts = address.get_dialect()().create_connect_args(address)
    own = f"-c lock_timeout={LOCK_SECONDS}s -c idle_in_transaction_session_timeout={IDLE_SECONDS}s {NOTICED}"
    options = f"{own} {parts.pop('options', '')}".strip()
    return {"application_name": "grantcycle", "connect_timeout": 10, **QUIET, **parts, "options": options}


def open_postgresql(address: URL) -> tuple[Engine, Engine]:
    """The writing and the reading side of a database.

    Raises GrantcycleError when the driver is not installed, when nobody answers, or when commits would be lost.
    """
    try:
        import psycopg  # noqa: F401  only to say in a sentence that it is missing
    except ImportError as problem:
        raise GrantcycleError("PostgreSQL needs its driver: pip install 'grantcycle[postgres]'") from problem
    shown = address.render_as_string(hide_password=True)
    given = arguments(address)
    # said with every BEGIN, whatever the server's default is
    writer = create_engine(
        address, connect_args=given, pool_pre_ping=True, execution_options={"isolation_level": "READ COMMITTED"}
    )
    # one moment for all questions of a look, and a server that refuses any change
    reader = create_engine(
        address, connect_args=given, pool_pre_ping=True,
        execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
    )  # fmt: skip
    event.listen(writer, "connect", _look)
    try:
        with writer.connect():
            pass
    except DatabaseError as problem:
        raise GrantcycleError(f"the database {shown} cannot be opened: {str(problem.orig).strip()}") from problem
    return writer, reader
