"""Which score was agreed on, and in which of several assessments somebody reads and recommends."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
CURRENT = sa.text("replaced_at IS NULL")
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "agreed",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("assessment", TEXT, nullable=False),
        sa.Column("criterion", TEXT, nullable=False),
        sa.Column("mark", sa.Float(), nullable=False),
        sa.Column("agreed_at", sa.BigInteger(), nullable=False),
        sa.Column("agreed_by", ID, nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["agreed_by"], ["person.id"]),
    )
    op.create_index("ix_agreed_dossier_id", "agreed", ["dossier_id"])
    op.create_index(
        "one_agreed_mark", "agreed", ["dossier_id", "assessment", "criterion"], unique=True,
        sqlite_where=CURRENT, postgresql_where=CURRENT,
    )  # fmt: skip
    for table in ("assignment", "recommendation"):
        op.add_column(table, sa.Column("assessment", TEXT, nullable=False, server_default=sa.text("''")))
    op.drop_index("one_assignment_each", "assignment")
    op.create_index(
        "one_assignment_each", "assignment", ["dossier_id", "committee", "assessment", "person_id"], unique=True,
        sqlite_where=OPEN, postgresql_where=OPEN,
    )  # fmt: skip
    op.drop_index("one_current_recommendation", "recommendation")
    op.create_index(
        "one_current_recommendation", "recommendation", ["dossier_id", "assessment", "person_id"], unique=True,
        sqlite_where=CURRENT, postgresql_where=CURRENT,
    )  # fmt: skip
