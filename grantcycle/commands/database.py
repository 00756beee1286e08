"""How does an installation move from one database to another?"""

from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import make_url

from engine.database.connection import Database, address_of, open_database
from engine.database.copying import move as move_over
from engine.database.copying import rows_in
from engine.database.migrating import revision_of
from engine.database.sealing import unseal
from engine.errors import GrantcycleError
from grantcycle import console
from grantcycle.commands.parameters import Json, wiring_of

app = typer.Typer(help="The database itself: move to another one.", no_args_is_help=True)

To = Annotated[str, typer.Option("--to", metavar="URL", help="The new database, which is empty.", show_default=False)]
From = Annotated[
    str | None, typer.Option("--from", metavar="URL", help="The old database; by default that of config.toml.")
]
Of = Annotated[str | None, typer.Option("--of", metavar="URL", help="Which one; by default that of config.toml.")]


@app.command()
def move(context: typer.Context, to: To, source: From = None, as_json: Json = False) -> None:
    """Move everything to another database, SQLite to PostgreSQL or back. Stop all workers first; the old database is
    kept as it was, and sealed, so that nothing happens twice.

    Example: grantcycle database move --to postgresql://grantcycle@db.example/grantcycle
    """
    old = _existing(source or wiring_of(context).settings.database.url)
    try:
        new = open_database(to)
        try:
            with console.progress() as bar:
                task = bar.add_task("Moving", total=2 * rows_in(old))
                moved = move_over(old, new, lambda rows: bar.advance(task, rows))
        finally:
            new.close()
    finally:
        old.close()
    shown = address_of(to).set(drivername=make_url(to).drivername).render_as_string(hide_password=True)
    if as_json:
        tables = {name: rows for name, rows in sorted(moved.tables.items()) if rows}
        console.show_json({"to": shown, "rows": moved.rows, "tables": tables})
        return
    console.say(
        f"{console.count(moved.rows, 'row')} moved and read again, every journal whole. The old database is sealed.\n"
        f'Now write in config.toml, under [database]: url = "{shown}"'
    )


@app.command()
def reopen(context: typer.Context, of: Of = None) -> None:
    """Take a database that has moved back into service, as it was then: only when the new one is given up, for what
    has happened there since is not here, and will happen again.

    Example: grantcycle database reopen --of sqlite:///data/grantcycle.db
    """
    of = of or wiring_of(context).settings.database.url
    database = _existing(of)
    try:
        if revision_of(database) is None:
            raise GrantcycleError(f"there is no database of grantcycle at {of}")
        with database.writer.connect() as connection:
            was_sealed = unseal(connection)
            connection.commit()
    finally:
        database.close()
    console.say("It is in service again." if was_sealed else "It has not moved, and is in service.")


def _existing(url: str) -> Database:
    """A database that is there: looking for one makes none."""
    address = address_of(url)
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).is_file():
        raise GrantcycleError(f"there is no database of grantcycle at {url}")
    return open_database(url)
