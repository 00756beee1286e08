"""How many questions does a page ask the database?"""

from sqlalchemy import event
from visiting import Site, Visit


def queries(site: Site, visit: Visit, page: str) -> int:
    """The statements that showing a page costs."""
    found: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        found.append(statement)

    engine = site.database.reader
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert visit.get(page).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(found)
