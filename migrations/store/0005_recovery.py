"""Pages say where they end and whether the city has lost them; records wait to be told again."""

import msgspec
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REWOUND = "CREATE TABLE rewound (record BLOB NOT NULL, CONSTRAINT pk_rewound PRIMARY KEY (record))"
PAGE = (
    "CREATE TABLE page (n INTEGER NOT NULL, stream VARCHAR NOT NULL, first INTEGER NOT NULL, "
    "last INTEGER NOT NULL, chain BLOB NOT NULL, standing INTEGER NOT NULL, safe INTEGER, "
    "came INTEGER NOT NULL, plain BLOB NOT NULL, signature BLOB NOT NULL, "
    "CONSTRAINT pk_page PRIMARY KEY (n))"
)
OLD_PAGE = (
    "CREATE TABLE page (n INTEGER NOT NULL, stream VARCHAR NOT NULL, first INTEGER NOT NULL, "
    "last INTEGER NOT NULL, came INTEGER NOT NULL, plain BLOB NOT NULL, "
    "signature BLOB NOT NULL, CONSTRAINT pk_page PRIMARY KEY (n))"
)
INDEXES = (
    "CREATE INDEX ix_page_stream ON page (stream)",
    "CREATE INDEX ix_page_came ON page (came)",
)


class _Page(msgspec.Struct):
    chain: bytes


def upgrade() -> None:
    bind = op.get_bind()
    pages = bind.exec_driver_sql(
        "SELECT n, stream, first, last, last, came, plain, signature FROM page"
    ).all()
    op.execute("DROP TABLE page")
    for statement in (PAGE, *INDEXES, REWOUND):
        op.execute(statement)
    told = [(*page, msgspec.msgpack.decode(page.plain, type=_Page).chain) for page in pages]
    if told:
        bind.exec_driver_sql(
            "INSERT INTO page (n, stream, first, last, safe, came, plain, signature, chain, "
            "standing) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
            told,
        )


def downgrade() -> None:
    bind = op.get_bind()
    pages = bind.exec_driver_sql(
        "SELECT n, stream, first, last, came, plain, signature FROM page"
    ).all()
    op.execute("DROP TABLE page")
    for statement in (OLD_PAGE, *INDEXES, "DROP TABLE rewound"):
        op.execute(statement)
    if pages:
        bind.exec_driver_sql(
            "INSERT INTO page (n, stream, first, last, came, plain, signature) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            [tuple(page) for page in pages],
        )
