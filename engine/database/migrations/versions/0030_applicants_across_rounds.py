"""Which dossiers are of one organisation, and what staff let an applicant do all the same."""

import sqlalchemy as sa
from alembic import op

from engine.rules.organisations import key_of

revision = "0030"
down_revision = "0027"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("ended_at IS NULL")
DOSSIER = sa.table("dossier", sa.column("id"), sa.column("organisation"), sa.column("organisation_key"))
AT_ONCE = 1_000


def upgrade() -> None:
    _put_subscriptions()
    op.add_column("dossier", sa.Column("organisation_key", TEXT, nullable=False, server_default=sa.text("''")))
    _fill_keys()
    op.create_index("dossier_by_organisation", "dossier", ["organisation_key"])
    op.create_table(
        "same_organisation",
        sa.Column("id", ID, nullable=False),
        sa.Column("programme", TEXT, nullable=False),
        sa.Column("key", TEXT, nullable=False),
        sa.Column("same_as", TEXT, nullable=False),
        sa.Column("round_id", ID, nullable=False),
        sa.Column("said_at", sa.BigInteger(), nullable=False),
        sa.Column("said_by", ID, nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"]),
        sa.ForeignKeyConstraint(["said_by"], ["person.id"]),
    )
    op.create_index("ix_same_organisation_round_id", "same_organisation", ["round_id"])
    op.create_index("names_of_an_organisation", "same_organisation", ["programme", "same_as"])
    op.create_index(
        "one_organisation_of_a_name", "same_organisation", ["programme", "key"],
        unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
    )  # fmt: skip
    op.add_column("conflict", sa.Column("kept_away", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "lift",
        sa.Column("id", ID, nullable=False),
        sa.Column("dossier_id", ID, nullable=False),
        sa.Column("guard", TEXT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("lifted_at", sa.BigInteger(), nullable=False),
        sa.Column("lifted_by", ID, nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["dossier_id"], ["dossier.id"]),
        sa.ForeignKeyConstraint(["lifted_by"], ["person.id"]),
    )
    op.create_index("ix_lift_dossier_id", "lift", ["dossier_id"])
    op.create_index(
        "one_lift_of_a_guard", "lift", ["dossier_id", "guard"], unique=True, sqlite_where=OPEN, postgresql_where=OPEN
    )


def _put_subscriptions() -> None:
    op.create_table(
        "subscription",
        sa.Column("id", ID, nullable=False),
        sa.Column("programme", TEXT, nullable=False),
        sa.Column("person_id", ID, nullable=False),
        sa.Column("nonce", TEXT, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("nonce"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
    )
    op.create_index("ix_subscription_person_id", "subscription", ["person_id"])
    op.create_index(
        "one_subscription", "subscription", ["programme", "person_id"],
        unique=True, sqlite_where=OPEN, postgresql_where=OPEN,
    )  # fmt: skip


def _fill_keys() -> None:
    """Work out the key of every organisation that has a dossier; which signs of a name count, SQL cannot tell."""
    connection, last = op.get_bind(), 0
    while rows := connection.execute(
        sa.select(DOSSIER.c.id, DOSSIER.c.organisation)
        .where(DOSSIER.c.id > last).order_by(DOSSIER.c.id).limit(AT_ONCE)
    ).all():  # fmt: skip
        connection.execute(
            sa.update(DOSSIER).where(DOSSIER.c.id == sa.bindparam("of")).values(organisation_key=sa.bindparam("key")),
            [{"of": row.id, "key": key_of(row.organisation)} for row in rows],
        )
        last = rows[-1].id
