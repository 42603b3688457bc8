"""Whether something was deleted for good since the database was last written anew.

On SQLite it was said by the file's own user version.
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_SAID = """
INSERT INTO soiled (region, mark)
SELECT region, randomblob(16) FROM region WHERE (SELECT user_version FROM pragma_user_version) = 1
"""


def upgrade() -> None:
    op.create_table(
        "soiled",
        sa.Column("region", sa.Text, primary_key=True),
        sa.Column("mark", sa.LargeBinary, primary_key=True),
    )
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_SAID)


def downgrade() -> None:
    op.drop_table("soiled")
