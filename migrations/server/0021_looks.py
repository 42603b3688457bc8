"""Who looked at whose record at the desks, a chain for each office."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "look",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("office", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("device", sa.LargeBinary, nullable=False),
        sa.Column("operator", sa.LargeBinary, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("how", sa.Text, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.Column("subject", sa.LargeBinary, nullable=False),
        sa.Column("chain", sa.LargeBinary, nullable=False),
    )
    op.create_index("look_subject", "look", ["region", "subject", "at"])
    op.create_index("look_operator", "look", ["region", "operator", "at"])
    op.create_index("look_time", "look", ["region", "office", "at"])
    op.create_table(
        "look_head",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("office", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("chain", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("look_head")
    op.drop_table("look")
