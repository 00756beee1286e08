"""In which of several committees of one name somebody sits."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

TEXT = sa.String().with_variant(sa.String(collation="C"), "postgresql")
OF_A_COLUMN = {"uq": "uq_%(table_name)s_%(column_0_name)s"}
"""a constraint that was made without a name has this one while SQLite makes its table anew"""


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    former = "uq_role_round_id" if on_sqlite else "role_round_id_person_id_role_key"
    with op.batch_alter_table("role", naming_convention=OF_A_COLUMN) as table:
        table.add_column(sa.Column("per", TEXT, nullable=False, server_default=sa.text("''")))
        table.add_column(sa.Column("scope", TEXT, nullable=False, server_default=sa.text("''")))
        table.drop_constraint(former, type_="unique")
        table.create_unique_constraint("one_part_each", ["round_id", "person_id", "role", "scope"])
    for one in ("agreed", "placement"):
        op.add_column(one, sa.Column("scope", TEXT, nullable=False, server_default=sa.text("''")))
