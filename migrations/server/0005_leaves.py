"""Rows of streams say which record leaves an office; those that stayed are found by it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

LEAVE = sa.text('"left" IS NOT NULL')


def upgrade() -> None:
    op.add_column("stream_row", sa.Column("left", sa.LargeBinary))
    op.create_index(
        "stream_row_left",
        "stream_row",
        ["region", "office", "left"],
        sqlite_where=LEAVE,
        postgresql_where=LEAVE,
    )


def downgrade() -> None:
    op.drop_index("stream_row_left", "stream_row")
    op.execute('ALTER TABLE stream_row DROP COLUMN "left"')
