"""Who looked at whose record here, until the city has it."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE look (n INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, "
        "operator BLOB NOT NULL, record BLOB NOT NULL, how VARCHAR NOT NULL, "
        "what VARCHAR NOT NULL, count INTEGER NOT NULL, subject BLOB NOT NULL, received INTEGER)"
    )
    op.execute("CREATE INDEX ix_look_same ON look (record, operator, how, what)")
    op.execute("CREATE INDEX ix_look_waiting ON look (n) WHERE received IS NULL")


def downgrade() -> None:
    op.execute("DROP TABLE look")
