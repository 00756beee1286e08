"""How fast is the fastest way of moving dossiers one by one: transitions and SQLModel?

One machine that all dossiers share, `trigger` without `add_model`, a commit every 500, and rows that are narrower than
ours: the state, one row of history, one queued notification.
"""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, col, select
from transitions import Machine

from engine.database.connection import Database

COMMIT_EVERY = 500


class _Table(SQLModel, registry=registry()):
    """Tables of its own, apart from the engine's."""


class PeerDossier(_Table, table=True):
    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    email: str
    state: str = Field(index=True)


class PeerHistory(_Table, table=True):
    id: int | None = Field(default=None, primary_key=True)
    dossier_id: int = Field(foreign_key="peerdossier.id", index=True)
    source: str
    target: str
    at: int = Field(sa_type=BigInteger)


class PeerNotification(_Table, table=True):
    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(unique=True)
    dossier_id: int = Field(foreign_key="peerdossier.id", index=True)
    letter: str
    address: str
    status: str


def _machine() -> Any:
    machine: Any = Machine(
        model=None, states=["submitted", "in_preselection"], initial="submitted", auto_transitions=False
    )
    machine.add_transition("take_up", "submitted", "in_preselection")
    return machine


def set_up(database: Database, dossiers: int) -> None:
    """An empty database with so many dossiers in it."""
    _Table.metadata.create_all(database.writer)
    with database.transaction() as session:
        session.connection().execute(
            PeerDossier.__table__.insert(),  # type: ignore[attr-defined]
            [
                {"number": f"CI19-{place:07d}", "email": f"a{place:07d}@applicants.example", "state": "submitted"}
                for place in range(dossiers)
            ],
        )


def move(database: Database, at: int) -> None:
    """Move every dossier, one by one."""
    take_up = _machine().events["take_up"]
    last = 0
    while True:
        with Session(database.writer) as session, session.begin():
            # read on from the last one, so that what was moved is not looked through again
            dossiers = session.exec(
                select(PeerDossier)
                .where(col(PeerDossier.id) > last, col(PeerDossier.state) == "submitted")
                .order_by(col(PeerDossier.id))
                .limit(COMMIT_EVERY)
            ).all()
            if not dossiers:
                return
            for dossier in dossiers:
                source = dossier.state
                take_up.trigger(dossier)
                assert dossier.id is not None
                session.add(PeerHistory(dossier_id=dossier.id, source=source, target=dossier.state, at=at))
                session.add(
                    PeerNotification(
                        key=f"take_up | {at} | {dossier.number}", dossier_id=dossier.id, letter="in-preselection",
                        address=dossier.email, status="waiting",
                    )
                )  # fmt: skip
                last = dossier.id
