"""Which processes work on this database, and do they agree?

Each keeps a row with the version, the zone data and the tables that it works with, and renews it at every sweep.
Where the rows of living nodes differ, one of them would work out other instants than the other.
"""

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy import delete, text
from sqlmodel import Session, col, select

from engine.clock import Clock
from engine.database.connection import insert_once
from engine.database.records import NodeRow
from engine.errors import GrantcycleError
from engine.rules.moments import SECOND, tzdata_version

SLACK = 30
"""how many seconds more than three of its sweeps a node may be silent"""
JOINING = 0x6E6F6465  # "node"
"""the advisory lock of whoever joins or leaves"""


@dataclass(frozen=True, slots=True)
class Node:
    """A process as it introduces itself."""

    kind: str
    """`serve`, `worker`, `advance` ..."""
    boot: str
    sweep: float
    """seconds between two beats"""
    host: str
    pid: int
    version: str
    tzdata: str

    @property
    def name(self) -> str:
        return f"{self.kind} {self.pid} on {self.host}"


def this_node(kind: str, clock: Clock, sweep: float) -> Node:
    """This process, whose machine has that clock and which looks again after `sweep` seconds."""
    look = clock.look()
    boot = look.boot if look else ""
    return Node(kind, boot, sweep, socket.gethostname(), os.getpid(), version("grantcycle"), tzdata_version())


def tables_of(session: Session) -> str:
    """The migration that the tables are at, as the database says now."""
    return str(session.connection().execute(text("SELECT version_num FROM alembic_version")).scalar_one())


def living(session: Session, now: int) -> Sequence[NodeRow]:
    """The nodes that have been seen lately; `now` is the database's clock."""
    rows = session.exec(select(NodeRow).order_by(col(NodeRow.id))).all()
    return [row for row in rows if now - row.seen_at <= row.beats_within * SECOND]


def join(session: Session, node: Node, tables: str, now: int, ahead: int | None) -> None:
    """Take a place among the nodes. Raises GrantcycleError when a living one works with other zone data."""
    _alone(session)
    for other in living(session, now):
        if other.tzdata != node.tzdata and not _is_gone(other, node):
            raise GrantcycleError(
                f"{other.name} works on this database with the zone data {other.tzdata}, and this process has "
                f"{node.tzdata}: they would not agree on when a deadline is. Install the same grantcycle with the same "
                f"tzdata on every machine (pip install tzdata=={other.tzdata}), or stop the other process first"
            )
    beat(session, node, tables, now, ahead)


def beat(session: Session, node: Node, tables: str, now: int, ahead: int | None) -> None:
    """Say that a node lives, and strike off those that do not."""
    row = session.exec(select(NodeRow).where(col(NodeRow.name) == node.name)).first()
    if row is None or row.boot != node.boot:
        _strike_off(session, node, now)
        fresh = {
            "name": node.name, "host": node.host, "boot": node.boot, "pid": node.pid, "version": node.version,
            "tzdata": node.tzdata, "tables": tables, "started_at": now, "seen_at": now,
            "beats_within": round(3 * node.sweep) + SLACK, "ahead": ahead,
        }  # fmt: skip
        insert_once(session, NodeRow, [fresh], "name")
        return
    row.seen_at, row.ahead, row.tables, row.tzdata, row.version = now, ahead, tables, node.tzdata, node.version
    session.add(row)
    session.flush()


def leave(session: Session, node: Node) -> None:
    """A process that stops in good order is no node any more."""
    session.connection().execute(delete(NodeRow).where(col(NodeRow.name) == node.name))


def _strike_off(session: Session, node: Node, now: int) -> None:
    """Delete the rows of the dead, and of a process of this one's own name before it."""
    alive = {row.id for row in living(session, now) if row.name != node.name and not _is_gone(row, node)}
    session.connection().execute(delete(NodeRow).where(col(NodeRow.id).not_in(alive)))


def _is_gone(row: NodeRow, node: Node) -> bool:
    """Whether a process of this very machine has ended without a word."""
    if row.host != node.host:
        return False
    if row.boot != node.boot:
        return True
    try:
        os.kill(row.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _alone(session: Session) -> None:
    """One joins at a time, so that of two that disagree one sees the other."""
    if session.get_bind().dialect.name == "postgresql":
        session.connection().execute(text(f"SELECT pg_advisory_xact_lock({JOINING})"))
