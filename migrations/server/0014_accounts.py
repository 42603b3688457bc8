"""Accounts of administrators: roles, second factors, sessions, throttling."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("factor", sa.LargeBinary),
        sa.Column("proposed", sa.LargeBinary),
        sa.Column("step", sa.BigInteger, nullable=False),
        sa.Column("entered", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "recovery_code",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("hashed", sa.LargeBinary, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "web_session",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("hashed", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("token", sa.LargeBinary, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
        sa.Column("seen", sa.BigInteger, nullable=False),
        sa.Column("proved", sa.BigInteger, nullable=False),
    )
    op.create_index("web_session_name", "web_session", ["region", "name"])
    op.create_table(
        "familiar",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("hashed", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("made", sa.BigInteger, nullable=False),
    )
    op.create_index("familiar_name", "familiar", ["region", "name"])
    op.create_table(
        "throttle",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("place", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "device_confirmed",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("device", sa.LargeBinary, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
    )
    # Whoever administered by command alone is an administrator, without a second factor so far.
    op.execute(
        "INSERT INTO account (region, name, role, step, entered) "
        "SELECT region, name, 'administrator', 0, 0 FROM administrator"
    )


def downgrade() -> None:
    for name in (
        "device_confirmed",
        "throttle",
        "familiar",
        "web_session",
        "recovery_code",
        "account",
    ):
        op.drop_table(name)
