"""Files attached to records, and the sealed chunks of them that lie beside the store."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATEMENTS = (
    (
        "CREATE TABLE attachment (digest BLOB NOT NULL, manifest BLOB NOT NULL, "
        "size INTEGER NOT NULL, plain BLOB NOT NULL, file_key BLOB NOT NULL, "
        "made INTEGER NOT NULL, whole INTEGER NOT NULL, received INTEGER NOT NULL, "
        "durable INTEGER NOT NULL, "
        "asked INTEGER NOT NULL, wished INTEGER NOT NULL, "
        "CONSTRAINT pk_attachment PRIMARY KEY (digest))"
    ),
    "CREATE INDEX ix_attachment_doubtful ON attachment (asked) WHERE received = 1 AND durable = 0",
    "CREATE INDEX ix_attachment_plain ON attachment (plain) WHERE length(plain) > 0",
    "CREATE INDEX ix_attachment_unsent ON attachment (made) WHERE whole = 1 AND received = 0",
    "CREATE INDEX ix_attachment_wished ON attachment (made) WHERE wished = 1",
    (
        "CREATE TABLE chunk (attachment BLOB NOT NULL, place INTEGER NOT NULL, "
        "name VARCHAR NOT NULL, size INTEGER NOT NULL, "
        "CONSTRAINT pk_chunk PRIMARY KEY (attachment, place), "
        "CONSTRAINT uq_chunk_name UNIQUE (name)) WITHOUT ROWID"
    ),
)


def upgrade() -> None:
    for statement in STATEMENTS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE chunk")
    op.execute("DROP TABLE attachment")
