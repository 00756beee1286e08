"""Whose marks count no more?"""

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class SetAsideRow(SQLModel, table=True):
    """The marks of a member for a dossier in an assessment, those of now and later ones, do not count until `ended_at`.

    At most one stands for each member, dossier and assessment.
    """

    __tablename__ = "set_aside"
    __table_args__ = (
        Index(
            "one_standing_set_aside", "dossier_id", "assessment", "person_id",
            unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier", index=False)
    assessment: str
    person_id: int = to("person", index=False)
    """whose marks they are"""
    reason: str
    set_at: int = instant()
    set_by: int = to("person", index=False)
    ended_at: int | None = instant_or_none()
    ended_by: int | None = to("person", optional=True, index=False)
