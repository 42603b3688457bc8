"""What is to go to other systems, and which of them are let alone."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edge_item",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("change", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("office", sa.LargeBinary, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("added", sa.BigInteger, nullable=False),
        sa.Column("changed", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),
        sa.Column("reference", sa.Text, nullable=False),
    )
    op.create_index("edge_item_due", "edge_item", ["region", "state", "due"])
    op.create_index("edge_item_added", "edge_item", ["region", "added"])
    op.create_table(
        "edge_rest",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("destination", sa.Text, primary_key=True),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("code", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("edge_rest")
    op.drop_table("edge_item")
