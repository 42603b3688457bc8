"""Erased persons: the numbered list, whom it concerns, what is kept, which devices confirmed."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _region() -> "sa.Column[str]":
    return sa.Column("region", sa.Text, primary_key=True)


def _key(name: str, kind: type) -> "sa.Column[object]":
    return sa.Column(name, kind, primary_key=True, autoincrement=False)


def _have(name: str, kind: type) -> "sa.Column[object]":
    return sa.Column(name, kind, nullable=False)


def upgrade() -> None:
    op.create_table(
        "erasure",
        _region(),
        _key("number", sa.BigInteger),
        _have("plain", sa.LargeBinary),
        _have("signature", sa.LargeBinary),
    )
    op.create_table(
        "erasure_office",
        _region(),
        _key("office", sa.LargeBinary),
        _key("number", sa.BigInteger),
    )
    op.create_table(
        "erased",
        _region(),
        _key("record", sa.LargeBinary),
        _have("number", sa.BigInteger),
        _have("whole", sa.Integer),
    )
    op.create_index("erased_number", "erased", ["region", "number"])
    op.create_table(
        "erased_paper",
        _region(),
        _key("change", sa.LargeBinary),
        _have("day", sa.Text),
    )
    op.create_table(
        "erasure_proof",
        _region(),
        _key("device", sa.LargeBinary),
        _have("number", sa.BigInteger),
        _have("time", sa.BigInteger),
        _have("came", sa.BigInteger),
        _have("plain", sa.LargeBinary),
        _have("signature", sa.LargeBinary),
    )


def downgrade() -> None:
    for name in ("erasure_proof", "erased_paper", "erased", "erasure_office", "erasure"):
        op.drop_table(name)
