# ruff: noqa: S608 - the statements are made up here
"""Regions of one PostgreSQL database see nothing of each other, whatever is asked and forgotten."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import Connection, LargeBinary, Table, Text, UniqueConstraint, make_url, text
from sqlalchemy.exc import DBAPIError

from forms.engine.region import Office
from sync.server import (
    accounts,
    administration,
    audit_file,
    codes,
    device_details,
    offices,
    operators,
    quarantine,
    records,
    removals,
    schema,
    settling,
    trail,
    verify,
)
from sync.server.city import City, settings_of
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR, NOON, PASSPHRASE, REGION
from tests.sync.server.laptop import RESIDENT, Laptop

pytestmark = pytest.mark.postgres
OTHER = REGION.with_name("kota_tangerang.toml")
QUERIES, WRITES, AT_ONCE = 1_000, 300, 4
TABLES = schema.metadata.sorted_tables
SECRET = "RAHASIA TETANGGA"
LONG = 8  # bytes or letters of a value that is nobody else's by chance


class Two(NamedTuple):
    """Two regions of one database, and its superuser's URL."""

    ours: City
    theirs: City
    owner: str


@pytest.fixture(scope="module")
def owner() -> Iterator[str]:
    cluster = databases.cluster()
    before = len(cluster.made)
    yield cluster.empty()
    cluster.drop(before)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, owner: str) -> Iterator[Two]:
    folder = tmp_path_factory.mktemp("two")
    ours = _city(folder / "ours", owner, REGION, "WARGA SATU")
    theirs = _city(folder / "theirs", owner, OTHER, SECRET)
    yield Two(ours, theirs, owner)
    ours.close()
    theirs.close()


def _city(folder: Path, url: str, region: Path, name: str) -> City:
    administration.init(
        folder, region, operator=ADMINISTRATOR, passphrase=PASSPHRASE, database=url,
        now=lambda: NOON,
    )  # fmt: skip
    city = City.open(folder, lambda: NOON)
    area = city.region.areas.first(city.region.code, "kelurahan")
    offices.add(city, Office(b"", "kel-a", "kelurahan", name, area, (area,)), ADMINISTRATOR)
    first, second = (
        Laptop(city, codes.make(city, "kel-a", "kepala", ADMINISTRATOR)[0]) for _ in range(2)
    )
    codes.make(city, "kel-a", "petugas", ADMINISTRATOR)
    made = first.resident(name, telepon="081200000001")
    first.send(made, *(first.resident(f"{name} {number}") for number in range(4)))
    first.send(first.edit(made, telepon="081200000002"))
    second.send(second.edit(made, telepon="081200000003"))  # a dispute
    second.send(second.edit(made, made, telepon="081200000004"))
    accounts.add(city, f"{name} walikota", accounts.HEAD, PASSPHRASE, ADMINISTRATOR)
    return city


class Asking:
    """Makes statements that say what they like of regions, mostly nothing."""

    def __init__(self, seed: int, theirs: str, full: list[Table]) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - no secret
        self._theirs = theirs
        self._tables = [*full, *full, *full, *TABLES]

    def query(self) -> str:
        """Read a table, or two or three joined any way, with any condition or none."""
        chosen = self._chance.choices(self._tables, k=self._chance.choice([1, 1, 1, 2, 2, 3]))
        names = [(f"t{place}", table) for place, table in enumerate(chosen)]
        kinds = [", ", " CROSS JOIN ", " LEFT JOIN LATERAL (SELECT 1) AS x{0} ON true CROSS JOIN "]
        joined = ""
        for place, (alias, table) in enumerate(names):
            kind = self._chance.choice(kinds).format(place) if place else ""
            joined += f'{kind}"{table.name}" AS {alias}'
        shape = self._chance.randrange(5)
        where = self._condition(names)
        if shape == 0:
            return f"SELECT DISTINCT {names[0][0]}.* FROM {joined} {where} LIMIT 200"
        if shape == 1:
            return f"WITH w AS (SELECT {names[0][0]}.* FROM {joined} {where}) TABLE w LIMIT 200"
        if shape == 2:
            return f"SELECT {names[0][0]}.region, count(*) FROM {joined} {where} GROUP BY 1"
        if shape == 3:
            one = f'SELECT * FROM "{chosen[0].name}"'
            return f"({one} LIMIT 90) UNION ALL ({one} OFFSET 1 LIMIT 90)"
        return f"SELECT * FROM {joined} {where} LIMIT 200"

    def write(self) -> tuple[Table, str]:
        """Change or delete rows of a table, with any condition or none."""
        table = self._chance.choice(self._tables)
        where = self._condition([("t", table)])
        if self._chance.random() < 0.5:
            return table, f'DELETE FROM "{table.name}" AS t {where}'
        return table, f'UPDATE "{table.name}" AS t SET region = t.region {where}'

    def _condition(self, names: list[tuple[str, Table]]) -> str:
        alias, table = self._chance.choice(names)
        column = self._chance.choice(list(table.columns)).name
        other = self._chance.choice(self._tables).name
        return self._chance.choice(
            [
                "",
                "",
                f"WHERE {alias}.region = '{self._theirs}'",
                f"WHERE {alias}.region <> 'nobody' OR true",
                f'WHERE {alias}."{column}" IS NOT NULL',
                f'WHERE {alias}.region IN (SELECT region FROM "{other}")',
                f'WHERE EXISTS (SELECT FROM "{other}" AS o WHERE o.region <> {alias}.region)',
                f"WHERE length({alias}.region) > 0",
            ]
        )


def _values(owner: str, region: str) -> set[Any]:
    """Everything long enough to be one region's alone, as the superuser sees it."""
    found = set[Any]()
    with databases.unguarded(owner) as connection:
        for table in TABLES:
            for row in connection.execute(table.select().where(table.c.region == region)):
                found |= {one for one in row if isinstance(one, bytes | str) and len(one) >= LONG}
    return found


def _digest(owner: str, region: str) -> dict[str, Any]:
    """What every table holds of a region, in one value each."""
    found = {}
    with databases.unguarded(owner) as connection:
        for table in TABLES:
            rows = (
                f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table.name}" t'
            )
            found[table.name] = connection.scalar(
                text(f"{rows} WHERE region = :region"), {"region": region}
            )
    return found


def _secret(two: Two) -> set[Any]:
    theirs = _values(two.owner, two.theirs.code) - _values(two.owner, two.ours.code)
    assert len(theirs) > 100
    return theirs | {two.theirs.code}


def _full(two: Two) -> list[Table]:
    held = _digest(two.owner, two.theirs.code)
    return [table for table in TABLES if held[table.name] is not None]


def test_a_thousand_queries_of_one_region_give_no_row_of_another(two: Two) -> None:
    secret, asking = _secret(two), Asking(1, two.theirs.code, _full(two))
    queries = [asking.query() for _ in range(QUERIES)]

    def tells(connection: Connection, query: str) -> tuple[int, bool]:
        """How many rows a query gives, and whether any has a value of the other region's."""
        rows = connection.execute(text(query)).all()
        values = {one for row in rows for one in row if isinstance(one, bytes | str)}
        return len(rows), bool(values & secret)

    def ask(some: list[str]) -> tuple[int, list[str]]:
        count, told = 0, list[str]()
        for query in some:
            with two.ours.database.read() as connection:
                rows, tells_all = tells(connection, query)
                count += rows
                told += [query] if tells_all else []
        return count, told

    with ThreadPoolExecutor(AT_ONCE) as pool:  # connections go from hand to hand
        found = list(pool.map(ask, [queries[at::20] for at in range(20)]))
    with databases.unguarded(two.owner) as connection:
        unguarded = sum(tells(connection, query)[1] for query in queries)

    assert [query for _, told in found for query in told] == []
    assert sum(count for count, _ in found) > QUERIES
    assert unguarded > QUERIES // 2  # the same queries, where nobody keeps regions apart


def test_what_one_region_changes_or_deletes_without_a_filter_is_its_own(two: Two) -> None:
    before, asking = _digest(two.owner, two.theirs.code), Asking(2, two.theirs.code, _full(two))
    for _ in range(WRITES):
        table, statement = asking.write()
        with pytest.raises(Undone), two.ours.database.write() as connection:  # noqa: PT012 - undone in any case
            count = connection.scalar(text(f'SELECT count(*) FROM "{table.name}"'))
            connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
            done = connection.execute(text(statement))
            assert done.rowcount <= (count or 0), statement
            raise Undone

    with pytest.raises(Undone), two.ours.database.write() as connection:  # noqa: PT012 - undone in any case
        for table in TABLES:
            connection.execute(text(f'DELETE FROM "{table.name}"'))
            assert connection.scalar(text(f'SELECT count(*) FROM "{table.name}"')) == 0
        raise Undone

    assert _digest(two.owner, two.theirs.code) == before


class Undone(Exception):  # noqa: N818 - nothing is wrong
    """A transaction is given up on purpose."""


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_no_row_can_be_put_into_another_region(two: Two, table: Table) -> None:
    plain = {"region": two.theirs.code}
    for column in table.columns:
        if column.name != "region" and not column.nullable:
            of_bytes, of_text = isinstance(column.type, LargeBinary), isinstance(column.type, Text)
            plain[column.name] = b"?" if of_bytes else "?" if of_text else 7  # type: ignore[assignment] # one of three kinds

    with (
        pytest.raises(DBAPIError, match="row-level security"),
        two.ours.database.write() as connection,
    ):
        connection.execute(table.insert().values(**plain))


@pytest.mark.parametrize("said", ["SET teras.region = '{0}'", "SET LOCAL teras.region = '{0}'"])
def test_a_lent_role_cannot_name_another_region(two: Two, said: str) -> None:
    with pytest.raises(Undone), two.ours.database.write() as connection:  # noqa: PT012 - undone in any case
        connection.execute(text(said.format(two.theirs.code)))
        regions = connection.scalars(text("SELECT region FROM region")).all()
        assert regions == [two.ours.code]
        raise Undone


def test_what_the_server_tells_of_one_region_names_nothing_of_another(two: Two) -> None:
    city = two.ours
    told = [
        records.listing(city, RESIDENT),
        administration.status(city),
        accounts.listing(city),
        device_details.listing(city, device_details.Asked(), 100),
        settling.listing(city),
        removals.listing(city),
        quarantine.listing(city, limit=100),
        operators.listing(city, limit=100),
        trail.look(city, trail.Asked(), 100, ADMINISTRATOR),
        audit_file.export(city, ADMINISTRATOR),
        verify.verify(city),
    ]

    said = repr(told)
    assert "WARGA SATU" in said
    assert SECRET not in said
    assert f"{two.theirs.code!r}" not in said


def test_an_owner_without_roles_to_give_sees_the_region_of_its_connection(
    tmp_path: Path,
) -> None:
    cluster = databases.cluster()
    place = make_url(cluster.empty())
    role = f"teras_{place.database}_plain"
    with cluster.connected(str(place.database)) as connection:
        connection.execute(f"CREATE ROLE {role} LOGIN")
        connection.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {role}")
    url = place.update_query_dict({"options": f"-c role={role}"})
    plain = url.render_as_string(hide_password=False)

    ours = _city(tmp_path / "ours", plain, REGION, "WARGA SATU")
    theirs = _city(tmp_path / "theirs", plain, OTHER, SECRET)

    assert settings_of(tmp_path / "ours").database == plain
    for city in (ours, theirs):
        with city.database.read() as connection:
            assert connection.scalars(text("SELECT region FROM region")).all() == [city.code]
        assert verify.verify(city) == ()
        city.close()


def test_every_key_begins_with_the_region_so_that_the_tables_can_be_spread() -> None:
    """What Citus asks for: each primary, unique and foreign key has the column of the spread."""
    for table in TABLES:
        assert next(iter(table.primary_key.columns)).name == "region", table.name
        unique = [one for one in table.constraints if isinstance(one, UniqueConstraint)]
        keys = [set(one.columns.keys()) for one in (*unique, *table.foreign_key_constraints)]
        keys += [set(index.columns.keys()) for index in table.indexes if index.unique]
        assert all("region" in key for key in keys), table.name


def test_the_database_itself_has_no_other_key(two: Two) -> None:
    query = """
        SELECT c.relname, i.relname FROM pg_index AS x
        JOIN pg_class AS c ON c.oid = x.indrelid JOIN pg_class AS i ON i.oid = x.indexrelid
        WHERE c.relnamespace = current_schema()::regnamespace AND x.indisunique
          AND c.relname <> 'alembic_version'
          AND NOT EXISTS (
            SELECT FROM pg_attribute AS a
            WHERE a.attrelid = c.oid AND a.attnum = ANY(x.indkey) AND a.attname = 'region'
          )
    """
    with databases.unguarded(two.owner) as connection:
        assert connection.execute(text(query)).all() == []
