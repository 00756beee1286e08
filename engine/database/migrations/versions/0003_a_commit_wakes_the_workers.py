"""PostgreSQL says at every commit that may bring forward what is due, and what may leave."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE FUNCTION wake() RETURNS trigger LANGUAGE plpgsql AS $$ "
        "BEGIN PERFORM pg_notify(TG_ARGV[0], ''); RETURN NULL; END $$"
    )
    op.execute(
        "CREATE TRIGGER deadline_wakes AFTER INSERT OR UPDATE OF fires_at, awaits_release ON deadline "
        "FOR EACH STATEMENT EXECUTE FUNCTION wake('grantcycle_deadlines')"
    )
    op.execute(
        "CREATE TRIGGER notification_wakes AFTER INSERT ON notification "
        "FOR EACH STATEMENT EXECUTE FUNCTION wake('grantcycle_letters')"
    )
    # let go or tried again by staff; the postman's own changes wake nobody
    op.execute(
        "CREATE TRIGGER notification_wakes_again AFTER UPDATE OF status ON notification "
        "FOR EACH ROW WHEN (NEW.status = 'waiting' AND OLD.status IN ('held', 'failed', 'retry')) "
        "EXECUTE FUNCTION wake('grantcycle_letters')"
    )
