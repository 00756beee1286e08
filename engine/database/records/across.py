"""Which names are one organisation across rounds, and what is not held against an applicant?"""

from sqlalchemy import Index, text
from sqlmodel import SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class SameOrganisationRow(SQLModel, table=True):
    """Staff's word that a name is that of an organisation which has others: all with one `same_as` are the same."""

    __tablename__ = "same_organisation"
    __table_args__ = (
        Index(
            "one_organisation_of_a_name", "programme", "key",
            unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        Index("names_of_an_organisation", "programme", "same_as"),
    )  # fmt: skip
    id: int | None = row_id()
    programme: str
    key: str
    """what the name is compared by"""
    same_as: str
    """the key of the name that stands for all of them; its own row has it twice"""
    round_id: int = to("round")
    """in whose journal it stands"""
    said_at: int = instant()
    said_by: int = to("person", index=False)
    ended_at: int | None = instant_or_none()


class LiftRow(SQLModel, table=True):
    """Staff let a dossier pass a guard about the applicant's other dossiers, with a reason."""

    __tablename__ = "lift"
    __table_args__ = (
        Index(
            "one_lift_of_a_guard", "dossier_id", "guard",
            unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    guard: str
    reason: str
    lifted_at: int = instant()
    lifted_by: int = to("person", index=False)
    ended_at: int | None = instant_or_none()
    """when staff took it back"""
