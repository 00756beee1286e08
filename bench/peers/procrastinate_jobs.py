"""How fast does procrastinate move dossiers, each a job, eight at a time? On PostgreSQL only."""

import asyncio
from collections.abc import Callable

import procrastinate
from psycopg_pool import AsyncConnectionPool

from bench.peers.tables import Tables, main

AT_A_TIME = 8


def move(address: str, dossiers: int) -> Callable[[], None]:
    tables = Tables(address)
    tables.make(dossiers)
    plain = address.replace("+psycopg", "")
    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=plain))

    async def work() -> None:
        async with AsyncConnectionPool(plain, min_size=AT_A_TIME, open=False) as pool, app.open_async():

            @app.task(name="take_up")
            async def take_up(dossier_id: int) -> None:
                async with pool.connection() as connection:
                    row = await (
                        await connection.execute(
                            "UPDATE dossier SET state = 'in_preselection' WHERE id = %s AND state = 'submitted' "
                            "RETURNING number, email", (dossier_id,),
                        )
                    ).fetchone()  # fmt: skip
                    assert row is not None
                    history, queued = tables.moved
                    await connection.execute(history, (dossier_id, "submitted", "in_preselection", 0))
                    await connection.execute(
                        queued, (f"take_up | {row[0]}", dossier_id, "in-preselection", row[1], "waiting")
                    )

            await take_up.batch_defer_async(*({"dossier_id": number} for number in range(1, dossiers + 1)))
            await app.run_worker_async(concurrency=AT_A_TIME, wait=False, listen_notify=False)

    async def lay_out() -> None:
        async with app.open_async():
            await app.schema_manager.apply_schema_async()

    asyncio.run(lay_out())
    return lambda: asyncio.run(work())


if __name__ == "__main__":
    main(move)
