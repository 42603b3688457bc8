"""On PostgreSQL the database itself asserts that no stream has a gap.

After each statement that adds rows to streams: they follow each other, and what was there before.
When a transaction commits: the head of every stream that it moved is the number of its last row.
By a statement's rows together, not one by one, so that many rows cost what few do.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_FOLLOW = """
CREATE FUNCTION teras_rows_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (
      SELECT region, office, service_group,
             min(number) AS low, max(number) AS high, count(*) AS rows
      FROM added GROUP BY region, office, service_group
    ) AS here
    WHERE high - low + 1 <> rows OR (low > 1 AND NOT EXISTS (
      SELECT FROM stream_row AS before
      WHERE before.region = here.region AND before.office = here.office
        AND before.service_group = here.service_group AND before.number = here.low - 1
    ))
  ) THEN
    RAISE EXCEPTION 'a stream has a gap' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$
"""

_ROWS = """
CREATE TRIGGER stream_row_follows AFTER INSERT ON stream_row
REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION teras_rows_follow()
"""

_LAST = """
CREATE FUNCTION teras_head_is_last() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  last bigint;
  said bigint;
BEGIN
  SELECT head INTO said FROM stream WHERE region = NEW.region AND office = NEW.office
    AND service_group = NEW.service_group;
  SELECT max(number) INTO last FROM stream_row WHERE region = NEW.region AND office = NEW.office
    AND service_group = NEW.service_group;
  IF said IS NOT NULL AND said <> coalesce(last, 0) THEN
    RAISE EXCEPTION 'a head is not the last row' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$
"""

_HEAD = """
CREATE CONSTRAINT TRIGGER stream_head_is_last AFTER INSERT OR UPDATE OF head ON stream
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION teras_head_is_last()
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        for statement in (_FOLLOW, _ROWS, _LAST, _HEAD):
            op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER stream_head_is_last ON stream")
        op.execute("DROP TRIGGER stream_row_follows ON stream_row")
        op.execute("DROP FUNCTION teras_head_is_last()")
        op.execute("DROP FUNCTION teras_rows_follow()")
