"""Times that are proposed for a meeting, and hours that can be booked."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


OPEN, STANDS = sa.text("ended_at IS NULL"), sa.text("removed_at IS NULL")
BOOKED = sa.text("booking_id IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "proposal",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("obligation_id", ID, nullable=False),
        sa.Column("meeting_id", ID, nullable=True),
        sa.Column("side", TEXT, nullable=False),
        sa.Column("words", TEXT, nullable=True),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("proposed_by", ID, nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("ending", TEXT, nullable=True),
        sa.Column("answer", TEXT, nullable=True),
        sa.Column("accepted", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["obligation_id"], ["obligation.id"]),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["proposed_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"]),
    )
    op.create_index("ix_proposal_dossier_id", "proposal", ["dossier_id"])
    op.create_index("ix_proposal_obligation_id", "proposal", ["obligation_id"])
    op.create_index(
        "one_open_proposal", "proposal", ["obligation_id"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "proposed_time",
        sa.Column("id", ID, nullable=False),
        sa.Column("proposal_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("day", TEXT, nullable=False),
        sa.Column("start", TEXT, nullable=False),
        sa.Column("end", TEXT, nullable=False),
        sa.Column("place", TEXT, nullable=True),
        sa.Column("online", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("proposal_id", "position"),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposal.id"]),
    )
    op.create_table(
        "hour",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("meeting", TEXT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("day", TEXT, nullable=False),
        sa.Column("start", TEXT, nullable=False),
        sa.Column("end", TEXT, nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("place", TEXT, nullable=True),
        sa.Column("online", TEXT, nullable=True),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.Column("booking_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["booking_id"], ["meeting.id"]),
    )
    op.create_index("ix_hour_person_id", "hour", ["person_id"])
    op.create_index("hours_of_a_meeting", "hour", ["round_id", "meeting", "starts_at"])
    op.create_index(
        "one_hour_at_a_time", "hour", ["round_id", "person_id", "starts_at"], unique=True,
        sqlite_where=STANDS, postgresql_where=STANDS,
    )  # fmt: skip
    op.create_index(
        "one_hour_of_a_booking", "hour", ["booking_id"], unique=True, sqlite_where=BOOKED, postgresql_where=BOOKED
    )
