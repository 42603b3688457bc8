"""The keys that devices had before, which devices are revoked, and what came of them later."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_key",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("device", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("sign", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("seal", sa.LargeBinary, nullable=False),
        sa.Column("letter", sa.LargeBinary, nullable=False),
        sa.Column("ended", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "revocation",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("device", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "evidence",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("id", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("device", sa.LargeBinary, nullable=False),
        sa.Column("incarnation", sa.LargeBinary, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("decided", sa.BigInteger, nullable=False),
        sa.Column("verdict", sa.Text, nullable=False),
    )


def downgrade() -> None:
    for name in ("evidence", "revocation", "device_key"):
        op.drop_table(name)
