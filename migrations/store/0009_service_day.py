"""A line of a book says whether its author's clock was in doubt; the lines are made anew."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DROP TABLE register_line")
    op.execute(
        """CREATE TABLE register_line (
        book TEXT NOT NULL, year INTEGER NOT NULL, series TEXT NOT NULL, rank INTEGER NOT NULL,
        sub INTEGER NOT NULL, record BLOB NOT NULL, day TEXT NOT NULL, service TEXT NOT NULL,
        text TEXT NOT NULL, change BLOB NOT NULL, odd INTEGER NOT NULL,
        PRIMARY KEY (book, year, series, rank, sub, record)) WITHOUT ROWID"""
    )
    op.execute("CREATE INDEX register_record ON register_line (record)")


def downgrade() -> None:
    op.execute("ALTER TABLE register_line DROP COLUMN odd")
