"""How does Alembic reach the tables? On the connection that it is handed."""

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel

from engine.database import records

assert records.RoundRow.metadata is SQLModel.metadata


def as_plain_text(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """SQLModel's text type is SQLAlchemy's; migrations need not know SQLModel."""
    return "sa.String()" if kind == "type" and type(item).__name__ == "AutoString" else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    transactional_ddl=True,
    render_item=as_plain_text,
)
with context.begin_transaction():
    context.run_migrations()
