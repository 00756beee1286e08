"""Is the database as it was written, as far as that can be told: its pages, the rules it pins, the files in it?"""

import hashlib
import json
from collections.abc import Iterator, Sequence

from sqlalchemy import JSON, type_coerce
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, select

from engine.database.connection import Database
from engine.database.expressions import as_text
from engine.database.failing import DAMAGED, SENTENCES
from engine.database.records import FileRow, PinnedRow
from engine.errors import Unavailable
from engine.files.reading import folder_digest


def must_be_whole(database: Database) -> None:
    """Look through all pages of an SQLite file, a second or two for a gigabyte, and the rules that rounds run on.

    Raises Unavailable for a database that is damaged, with what to do. A server sees to its own pages.
    """
    with database.reading() as session:
        try:
            said = next(_damages(session, pages=not database.is_shared), None)
        except (DBAPIError, ValueError) as problem:  # a text that is none, a table that is not there
            said = str(problem).partition("\n")[0]
        if said:
            raise Unavailable(SENTENCES[DAMAGED].format(file=_file(session), said=said))


def _damages(session: Session, *, pages: bool) -> Iterator[str]:
    if pages:
        found = session.connection().exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
        if found != "ok":
            yield str(found)
    for table in SQLModel.metadata.sorted_tables:  # a damaged page may be one that says which tables there are
        session.connection().execute(table.select().limit(1)).all()
    pinned = select(PinnedRow.digest, as_text(type_coerce(PinnedRow.files, JSON)))
    for digest, files in session.exec(pinned):
        if folder_digest(json.loads(files)) != digest:
            yield f"the rules pinned as {digest[:12]} are not the ones that were pinned"


def _file(session: Session) -> str:
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        return str(connection.engine.url.database)
    (_, _, file), *_ = connection.exec_driver_sql("PRAGMA database_list").all()
    return str(file)


def wrong_files(session: Session) -> Sequence[str]:
    """The digests of attachments that are not what was handed in: each is to be restored from the last backup."""
    rows = session.connection().execute(select(FileRow.digest, FileRow.content).execution_options(yield_per=1))
    return [digest for digest, content in rows if hashlib.sha256(content).hexdigest() != digest]
