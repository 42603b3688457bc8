"""On PostgreSQL the row before a stream's new ones is looked up, whatever the planner believes.

It could read all rows of all streams instead, once for each statement that adds some.
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_FOLLOW = """
CREATE OR REPLACE FUNCTION teras_rows_follow() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
  IF EXISTS (
    SELECT FROM (
      SELECT region, office, service_group,
             min(number) AS low, max(number) AS high, count(*) AS rows
      FROM added GROUP BY region, office, service_group
    ) AS here
    WHERE high - low + 1 <> rows OR (low > 1 AND (
      SELECT before.number FROM stream_row AS before
      WHERE before.region = here.region AND before.office = here.office
        AND before.service_group = here.service_group AND before.number = here.low - 1
    ) IS NULL)
  ) THEN
    RAISE EXCEPTION 'a stream has a gap' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(_FOLLOW)
        op.execute("ALTER FUNCTION teras_head_is_last() SET enable_seqscan = off")


def downgrade() -> None:
    """Leave the function as it is: it says what the one before said."""
