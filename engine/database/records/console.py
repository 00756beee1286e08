"""What do staff keep for themselves in the console?"""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class SavedViewRow(SQLModel, table=True):
    """A list of dossiers as somebody likes to see it, in every round of a programme."""

    __tablename__ = "saved_view"
    __table_args__ = (
        UniqueConstraint("person_id", "programme", "name"),
        Index(
            "one_start_each", "person_id", "programme",
            unique=True, sqlite_where=text("start_since IS NOT NULL"),
            postgresql_where=text("start_since IS NOT NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    person_id: int = to("person", index=False)
    programme: str
    name: str
    page: str
    """`board` or `table`"""
    query: str = Field(default="")
    """what stands behind the question mark"""
    saved_at: int = instant()
    start_since: int | None = instant_or_none()
    """since when the person's board begins with it"""
