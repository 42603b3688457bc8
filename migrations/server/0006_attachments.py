"""Files attached to records: what they are, their sealed chunks, and which records name them."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "attachment",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("digest", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("office", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("manifest", sa.LargeBinary, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("offered", sa.BigInteger, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("durable", sa.Integer, nullable=False),
    )
    op.create_table(
        "chunk",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("digest", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("office", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "citation",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("digest", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("record", sa.LargeBinary, primary_key=True, autoincrement=False),
    )
    op.create_index("citation_record", "citation", ["region", "record"])


def downgrade() -> None:
    for name in ("citation", "chunk", "attachment"):
        op.drop_table(name)
