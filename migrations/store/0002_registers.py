"""The books of the office; their lines are made anew when the file has been brought up."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SCHEMA = """
CREATE TABLE register_line (
    book TEXT NOT NULL, year INTEGER NOT NULL, series TEXT NOT NULL, rank INTEGER NOT NULL,
    sub INTEGER NOT NULL, record BLOB NOT NULL, day TEXT NOT NULL, service TEXT NOT NULL,
    text TEXT NOT NULL, change BLOB NOT NULL,
    PRIMARY KEY (book, year, series, rank, sub, record)) WITHOUT ROWID;
CREATE INDEX register_record ON register_line (record);
"""


def upgrade() -> None:
    for statement in SCHEMA.split(";"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE register_line")
