"""What the owner of a PostgreSQL database does once, so that everything else needs no rights.

    settle   after migrations: texts are compared as bytes, a table can be written anew, regions
             are kept apart, and every role that was lent before may use what is new
    lend     a role of its own for a region's server: it reads and writes that region's rows, and
             nothing else

A user who may make no roles is used as it is. Where the role can't sign in by itself, because the
socket asks who the process belongs to, the user signs in and lays its own rights down.
"""

import os
import secrets

from sqlalchemy import URL, Connection, MetaData, text

from sync.server import apart

ROLE = "teras_"
PASSWORD_BYTES = 24

_MAY_MIGRATE = """
SELECT CASE WHEN to_regclass('region') IS NULL
  THEN has_schema_privilege(current_schema(), 'CREATE')
  ELSE pg_has_role(
    (SELECT relowner FROM pg_class WHERE oid = to_regclass('region')), 'MEMBER'
  ) END
"""

_OTHER_COLLATION = """
SELECT c.relname, a.attname
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
JOIN pg_collation AS o ON o.oid = a.attcollation
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
  AND c.relname = ANY(:names) AND a.attnum > 0 AND NOT a.attisdropped AND o.collname <> 'C'
ORDER BY c.relname, a.attnum
"""

# CLUSTER writes a table and its indexes into new files, and, unlike VACUUM, a function may run it.
_REWRITE = """
CREATE OR REPLACE FUNCTION teras_rewrite(wanted text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path FROM CURRENT AS $$
DECLARE
  key name;
BEGIN
  SELECT i.relname INTO key
  FROM pg_index AS x JOIN pg_class AS c ON c.oid = x.indrelid JOIN pg_class AS i
    ON i.oid = x.indexrelid
  WHERE x.indisprimary AND c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    AND c.relname = wanted;
  EXECUTE format('CLUSTER %I USING %I', wanted, key);
END $$
"""


def may_migrate(connection: Connection) -> bool:
    """Tell whether this user may change the schema."""
    return bool(connection.scalar(text(_MAY_MIGRATE)))


def settle(connection: Connection, metadata: MetaData) -> None:
    """Do after migrations what only the owner may."""
    quote = connection.dialect.identifier_preparer.quote
    names = [table.name for table in metadata.sorted_tables]
    for table, column in connection.execute(text(_OTHER_COLLATION), {"names": names}).all():
        change = f'ALTER COLUMN {quote(column)} TYPE text COLLATE "C"'
        connection.execute(text(f"ALTER TABLE {quote(table)} {change}"))
    connection.execute(text(_REWRITE))
    connection.execute(text("REVOKE ALL ON FUNCTION teras_rewrite(text) FROM PUBLIC"))
    apart.keep(connection, names)
    for role, region in apart.bound(connection):
        _grant(connection, role, region, names)


def lend(connection: Connection, url: URL, metadata: MetaData, region: str) -> URL | None:
    """Make a region's role and say how it signs in; None where this user may make none."""
    may = "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    if not connection.scalar(text(may)):
        return None
    role, password = ROLE + os.urandom(6).hex(), secrets.token_urlsafe(PASSWORD_BYTES)
    limits = "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS"
    # A role is no value to a statement; both are of our own letters.
    connection.execute(text(f"CREATE ROLE {role} {limits} PASSWORD '{password}'"))
    _grant(connection, role, region, [table.name for table in metadata.sorted_tables])
    return url.set(username=role, password=password)


def take_back(connection: Connection, lent: URL) -> None:
    """Let a role go that came to nothing."""
    connection.execute(text(f"DROP OWNED BY {lent.username}"))
    connection.execute(text(f"DROP ROLE {lent.username}"))


def _grant(connection: Connection, role: str, region: str, names: list[str]) -> None:
    quote = connection.dialect.identifier_preparer.quote
    schema = quote(str(connection.scalar(text("SELECT current_schema()"))))
    tables = ", ".join(map(quote, names))
    for right in (
        f"USAGE ON SCHEMA {schema}",
        f"SELECT, INSERT, UPDATE, DELETE ON {tables}",
        "SELECT ON alembic_version",
        "EXECUTE ON FUNCTION teras_rewrite(text)",
    ):
        connection.execute(text(f"GRANT {right} TO {role}"))
    apart.bind(connection, role, region, names)
