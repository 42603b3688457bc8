"""In which order the changes of a record were judged."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

# The stream of the office that holds a record has told all of it in that order; of what only other
# offices' streams told nobody knows.
FILL = """
UPDATE change SET place = told.number FROM (
    SELECT s.region, s.change, max(s.number) AS number
    FROM stream_row s
    JOIN change c ON c.region = s.region AND c.id = s.change
    JOIN record r ON r.region = c.region AND r.id = c.record AND r.office = s.office
    WHERE s."left" IS NULL
    GROUP BY s.region, s.change
) AS told
WHERE change.region = told.region AND change.id = told.change
"""


def upgrade() -> None:
    op.add_column("change", sa.Column("place", sa.BigInteger))
    op.execute(FILL)
    op.drop_index("change_record", "change")
    op.create_index("change_record", "change", ["region", "record", "place"])


def downgrade() -> None:
    op.drop_index("change_record", "change")
    op.create_index("change_record", "change", ["region", "record"])
    op.drop_column("change", "place")
