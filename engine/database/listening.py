"""Who is told at once that a date has moved, or that a letter is waiting?

On PostgreSQL every commit that may bring forward what is due says so (triggers of the tables do it, whoever writes),
and every worker listens on a connection of its own. What is lost on the way, the sweep of the alarm finds.
"""

import asyncio
from collections.abc import Callable, Mapping

import structlog
from sqlalchemy import URL

from engine.database.connection import Database, address_of
from engine.database.postgresql import arguments

log = structlog.get_logger()
DEADLINES, LETTERS = "grantcycle_deadlines", "grantcycle_letters"
"""the channels: something may be due earlier, a letter may leave"""
AGAIN_SECONDS = 1.0
"""how long it waits before it connects anew"""
QUIET_SECONDS = 30.0
"""after how long a silence it makes sure that the server is still there"""


async def listen(database: Database, wakes: Mapping[str, Callable[[], object]], direct: str = "") -> None:
    """Call `wakes[channel]` whenever something is said on that channel, until cancelled; on SQLite nothing is.

    `direct` is the address of the server itself where the database is reached through a pool that passes no
    notifications on. A broken connection is made anew, and then everybody is woken, since something may have been
    missed.
    """
    if not database.is_shared:
        return
    import psycopg

    address = address_of(direct) if direct else database.writer.url
    while True:
        try:
            await _listen(address, wakes)
        except (psycopg.Error, OSError) as problem:
            reason = str(problem).strip().partition("\n")[0]
            log.warning("the connection that listens is lost; it is made anew", problem=reason)
            await asyncio.sleep(AGAIN_SECONDS)


async def _listen(address: URL, wakes: Mapping[str, Callable[[], object]]) -> None:
    import psycopg
    from psycopg import sql

    async with await psycopg.AsyncConnection.connect(**arguments(address), autocommit=True) as connection:
        for channel in wakes:
            await connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        for wake in wakes.values():
            wake()
        while True:
            async for said in connection.notifies(timeout=QUIET_SECONDS):
                if said.channel in wakes:
                    wakes[said.channel]()
            await connection.execute("SELECT 1")
