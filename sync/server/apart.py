"""Keeps regions that share a PostgreSQL database apart, whatever a statement forgets to say.

    a role that was lent to a region   sees and writes that region's rows; nothing that it says of
                                       itself changes that
    the owner, who is used where no    sees and writes the rows of the region that its connection
    role can be made                   names (`teras.region`), without one none

Row-level security is forced, so the owner is no exception; while it migrates it is lifted, within
that transaction. Of a table in parts the table itself is asked; a part shows nobody anything.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, text

SETTING = "teras.region"
OWNERS = "by_setting"

_BOUND = """
SELECT polname, obj_description(oid, 'pg_policy') AS region FROM pg_policy
WHERE polrelid = to_regclass('region') AND polname <> :owners ORDER BY polname
"""

_FORCED = """
SELECT relname FROM pg_class
WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')
  AND relforcerowsecurity
"""

_PARTS = """
SELECT c.relname FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
WHERE i.inhparent = to_regclass(:name) ORDER BY c.relname
"""

_OWNER = "SELECT relowner::regrole::text FROM pg_class WHERE oid = to_regclass('region')"


def keep(connection: Connection, names: Iterable[str]) -> None:
    """Let every row of these tables be seen by its own region only."""
    quote = connection.dialect.identifier_preparer.quote
    owner = connection.scalar(text(_OWNER))
    for name in names:
        table = quote(name)
        for one in (table, *map(quote, parts(connection, name))):
            connection.execute(text(f"ALTER TABLE {one} ENABLE ROW LEVEL SECURITY"))
            connection.execute(text(f"ALTER TABLE {one} FORCE ROW LEVEL SECURITY"))
        connection.execute(text(f"DROP POLICY IF EXISTS {OWNERS} ON {table}"))
        said = f"region = current_setting('{SETTING}', true)"
        connection.execute(text(f"CREATE POLICY {OWNERS} ON {table} TO {owner} USING ({said})"))


def parts(connection: Connection, name: str) -> list[str]:
    """Name the parts that a table lies in; none where it is whole."""
    quoted = connection.dialect.identifier_preparer.quote(name)
    return list(connection.scalars(text(_PARTS), {"name": quoted}))


def bind(connection: Connection, role: str, region: str, names: Iterable[str]) -> None:
    """Let a role see and write the rows of one region, in every table."""
    quote = connection.dialect.identifier_preparer.quote
    literal = connection.scalar(text("SELECT quote_literal(:region)"), {"region": region})
    for name in names:
        table = quote(name)
        connection.execute(text(f"DROP POLICY IF EXISTS {role} ON {table}"))
        made = f"CREATE POLICY {role} ON {table} TO {role} USING (region = {literal})"
        connection.exec_driver_sql(made.replace("%", "%%"))
    connection.exec_driver_sql(
        f"COMMENT ON POLICY {role} ON region IS {literal}".replace("%", "%%")
    )


def bound(connection: Connection) -> list[tuple[str, str]]:
    """List the roles that were lent, each with its region."""
    rows = connection.execute(text(_BOUND), {"owners": OWNERS})
    return [(row.polname, row.region) for row in rows]


def lift(connection: Connection) -> None:
    """Let the owner see every row until `keep` is said again."""
    quote = connection.dialect.identifier_preparer.quote
    for name in connection.scalars(text(_FORCED)).all():
        connection.execute(text(f"ALTER TABLE {quote(name)} NO FORCE ROW LEVEL SECURITY"))
