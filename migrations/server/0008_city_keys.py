"""Which keys of the city count: every one that it had, and the lists that say so."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "city_key",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("public", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("use", sa.Text, nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.Column("retired", sa.BigInteger, nullable=False),
        sa.Column("gone", sa.BigInteger, nullable=False),
        sa.Column("private", sa.LargeBinary, nullable=False),
        sa.Column("handover", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "key_list",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )


def downgrade() -> None:
    for name in ("key_list", "city_key"):
        op.drop_table(name)
