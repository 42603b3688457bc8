"""Disputes say by what they were closed, and what was chosen."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("conflict") as table:
        table.add_column(sa.Column("closed_by", sa.LargeBinary))
        table.add_column(sa.Column("kept", sa.Text))


def downgrade() -> None:
    with op.batch_alter_table("conflict") as table:
        table.drop_column("kept")
        table.drop_column("closed_by")
