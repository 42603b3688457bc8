"""The counters of the live room, and the tokens of its screens."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_cell",
        sa.Column("region", sa.Text, primary_key=True),
        *_cell(),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "live_change",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("measure", sa.Text, primary_key=True),
        sa.Column("changed", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "live_share",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("record", sa.LargeBinary, primary_key=True, autoincrement=False),
        *_cell(),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("live_share_cell", "live_share", ["region", "measure", "day", "office", "hour"])
    op.create_table(
        "live_due",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("added", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("id", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("records", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "live_state",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.Column("declared", sa.Text, nullable=False),
    )
    op.create_table(
        "live_token",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("hashed", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("revoked", sa.BigInteger, nullable=False),
    )


def _cell() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("measure", sa.Text, primary_key=True),
        sa.Column("day", sa.Text, primary_key=True),
        sa.Column("office", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("hour", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("item", sa.Text, primary_key=True),
    )


def downgrade() -> None:
    op.drop_index("live_share_cell", "live_share")
    names = ("live_token", "live_state", "live_due", "live_share", "live_change", "live_cell")
    for name in names:
        op.drop_table(name)
