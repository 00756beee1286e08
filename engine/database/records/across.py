"""What reaches across rounds: names that are one organisation, rules that are lifted, and who asked to be told?"""

from sqlalchemy import Index, UniqueConstraint, text
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


class SubscriptionRow(SQLModel, table=True):
    """Somebody asked to be told of a programme: in every round that opens from then on they are one of `everyone`."""

    __tablename__ = "subscription"
    __table_args__ = (
        Index(
            "one_subscription", "programme", "person_id",
            unique=True, sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL"),
        ),
        UniqueConstraint("nonce"),
    )  # fmt: skip
    id: int | None = row_id()
    programme: str
    person_id: int = to("person")
    nonce: str
    """in the address at which it is ended, without signing in: who has a letter may end what it came of"""
    since: int = instant()
    ended_at: int | None = instant_or_none()
