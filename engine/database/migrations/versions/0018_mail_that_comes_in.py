"""Mail that comes in: what answers letters, what brings them back, and addresses that were corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _letters()
    op.create_table(
        "received",
        sa.Column("id", ID, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("sender", TEXT, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("why", TEXT, nullable=False),
        sa.Column("round_id", ID, sa.ForeignKey("round.id"), nullable=True),
        sa.Column("notification_id", ID, sa.ForeignKey("notification.id"), nullable=True),
        sa.Column("invitation_uid", TEXT, nullable=True),
        sa.Column("person_id", ID, sa.ForeignKey("person.id"), nullable=True),
        sa.Column("dossier_id", ID, sa.ForeignKey("dossier.id"), nullable=True),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("handled_at", sa.BigInteger(), nullable=True),
        sa.Column("handled_by", ID, sa.ForeignKey("person.id"), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("digest"),
    )
    for column in ("round_id", "notification_id", "dossier_id"):
        op.create_index(f"ix_received_{column}", "received", [column])
    waits = sa.text("outcome = 'before staff' AND handled_at IS NULL")
    op.create_index("received_open", "received", ["received_at"], sqlite_where=waits, postgresql_where=waits)
    op.create_table(
        "correction",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, sa.ForeignKey("round.id"), nullable=False),
        sa.Column("person_id", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("old", TEXT, nullable=False),
        sa.Column("new", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("corrected_by", ID, sa.ForeignKey("person.id"), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("round_id", "person_id"):
        op.create_index(f"ix_correction_{column}", "correction", [column])
    op.create_index("correction_from", "correction", ["old", "at"])
    _append_only("correction")


def _letters() -> None:
    """A letter that left may come back, and is found by its Message-ID; one that has not left costs no index."""
    op.add_column("notification", sa.Column("bounced_at", sa.BigInteger(), nullable=True))
    op.add_column("notification", sa.Column("bounce", TEXT, nullable=True))
    left = sa.text("ended_at IS NOT NULL")
    op.create_index(
        "notification_by_message", "notification", ["message_id"], sqlite_where=left, postgresql_where=left
    )
    back = sa.text("bounced_at IS NOT NULL")
    op.create_index(
        "notification_bounced", "notification", ["person_id"], sqlite_where=back, postgresql_where=back
    )


def _append_only(table: str) -> None:
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for act in ("UPDATE", "DELETE"):
        trigger = f'CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON "{table}" '
        if on_postgresql:
            op.execute(f"{trigger} FOR EACH ROW EXECUTE FUNCTION append_only()")
        else:
            op.execute(f"{trigger} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
    if on_postgresql:
        op.execute(
            f'CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION append_only()"
        )
