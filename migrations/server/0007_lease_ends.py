"""How far each lease was used, and why one is over."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("lease") as table:
        table.add_column(sa.Column("reached", sa.BigInteger))
        table.add_column(sa.Column("ended", sa.Text))
        table.add_column(sa.Column("rest", sa.BigInteger))


def downgrade() -> None:
    with op.batch_alter_table("lease") as table:
        for name in ("rest", "ended", "reached"):
            table.drop_column(name)
