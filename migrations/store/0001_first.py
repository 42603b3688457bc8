"""The laptop's first schema."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SCHEMA = """
CREATE TABLE change (n INTEGER NOT NULL, id BLOB NOT NULL, record BLOB NOT NULL, seq INTEGER,
    time INTEGER NOT NULL, batch INTEGER, pending INTEGER NOT NULL, verdict VARCHAR NOT NULL,
    code VARCHAR NOT NULL, stream VARCHAR NOT NULL, "row" INTEGER NOT NULL, plain BLOB NOT NULL,
    CONSTRAINT pk_change PRIMARY KEY (n), CONSTRAINT uq_change_id UNIQUE (id));
CREATE TABLE mirror (id BLOB NOT NULL, plain BLOB, CONSTRAINT pk_mirror PRIMARY KEY (id));
CREATE TABLE record (n INTEGER NOT NULL, id BLOB NOT NULL, service VARCHAR NOT NULL, subject
    BLOB, batch INTEGER, trouble VARCHAR NOT NULL, plain BLOB NOT NULL, CONSTRAINT pk_record
    PRIMARY KEY (n), CONSTRAINT uq_record_id UNIQUE (id));
CREATE TABLE unique_value (service VARCHAR NOT NULL, "key" VARCHAR NOT NULL, value VARCHAR NOT
    NULL, record BLOB NOT NULL, CONSTRAINT pk_unique_value PRIMARY KEY (service, "key", value,
    record)) WITHOUT ROWID;
CREATE TABLE batch (n INTEGER NOT NULL, id BLOB NOT NULL, incarnation BLOB NOT NULL, seq INTEGER
    NOT NULL, changes INTEGER NOT NULL, oldest INTEGER NOT NULL, made INTEGER NOT NULL, sent
    INTEGER, carrier VARCHAR NOT NULL, envelope BLOB NOT NULL, CONSTRAINT pk_batch PRIMARY KEY
    (n), CONSTRAINT uq_batch_incarnation_seq UNIQUE (incarnation, seq), CONSTRAINT uq_batch_id
    UNIQUE (id));
CREATE TABLE lease (id BLOB NOT NULL, office BLOB NOT NULL, series VARCHAR NOT NULL, year
    INTEGER NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL, next INTEGER NOT NULL, device
    BLOB NOT NULL, incarnation BLOB NOT NULL, CONSTRAINT pk_lease PRIMARY KEY (id));
CREATE TABLE number_use (series VARCHAR NOT NULL, year INTEGER NOT NULL, position INTEGER NOT
    NULL, record BLOB NOT NULL, CONSTRAINT pk_number_use PRIMARY KEY (series, year, position,
    record)) WITHOUT ROWID;
CREATE TABLE draft ("key" VARCHAR NOT NULL, operator BLOB NOT NULL, service VARCHAR NOT NULL,
    subject BLOB NOT NULL, answers BLOB NOT NULL, updated INTEGER NOT NULL, CONSTRAINT pk_draft
    PRIMARY KEY ("key"));
CREATE TABLE event (n INTEGER NOT NULL, record BLOB NOT NULL, kind VARCHAR NOT NULL, time
    INTEGER NOT NULL, operator BLOB NOT NULL, CONSTRAINT pk_event PRIMARY KEY (n));
CREATE TABLE "conflict" (change BLOB NOT NULL, record BLOB NOT NULL, kind VARCHAR NOT NULL, code
    VARCHAR NOT NULL, opened INTEGER NOT NULL, closed INTEGER, CONSTRAINT pk_conflict PRIMARY
    KEY (change));
CREATE TABLE operator (id BLOB NOT NULL, name VARCHAR NOT NULL, roles VARCHAR NOT NULL, slot
    BLOB, CONSTRAINT pk_operator PRIMARY KEY (id));
CREATE TABLE setting ("key" VARCHAR NOT NULL, plain BLOB NOT NULL, CONSTRAINT pk_setting PRIMARY
    KEY ("key"));
CREATE TABLE text (digest VARCHAR NOT NULL, text VARCHAR NOT NULL, CONSTRAINT pk_text PRIMARY
    KEY (digest));
CREATE TABLE stream (name VARCHAR NOT NULL, "row" INTEGER NOT NULL, chain BLOB NOT NULL, head
    INTEGER NOT NULL, CONSTRAINT pk_stream PRIMARY KEY (name));
CREATE TABLE page (n INTEGER NOT NULL, stream VARCHAR NOT NULL, first INTEGER NOT NULL, last
    INTEGER NOT NULL, came INTEGER NOT NULL, plain BLOB NOT NULL, signature BLOB NOT NULL,
    CONSTRAINT pk_page PRIMARY KEY (n));
CREATE TABLE search_service (id INTEGER PRIMARY KEY, code TEXT NOT NULL UNIQUE);
CREATE TABLE search_row (id INTEGER PRIMARY KEY, record BLOB NOT NULL UNIQUE, service INTEGER
    NOT NULL, key TEXT NOT NULL, title TEXT NOT NULL, detail TEXT NOT NULL, numbers TEXT NOT
    NULL, words TEXT NOT NULL);
CREATE TABLE search_number (service INTEGER NOT NULL, key TEXT NOT NULL, row INTEGER NOT NULL,
    PRIMARY KEY (service, key, row)) WITHOUT ROWID;
CREATE TABLE search_word (word TEXT PRIMARY KEY, held INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE search_near (near TEXT NOT NULL, word TEXT NOT NULL, PRIMARY KEY (near, word))
    WITHOUT ROWID;
CREATE VIRTUAL TABLE search_text USING fts5(name, other, scope, content='',
    contentless_delete=1, detail=column, prefix='1 2 3', tokenize='ascii');
CREATE INDEX ix_change_record ON change (record);
CREATE INDEX ix_change_seq ON change (seq) WHERE seq IS NOT NULL;
CREATE INDEX ix_change_pending ON change (record) WHERE pending = 1;
CREATE INDEX ix_change_unsealed ON change (n) WHERE batch IS NULL AND seq IS NOT NULL;
CREATE INDEX ix_record_subject ON record (subject) WHERE subject IS NOT NULL;
CREATE INDEX ix_record_trouble ON record (trouble) WHERE trouble <> '';
CREATE INDEX ix_record_service ON record (service, n);
CREATE INDEX ix_lease_series ON lease (series, year, low);
CREATE INDEX ix_draft_operator ON draft (operator);
CREATE INDEX ix_event_record ON event (record, kind);
CREATE INDEX ix_conflict_record ON "conflict" (record);
CREATE INDEX ix_page_stream ON page (stream);
CREATE INDEX ix_page_came ON page (came);
CREATE INDEX search_key ON search_row (service, key);
"""


def upgrade() -> None:
    for statement in SCHEMA.split(";"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    msg = "there is nothing before the first schema"
    raise AssertionError(msg)
