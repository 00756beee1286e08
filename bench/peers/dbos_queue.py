"""How fast does DBOS move dossiers, each a durable workflow with one step, one after the other?"""

from collections.abc import Callable

from dbos import DBOS, SetWorkflowID

from bench.peers.tables import Tables, main


def move(address: str, dossiers: int) -> Callable[[], None]:
    tables = Tables(address)
    tables.make(dossiers)
    DBOS(
        config={
            "name": "bench",
            "system_database_url": address,
            "run_admin_server": False,
            "log_level": "ERROR",
        }
    )

    @DBOS.step()
    def write(dossier_id: int) -> None:
        with tables.transaction():
            number, email = tables.execute(
                "SELECT number, email FROM dossier WHERE id = ? AND state = 'submitted'", (dossier_id,)
            ).fetchone()
            tables.execute("UPDATE dossier SET state = 'in_preselection' WHERE id = ?", (dossier_id,))
            tables.write_move(dossier_id, number, email)

    @DBOS.workflow()
    def take_up(dossier_id: int) -> None:
        write(dossier_id)

    DBOS.launch()

    def once() -> None:
        for dossier_id in range(1, dossiers + 1):
            with SetWorkflowID(f"take_up {dossier_id}"):
                take_up(dossier_id)

    return once


if __name__ == "__main__":
    main(move)
    DBOS.destroy()
