"""A backup says when it was restored for a rehearsal."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("backup", sa.Column("tested", sa.BigInteger))


def downgrade() -> None:
    op.drop_column("backup", "tested")
