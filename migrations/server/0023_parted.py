"""On PostgreSQL history and streams lie in parts, each with indexes of its own.

A change's part follows from its id, so that an id is looked up in one part and is unique in all; a
stream's row lies where its office's rows do. Indexes keep their names; who may see what is said
anew after migrations (sync.server.owner).
"""

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

PARTS = 8  # more would make each look-up by a record dearer, fewer each part that is written anew

_TABLES = {
    "change": ("id", "region, id"),
    "stream_row": ("office", "region, office, service_group, number"),
}
_INDEXES = (
    "CREATE INDEX change_record ON change (region, record, place)",
    "CREATE INDEX change_quarantined ON change (region, verdict) WHERE verdict = 'quarantined'",
    'CREATE INDEX stream_row_left ON stream_row (region, office, "left") WHERE "left" IS NOT NULL',
    """
    CREATE TRIGGER stream_row_follows AFTER INSERT ON stream_row
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION teras_rows_follow()
    """,
)


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _make_anew(in_parts=True)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _make_anew(in_parts=False)


def _make_anew(*, in_parts: bool) -> None:
    for table, (by, key) in _TABLES.items():
        like = f"(LIKE {table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)"
        op.execute(f"CREATE TABLE {table}_new {like}{in_parts * f' PARTITION BY RANGE ({by})'}")
        if in_parts:
            _make_parts(table)
        op.execute(f"INSERT INTO {table}_new SELECT * FROM {table}")  # noqa: S608 - our own names
        op.execute(f"DROP TABLE {table}")
        op.execute(f"ALTER TABLE {table}_new RENAME TO {table}")
        op.execute(f"ALTER TABLE {table} ADD CONSTRAINT {table}_pkey PRIMARY KEY ({key})")
    for statement in _INDEXES:
        op.execute(statement)


def _make_parts(table: str) -> None:
    """Cut by an id's first byte; ids are random or digests, so parts grow alike."""
    cuts = [f"'\\x{part * 256 // PARTS:02x}'" for part in range(1, PARTS)]
    bounds = zip(["MINVALUE", *cuts], [*cuts, "MAXVALUE"], strict=True)
    for part, (low, high) in enumerate(bounds):
        values = f"FOR VALUES FROM ({low}) TO ({high})"
        op.execute(f"CREATE TABLE {table}_{part} PARTITION OF {table}_new {values}")
