"""Incarnations of a device in the order in which they began, and whose copy a device is."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "life",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("device", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("incarnation", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("began", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("region", "device", "number", name="life_number"),
    )
    op.execute(
        "INSERT INTO life (region, device, incarnation, number, began) "
        "SELECT region, id, incarnation, 1, enrolled FROM device"
    )
    with op.batch_alter_table("device") as table:
        table.add_column(sa.Column("parent", sa.LargeBinary))
    with op.batch_alter_table("lease") as table:
        table.add_column(sa.Column("asked", sa.LargeBinary))


def downgrade() -> None:
    with op.batch_alter_table("lease") as table:
        table.drop_column("asked")
    with op.batch_alter_table("device") as table:
        table.drop_column("parent")
    op.drop_table("life")
