"""the first tables"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


# on PostgreSQL in the order of its bytes, as SQLite has it, whatever the language of the server
TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

# what happened is never rewritten, by nobody's mistake either
APPEND_ONLY = ("journal", "journal_link", "transition", "extension", "cause", "letter", "attempt", "pinned")


def upgrade() -> None:
    op.create_table(
        "file",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "person",
        sa.Column("id", ID, nullable=False),
        sa.Column("email", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_table(
        "pinned",
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("programme", TEXT, nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("pinned_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_table(
        "relay",
        sa.Column("name", TEXT, nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_reply", TEXT, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "round",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("programme", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("timezone", TEXT, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("as_of", sa.BigInteger(), nullable=True),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["pinned.digest"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    op.create_table(
        "cause",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["pinned.digest"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("cause", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cause_round_id"), ["round_id"], unique=False)

    op.create_table(
        "dossier",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("number", TEXT, nullable=False),
        sa.Column("organisation", TEXT, nullable=False),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=True),
        sa.Column("receipt", TEXT, nullable=True),
        sa.Column("strand", TEXT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("round_id", "number"),
    )
    with op.batch_alter_table("dossier", schema=None) as batch_op:
        batch_op.create_index("dossier_by_state", ["round_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_dossier_round_id"), ["round_id"], unique=False)

    op.create_table(
        "journal_link",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("chained", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("round_id", "position"),
    )
    with op.batch_alter_table("journal_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_link_round_id"), ["round_id"], unique=False)

    op.create_table(
        "release",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("batch", TEXT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("digest", TEXT, nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_release_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_release_round_id"), ["round_id"], unique=False)
        batch_op.create_index(
            "one_approval_each",
            ["round_id", "batch", "person_id", "digest"],
            unique=True,
            sqlite_where=sa.text("revoked_at IS NULL"),
            postgresql_where=sa.text("revoked_at IS NULL"),
        )

    op.create_table(
        "role",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("chair", sa.Boolean(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("round_id", "person_id", "role"),
    )
    with op.batch_alter_table("role", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_role_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_role_round_id"), ["round_id"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("question", TEXT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("given_by", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["given_by"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "question", "version"),
    )
    with op.batch_alter_table("answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_answer_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "conflict",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "person_id"),
    )
    with op.batch_alter_table("conflict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_conflict_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_conflict_person_id"), ["person_id"], unique=False)

    op.create_table(
        "contact",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "person_id"),
    )
    with op.batch_alter_table("contact", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_contact_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_contact_person_id"), ["person_id"], unique=False)

    op.create_table(
        "deadline",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=True),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("moment", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("local", TEXT, nullable=False),
        sa.Column("zone", TEXT, nullable=False),
        sa.Column("tzdata", TEXT, nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("fires_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ending", TEXT, nullable=True),
        sa.Column("awaits_release", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("round_id", "key"),
    )
    with op.batch_alter_table("deadline", schema=None) as batch_op:
        batch_op.create_index("deadline_next", ["round_id", "ended_at", "fires_at", "position"], unique=False)
        batch_op.create_index(batch_op.f("ix_deadline_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_deadline_fires_at"), ["fires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_deadline_round_id"), ["round_id"], unique=False)

    op.create_table(
        "extension",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=True),
        sa.Column("of", TEXT, nullable=False),
        sa.Column("old_day", TEXT, nullable=False),
        sa.Column("old_hour", TEXT, nullable=True),
        sa.Column("new_day", TEXT, nullable=False),
        sa.Column("new_hour", TEXT, nullable=True),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("extension", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_extension_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_extension_round_id"), ["round_id"], unique=False)

    op.create_table(
        "journal",
        sa.Column("id", ID, nullable=False),
        sa.Column("link_id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("actor", TEXT, nullable=False),
        sa.Column("what", TEXT, nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["link_id"],
            ["journal_link.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("journal", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_journal_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_link_id"), ["link_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_journal_round_id"), ["round_id"], unique=False)

    op.create_table(
        "notification",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("cause_id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=True),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("role", TEXT, nullable=False),
        sa.Column("letter", TEXT, nullable=False),
        sa.Column("language", TEXT, nullable=False),
        sa.Column("address", TEXT, nullable=False),
        sa.Column("message_id", TEXT, nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("status", TEXT, nullable=False),
        sa.Column("batch", TEXT, nullable=True),
        sa.Column("leaves_at", sa.BigInteger(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("next_try_at", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_reply", TEXT, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cause_id"],
            ["cause.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("key"),
    )
    with op.batch_alter_table("notification", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notification_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notification_round_id"), ["round_id"], unique=False)
        batch_op.create_index("notification_next", ["status", "next_try_at"], unique=False)

    op.create_table(
        "obligation",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("last_day", TEXT, nullable=False),
        sa.Column("laid_out_at", sa.BigInteger(), nullable=False),
        sa.Column("fulfilled_at", sa.BigInteger(), nullable=True),
        sa.Column("excused_at", sa.BigInteger(), nullable=True),
        sa.Column("overdue_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "name", "position"),
    )
    with op.batch_alter_table("obligation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_obligation_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "recommendation",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("committee", TEXT, nullable=False),
        sa.Column("words", TEXT, nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("recommendation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recommendation_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_recommendation_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "one_current_recommendation",
            ["dossier_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )

    op.create_table(
        "score",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("assessment", TEXT, nullable=False),
        sa.Column("criterion", TEXT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("mark", sa.Float(), nullable=False),
        sa.Column("scored_at", sa.BigInteger(), nullable=False),
        sa.Column("replaced_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("score", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_score_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_score_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "one_current_score",
            ["dossier_id", "assessment", "person_id", "criterion"],
            unique=True,
            sqlite_where=sa.text("replaced_at IS NULL"),
            postgresql_where=sa.text("replaced_at IS NULL"),
        )

    op.create_table(
        "slot",
        sa.Column("id", ID, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("meeting", TEXT, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["round.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("dossier_id", "meeting"),
        sa.UniqueConstraint("round_id", "meeting", "position"),
    )
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_round_id"), ["round_id"], unique=False)

    op.create_table(
        "verdict",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("transition", TEXT, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", ID, nullable=False),
        sa.Column("minuted", sa.Boolean(), nullable=False),
        sa.Column("reason", TEXT, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ending", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("verdict", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_verdict_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(
            "one_standing_verdict",
            ["dossier_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "attempt",
        sa.Column("id", ID, nullable=False),
        sa.Column("notification_id", ID, nullable=False),
        sa.Column("tried_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", TEXT, nullable=False),
        sa.Column("reply", TEXT, nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("attempt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attempt_notification_id"), ["notification_id"], unique=False)

    op.create_table(
        "attendance",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("meeting", TEXT, nullable=False),
        sa.Column("obligation_id", ID, nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attendance_obligation_id"), ["obligation_id"], unique=False)

    op.create_table(
        "delivery",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("deliverable", TEXT, nullable=False),
        sa.Column("obligation_id", ID, nullable=True),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("delivered_by", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["delivered_by"],
            ["person.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligation.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_delivery_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_delivery_obligation_id"), ["obligation_id"], unique=False)

    op.create_table(
        "excuse",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("of", TEXT, nullable=False),
        sa.Column("obligation_id", ID, nullable=True),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_by", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["obligation_id"],
            ["obligation.id"],
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("excuse", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_excuse_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_excuse_obligation_id"), ["obligation_id"], unique=False)

    op.create_table(
        "held_back",
        sa.Column("id", ID, nullable=False),
        sa.Column("deadline_id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("transition", TEXT, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deadline_id"],
            ["deadline.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("deadline_id", "dossier_id", "transition"),
    )
    with op.batch_alter_table("held_back", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_held_back_deadline_id"), ["deadline_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_held_back_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "letter",
        sa.Column("notification_id", ID, nullable=False),
        sa.Column("subject", TEXT, nullable=False),
        sa.Column("text", TEXT, nullable=False),
        sa.Column("html", TEXT, nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.id"],
        ),
        sa.PrimaryKeyConstraint("notification_id"),
    )
    op.create_table(
        "ranking",
        sa.Column("id", ID, nullable=False),
        sa.Column("deadline_id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("score", sa.Float(), nullable=True),
        sa.Column("moved", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deadline_id"],
            ["deadline.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("deadline_id", "dossier_id"),
    )
    with op.batch_alter_table("ranking", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ranking_deadline_id"), ["deadline_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_ranking_dossier_id"), ["dossier_id"], unique=False)

    op.create_table(
        "transition",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("source", TEXT, nullable=False),
        sa.Column("target", TEXT, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("person_id", ID, nullable=True),
        sa.Column("deadline_id", ID, nullable=True),
        sa.Column("reason", TEXT, nullable=True),
        sa.ForeignKeyConstraint(
            ["deadline_id"],
            ["deadline.id"],
        ),
        sa.ForeignKeyConstraint(
            ["dossier_id"],
            ["dossier.id"],
        ),
        sa.ForeignKeyConstraint(
            ["person_id"],
            ["person.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("deadline_id", "dossier_id"),
    )
    with op.batch_alter_table("transition", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_transition_deadline_id"), ["deadline_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_transition_dossier_id"), ["dossier_id"], unique=False)
        batch_op.create_index("transition_target", ["target", "dossier_id"], unique=False)

    on_postgresql = op.get_bind().dialect.name == "postgresql"
    if on_postgresql:
        op.execute(
            "CREATE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
        )
    for table in APPEND_ONLY:
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
