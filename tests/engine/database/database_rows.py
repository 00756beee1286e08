"""What stands in the tables before anything happens, and how does somebody tamper with them?"""

from typing import Any, TypeVar

from sqlmodel import Session, SQLModel, select

from engine.database.connection import Database
from engine.database.records import (
    DeadlineRow,
    DossierRow,
    PersonRow,
    PinnedRow,
    RoundRow,
    TransitionRow,
    VerdictRow,
)
from engine.database.store import the_id

Row = TypeVar("Row", bound=SQLModel)


def put(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row


def a_round(session: Session, name: str = "2019") -> int:
    """A round of the sample programme; gives its id."""
    if session.exec(select(PinnedRow)).first() is None:
        put(session, PinnedRow(digest="d", programme="small-grants", files={}, pinned_at=0))
    row = RoundRow(
        key=f"small-grants/{name}", programme="small-grants", name=name, number="SG19", timezone="Europe/Brussels",
        digest="d", opened_at=0,
    )  # fmt: skip
    return the_id(put(session, row))


def a_person(session: Session, email: str = "ann@jury.example") -> int:
    return the_id(put(session, PersonRow(email=email, name=email.split("@")[0].title(), language="en")))


def a_dossier(session: Session, round_id: int, number: str, state: str = "in_review") -> DossierRow:
    return put(
        session,
        DossierRow(
            round_id=round_id, number=number, organisation="The Bakery", state=state, entered_at=0, started_at=0
        ),
    )


def moved(session: Session, dossier: DossierRow, *states: str) -> DossierRow:
    """Let a dossier go through states, one transition each."""
    for state in states:
        put(
            session,
            TransitionRow(
                dossier_id=the_id(dossier), name=f"to {state}", source=dossier.state, target=state, at=0, recorded_at=0
            ),
        )
        dossier.state = state
        put(session, dossier)
    return dossier


def a_verdict(session: Session, dossier: DossierRow, transition: str, by: int, **changes: Any) -> VerdictRow:
    row = VerdictRow(dossier_id=the_id(dossier), transition=transition, recorded_at=0, recorded_by=by, **changes)
    return put(session, row)


def a_deadline(session: Session, round_id: int, key: str = "transition lapse") -> DeadlineRow:
    row = DeadlineRow(
        round_id=round_id, key=key, kind="transition", name="lapse", moment="call closes", position=0,
        local="2019-03-02T00:00:00", zone="Europe/Brussels", tzdata="2026.1", due_at=0, fires_at=0,
    )  # fmt: skip
    return put(session, row)


def tamper(database: Database, *statements: str) -> None:
    """Change the tables as somebody would who has the file, or the server: no triggers, no foreign keys."""
    if database.is_shared:
        with database.writer.connect() as connection:
            for table in SQLModel.metadata.tables:
                connection.exec_driver_sql(f'ALTER TABLE "{table}" DISABLE TRIGGER ALL')
            for statement in statements:
                connection.exec_driver_sql(statement)
            connection.commit()
        return
    with database.writer.connect() as connection:
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        connection.rollback()
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys = OFF")
        for statement in (*(f"DROP TRIGGER {name}" for name in names), *statements):
            raw.execute(statement)


def numbers(database: Database, table: str, round_id: int) -> list[int]:
    with database.writer.connect() as connection:
        return list(
            connection.exec_driver_sql(f"SELECT id FROM {table} WHERE round_id = {round_id} ORDER BY id").scalars()
        )


def swap(table: str, one: int, other: int) -> list[str]:
    return [
        f"UPDATE {table} SET id = -1 WHERE id = {one}",
        f"UPDATE {table} SET id = {one} WHERE id = {other}",
        f"UPDATE {table} SET id = {other} WHERE id = -1",
    ]
