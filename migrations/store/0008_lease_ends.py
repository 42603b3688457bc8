"""Leases that are over: why, and from which number on nobody used them."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE lease_end (id BLOB NOT NULL, why VARCHAR NOT NULL, rest INTEGER NOT NULL, "
        "CONSTRAINT pk_lease_end PRIMARY KEY (id))"
    )


def downgrade() -> None:
    op.execute("DROP TABLE lease_end")
