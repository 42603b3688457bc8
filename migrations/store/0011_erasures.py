"""Erased persons: the entries carried out here, their records, the days of their papers."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE erasure (head BLOB NOT NULL, number INTEGER NOT NULL, "
        "plain BLOB NOT NULL, signature BLOB NOT NULL, "
        "CONSTRAINT pk_erasure PRIMARY KEY (head))"
    )
    op.execute(
        "CREATE TABLE erased (record BLOB NOT NULL, CONSTRAINT pk_erased PRIMARY KEY (record))"
    )
    op.execute(
        "CREATE TABLE erased_paper (change BLOB NOT NULL, day VARCHAR NOT NULL, "
        "CONSTRAINT pk_erased_paper PRIMARY KEY (change))"
    )


def downgrade() -> None:
    for name in ("erased_paper", "erased", "erasure"):
        op.execute(f"DROP TABLE {name}")
