"""What waits for a person has an entry for each group, its latest proposal and its settlement."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE "conflict" (change BLOB NOT NULL, "group" VARCHAR NOT NULL, record BLOB NOT NULL,
    kind VARCHAR NOT NULL, code VARCHAR NOT NULL, proposed BLOB NOT NULL, opened INTEGER NOT NULL,
    closed INTEGER, settlement BLOB, CONSTRAINT pk_conflict PRIMARY KEY (change, "group"))
"""
EDIT = "groups:"
KINDS = {"transition": "state", "number_taken": "number", "number_not_leased": "number"}


def upgrade() -> None:
    bind = op.get_bind()
    rows = bind.exec_driver_sql(
        "SELECT change, record, kind, code, opened, closed FROM conflict"
    ).all()
    op.execute("DROP TABLE conflict")
    op.execute(TABLE.strip())
    op.execute('CREATE INDEX ix_conflict_record ON "conflict" (record)')
    told = [
        (row.change, group, row.record, row.kind, code, row.change, row.opened, row.closed)
        for row in rows
        for group, code in _entries(row.kind, row.code)
    ]
    if told:
        bind.exec_driver_sql(
            'INSERT INTO conflict (change, "group", record, kind, code, proposed, opened, closed) '
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            told,
        )


def _entries(kind: str, code: str) -> list[tuple[str, str]]:
    """Give group and code of what was one row for all groups of a change."""
    if kind != "conflict":
        return [("", code)]
    if code.startswith(EDIT):
        return [(group, "value") for group in code.removeprefix(EDIT).split(",")]
    return [(KINDS.get(code, "state"), code if code in KINDS else "paper")]


def downgrade() -> None:
    op.execute("DROP TABLE conflict")
    op.execute(
        "CREATE TABLE conflict (change BLOB NOT NULL, record BLOB NOT NULL, kind VARCHAR NOT NULL, "
        "code VARCHAR NOT NULL, opened INTEGER NOT NULL, closed INTEGER, "
        "CONSTRAINT pk_conflict PRIMARY KEY (change))"
    )
    op.execute("CREATE INDEX ix_conflict_record ON conflict (record)")
