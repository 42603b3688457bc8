"""How much left by each stream lately, and pages that would take too much away at once."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE watch (stream VARCHAR NOT NULL, settled INTEGER NOT NULL, "
        "day INTEGER NOT NULL, gone INTEGER NOT NULL, passed INTEGER NOT NULL, "
        "CONSTRAINT pk_watch PRIMARY KEY (stream))"
    )
    op.execute(
        "CREATE TABLE stopped (stream VARCHAR NOT NULL, last INTEGER NOT NULL, "
        "gone INTEGER NOT NULL, since INTEGER NOT NULL, plain BLOB NOT NULL, "
        "signature BLOB NOT NULL, CONSTRAINT pk_stopped PRIMARY KEY (stream))"
    )
    op.execute(
        "INSERT INTO watch (stream, settled, day, gone, passed) "
        "SELECT name, row, 0, 0, 0 FROM stream WHERE row = head"
    )


def downgrade() -> None:
    op.execute("DROP TABLE stopped")
    op.execute("DROP TABLE watch")
