"""Which score did a committee agree on?"""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class AgreedRow(SQLModel, table=True):
    """The mark for one criterion that a committee agreed on; a newer row replaces an older one."""

    __tablename__ = "agreed"
    __table_args__ = (
        Index(
            "one_agreed_mark", "dossier_id", "assessment", "criterion",
            unique=True, sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    assessment: str
    criterion: str
    mark: float
    agreed_at: int = instant()
    agreed_by: int = to("person", index=False)
    replaced_at: int | None = instant_or_none()
    scope: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """the strand or answer of the committee, where there is one for each: it counts while the dossier lies there"""
