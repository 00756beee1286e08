"""Who came to a meeting, and who is excused."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OF_A_DOSSIER = sa.text("ended_at IS NULL AND dossier_id IS NOT NULL")
OF_A_ROLE = sa.text("ended_at IS NULL AND dossier_id IS NULL")


def upgrade() -> None:
    op.create_table(
        "presence",
        sa.Column("id", ID, nullable=False),
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=True),
        sa.Column("came", sa.Boolean(), nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", ID, nullable=False),
        sa.Column("attendance_id", ID, nullable=True),
        sa.Column("excuse_id", ID, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", ID, nullable=True),
        sa.Column("ending", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"]),
        sa.ForeignKeyConstraint(["attendance_id"], ["attendance.id"]),
        sa.ForeignKeyConstraint(["excuse_id"], ["excuse.id"]),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"]),
    )
    for name in ("meeting_id", "person_id", "dossier_id", "attendance_id", "excuse_id"):
        op.create_index(f"ix_presence_{name}", "presence", [name])
    op.create_index(
        "one_presence_each", "presence", ["meeting_id", "person_id", "dossier_id"], unique=True,
        sqlite_where=OF_A_DOSSIER, postgresql_where=OF_A_DOSSIER,
    )  # fmt: skip
    op.create_index(
        "one_presence_of_a_role", "presence", ["meeting_id", "person_id"], unique=True,
        sqlite_where=OF_A_ROLE, postgresql_where=OF_A_ROLE,
    )  # fmt: skip
