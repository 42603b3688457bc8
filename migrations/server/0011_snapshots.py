"""Snapshots of offices for desks that join, with their sealed parts."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("name", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("office", sa.LargeBinary, nullable=False),
        sa.Column("epoch", sa.LargeBinary, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.LargeBinary, nullable=False),
        sa.Column("rows", sa.BigInteger, nullable=False),
        sa.Column("manifest", sa.LargeBinary, nullable=False),
        sa.Column("key", sa.LargeBinary, nullable=False),
    )
    op.create_index("snapshot_office", "snapshot", ["region", "office", "made"])
    op.create_table(
        "snapshot_part",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("name", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("office", sa.LargeBinary, nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_index("snapshot_part_office", "snapshot_part", ["region", "office"])


def downgrade() -> None:
    for name in ("snapshot_part", "snapshot"):
        op.drop_table(name)
