"""What laptops say of themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "device_standing",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("device", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("pending", sa.BigInteger, nullable=False),
        sa.Column("oldest", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Text, nullable=False),
        sa.Column("system", sa.Text, nullable=False),
        sa.Column("keystore", sa.Integer, nullable=False),
        sa.Column("disk", sa.Text, nullable=False),
    )


def downgrade() -> None:
    op.drop_table("device_standing")
