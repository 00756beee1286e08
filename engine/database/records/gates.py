"""In which order do dossiers stand before a gate?"""

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from engine.database.records.fields import instant, instant_or_none, row_id, to


class RankedRow(SQLModel, table=True):
    """The rank of a dossier in the list of a cohort: worked out at the moment, then kept. Who ties has the same."""

    __tablename__ = "ranked"
    __table_args__ = (UniqueConstraint("round_id", "list", "dossier_id"),)
    id: int | None = row_id()
    round_id: int = to("round", index=False)
    list: str
    """the transition that first asks for ranks in this cohort"""
    scope: str = ""
    """over what the ranks are taken: a strand, a batch or an answer; empty where it is the round"""
    dossier_id: int = to("dossier")
    rank: int
    ranked_at: int = instant()


class PlacementRow(SQLModel, table=True):
    """The place of a dossier in the order that a committee gives by hand; a newer row replaces an older one."""

    __tablename__ = "placement"
    __table_args__ = (
        Index(
            "one_current_placement", "dossier_id", "state",
            unique=True, sqlite_where=text("replaced_at IS NULL"), postgresql_where=text("replaced_at IS NULL"),
        ),
    )  # fmt: skip
    id: int | None = row_id()
    dossier_id: int = to("dossier")
    state: str
    """where it stands while it is placed"""
    place: int
    """1 for the first"""
    given_at: int = instant()
    given_by: int = to("person", index=False)
    replaced_at: int | None = instant_or_none()
    scope: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """the strand or answer of the committee, where there is one for each: it counts while the dossier lies there"""
