"""What was taken away, or waits for an administrator to say that it may be."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "removal",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("change", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("device", sa.LargeBinary, nullable=False),
        sa.Column("office", sa.LargeBinary, nullable=False),
        sa.Column("service_group", sa.Text, nullable=False),
        sa.Column("record", sa.LargeBinary, nullable=False),
        sa.Column("received", sa.BigInteger, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("decided_by", sa.Text),
    )
    op.create_index("removal_state", "removal", ["region", "state", "received"])
    op.create_index("removal_device", "removal", ["region", "device", "service_group"])
    with op.batch_alter_table("stream_row") as table:
        table.add_column(sa.Column("announced", sa.Integer))


def downgrade() -> None:
    with op.batch_alter_table("stream_row") as table:
        table.drop_column("announced")
    op.drop_table("removal")
