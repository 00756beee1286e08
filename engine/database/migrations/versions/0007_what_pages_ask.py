"""Forms that are sent twice, comments, the question of conflicts, and what applicants ask for."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "once",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("round_id", ID, sa.ForeignKey("round.id"), nullable=False),
        sa.Column("act", TEXT, nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("given", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_index("ix_once_round_id", "once", ["round_id"])
    op.create_table(
        "comment",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, sa.ForeignKey("dossier.id"), nullable=False),
        sa.Column("person_id", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("committee", TEXT, nullable=False),
        sa.Column("reader", TEXT, nullable=False),
        sa.Column("words", TEXT, nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_comment_dossier_id", "comment", ["dossier_id"])
    op.create_index("ix_comment_person_id", "comment", ["person_id"])
    op.create_index(
        "one_current_comment", "comment", ["dossier_id", "person_id", "reader"], unique=True,
        sqlite_where=sa.text("replaced_at IS NULL"), postgresql_where=sa.text("replaced_at IS NULL"),
    )  # fmt: skip
    op.create_table(
        "clearance",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, sa.ForeignKey("dossier.id"), nullable=False),
        sa.Column("person_id", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "person_id"),
    )
    op.create_index("ix_clearance_person_id", "clearance", ["person_id"])
    op.create_table(
        "extension_request",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, sa.ForeignKey("round.id"), nullable=False),
        sa.Column("dossier_id", ID, sa.ForeignKey("dossier.id"), nullable=False),
        sa.Column("of", TEXT, nullable=False),
        sa.Column("wanted", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_by", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("answered_at", sa.BigInteger(), nullable=True),
        sa.Column("answered_by", ID, sa.ForeignKey("person.id"), nullable=True),
        sa.Column("outcome", TEXT, nullable=True),
        sa.Column("answer", TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_extension_request_round_id", "extension_request", ["round_id"])
    op.create_index("ix_extension_request_dossier_id", "extension_request", ["dossier_id"])
    op.create_index(
        "one_open_request", "extension_request", ["dossier_id", "of"], unique=True,
        sqlite_where=sa.text("answered_at IS NULL"), postgresql_where=sa.text("answered_at IS NULL"),
    )  # fmt: skip
    op.add_column("recommendation", sa.Column("advises", TEXT, nullable=True))
