"""What keeps a database that has moved from being worked on any more?

Triggers on every table: they stop processes that run already, and those of older versions, as well as a new one.
"""

from sqlalchemy import Connection
from sqlmodel import SQLModel

MOVED = " moved"
"""what stands behind the revision in a database that has moved"""
SENTENCE = "this database has moved to another one: nothing is changed here any more"


def _revision(connection: Connection) -> str:
    revision: str = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    return revision


def _seals() -> list[tuple[str, str, str]]:
    """(trigger, table, act) of each."""
    return [
        (f"{table.name}_sealed_{act.lower()}", table.name, act)
        for table in SQLModel.metadata.sorted_tables
        for act in ("INSERT", "UPDATE", "DELETE")
    ]


def seal(connection: Connection) -> None:
    """Let nobody change anything from the commit of this transaction on."""
    on_postgresql = connection.dialect.name == "postgresql"
    if on_postgresql:
        connection.exec_driver_sql(
            "CREATE FUNCTION sealed() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{SENTENCE}'; END $$"
        )
    for trigger, table, act in _seals():
        carry_out = (
            "FOR EACH STATEMENT EXECUTE FUNCTION sealed()"
            if on_postgresql
            else f"BEGIN SELECT RAISE(ABORT, '{SENTENCE}'); END"
        )
        connection.exec_driver_sql(f'CREATE TRIGGER {trigger} BEFORE {act} ON "{table}" {carry_out}')
    connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{_revision(connection)}{MOVED}'")


def unseal(connection: Connection) -> bool:
    """Let it be worked on again, as it is; False when it was not sealed."""
    revision = _revision(connection)
    if not revision.endswith(MOVED):
        return False
    on_postgresql = connection.dialect.name == "postgresql"
    for trigger, table, _ in _seals():
        connection.exec_driver_sql(f"DROP TRIGGER {trigger}" + (f' ON "{table}"' if on_postgresql else ""))
    if on_postgresql:
        connection.exec_driver_sql("DROP FUNCTION sealed()")
    connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{revision.removesuffix(MOVED)}'")
    return True
