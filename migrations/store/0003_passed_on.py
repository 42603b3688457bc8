"""Receipts for other desks, which this one passes on."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE passed_on (reader BLOB NOT NULL, incarnation BLOB NOT NULL, "
        "seq INTEGER NOT NULL, came INTEGER NOT NULL, envelope BLOB NOT NULL, "
        "CONSTRAINT pk_passed_on PRIMARY KEY (reader))"
    )


def downgrade() -> None:
    op.execute("DROP TABLE passed_on")
