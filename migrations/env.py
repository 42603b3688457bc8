"""Runs the migrations of either tree; there is no alembic.ini, the caller says everything.

    config = Config()
    config.set_main_option("script_location", <this folder>)
    config.set_main_option("version_locations", <this folder>/store or <this folder>/server)
    config.attributes["connection"] = an open connection, its transaction begun by the caller
    config.attributes["metadata"] = the tree's MetaData
    config.attributes["hidden"] = with what names of tables begin that Alembic is not to see

The caller's transaction holds all of it: a migration that fails leaves nothing behind. On SQLite
the caller has switched foreign keys off before the transaction (else rebuilding a table deletes
what refers to it), checks them at the end, and makes dropped triggers again.
"""

from typing import Any

from alembic import context

config = context.config
hidden: tuple[str, ...] = config.attributes.get("hidden", ())


def include_object(
    _thing: Any,
    name: str | None,
    kind: str,
    _reflected: bool,  # noqa: FBT001 - Alembic's signature
    _other: Any,
) -> bool:
    """Leave out the tables that are made by hand, shadow tables of the search included."""
    return not (kind == "table" and name is not None and name.startswith(hidden or ("\0",)))


context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes["metadata"],
    include_object=include_object,
    render_as_batch=True,
    compare_type=True,
    user_module_prefix="sqlmodel.sql.sqltypes.",
)
context.run_migrations()
