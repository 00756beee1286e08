"""The chain's digest is over lines, which a database can work out for a cohort; what has not ended has an index."""

import hashlib

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

COVERED = {
    "answer": "dossier_id",
    "conflict": "dossier_id",
    "contact": "dossier_id",
    "deadline": "round_id",
    "dossier": "round_id",
    "held_back": "deadline_id",
    "journal_link": "round_id",
    "obligation": "dossier_id",
    "ranking": "deadline_id",
    "role": "round_id",
    "slot": "dossier_id",
    "transition": "deadline_id",
}
"""columns that a unique key of their table begins with: an index of their own only costs"""


def upgrade() -> None:
    for table, column in COVERED.items():
        op.drop_index(f"ix_{table}_{column}", table)
    op.drop_index("ix_deadline_fires_at", "deadline")
    op.create_index(
        "deadline_open", "deadline", ["fires_at"],
        sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"),
    )  # fmt: skip
    _chain_anew(op.get_bind())


def _chain_anew(connection: sa.Connection) -> None:
    """Write the links of the journals that are there with the digest as it is now; the rows stay as they are."""
    links = connection.execute(sa.text("SELECT id, round_id FROM journal_link ORDER BY round_id, position")).all()
    if not links:
        return
    connection.execute(sa.text("DROP TRIGGER journal_link_no_update"))  # only SQLite has journals of before
    before: dict[int, str] = {}
    for link_id, round_id in links:
        digest = hashlib.sha256()
        for at, recorded_at, dossier_id, actor, what, details in connection.execute(
            sa.text(
                "SELECT at, recorded_at, dossier_id, actor, what, CAST(details AS TEXT) FROM journal "
                "WHERE link_id = :link ORDER BY id"
            ),
            {"link": link_id},
        ):
            of = "" if dossier_id is None else dossier_id
            digest.update(f"{at} {recorded_at} {of} {len(actor)} {actor} {what} {details}\n".encode())
        chained = hashlib.sha256(f"{before.get(round_id, '0' * 64)}{digest.hexdigest()}".encode()).hexdigest()
        before[round_id] = chained
        connection.execute(
            sa.text("UPDATE journal_link SET digest = :digest, chained = :chained WHERE id = :link"),
            {"digest": digest.hexdigest(), "chained": chained, "link": link_id},
        )
    connection.execute(
        sa.text(
            "CREATE TRIGGER journal_link_no_update BEFORE UPDATE ON journal_link "
            "BEGIN SELECT RAISE(ABORT, 'journal_link is append-only'); END"
        )
    )
