"""Which member of a committee is asked first about a dossier?"""

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class AssignmentRow(SQLModel, table=True):
    """A member is asked first to judge a dossier; whoever else sits in the committee may read it all the same."""

    __tablename__ = "assignment"
    __table_args__ = (
        Index(
            "one_assignment_each", "dossier_id", "committee", "assessment", "person_id",
            unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    committee: str
    assessment: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """for workflows with several assessments: in which one"""
    person_id: int = to("person")
    since: int = instant()
    assigned_by: int = to("person", index=False)
    ended_at: int | None = instant_or_none()
    ended_by: int | None = to("person", optional=True, index=False)
