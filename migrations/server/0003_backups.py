"""Backups, what they hold for certain, and what a restore leaves behind."""

from alembic import op
from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, Table, Text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_metadata = MetaData()


def _table(name: str, keys: dict[str, type], values: dict[str, type]) -> Table:
    return Table(
        name,
        _metadata,
        Column("region", Text, primary_key=True),
        *(Column(key, kind, primary_key=True, autoincrement=False) for key, kind in keys.items()),
        *(Column(value, kind, nullable=False) for value, kind in values.items()),
    )


_SERIES = {"office": LargeBinary, "series": Text, "year": Integer}

_table(
    "backup",
    {"number": BigInteger},
    {"epoch": LargeBinary, "made": BigInteger, "reserve": BigInteger, "file": Text},
)
_table("ceiling", _SERIES, {"number": BigInteger, "floor": BigInteger})
_table(
    "recovery",
    {"epoch": Integer},
    {
        "made": BigInteger,
        "generation": BigInteger,
        "reserve": BigInteger,
        "year": Integer,
        "floor": BigInteger,
    },
)
_table("durable_batch", {"device": LargeBinary, "incarnation": LargeBinary}, {"seq": BigInteger})
_table("durable_row", {"office": LargeBinary, "service_group": Text}, {"number": BigInteger})
_table(
    "rival",
    {"id": LargeBinary},
    {"number": Integer, "began": BigInteger, "ended_in": LargeBinary},
)


def upgrade() -> None:
    _metadata.create_all(op.get_bind())


def downgrade() -> None:
    _metadata.drop_all(op.get_bind())
