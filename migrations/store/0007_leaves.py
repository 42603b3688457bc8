"""Records that left this office: by which row, and by which they came back."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE leave (record BLOB NOT NULL, stream VARCHAR NOT NULL, "
        '"row" INTEGER NOT NULL, '
        "back INTEGER NOT NULL, came INTEGER NOT NULL, "
        'CONSTRAINT pk_leave PRIMARY KEY (record, "row"))'
    )


def downgrade() -> None:
    op.execute("DROP TABLE leave")
