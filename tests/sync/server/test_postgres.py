"""What PostgreSQL does in its own way: rights, turns, gaps, connections that went away."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, make_url, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from forms.engine.problem import Refused, Unreachable
from forms.engine.region import Office
from sync.protocol import wire
from sync.protocol.exchange import CONTENT_TYPE, PATH_EXCHANGE
from sync.server import (
    administration,
    apart,
    backup,
    bulk,
    codes,
    erasure_tables,
    lending,
    offices,
    postgres,
    records,
    restore,
    run,
    schema,
    soiled,
    tables,
    verify,
)
from sync.server.city import City
from sync.server.database import Database, default_url, is_file
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR, NOON, PASSPHRASE, REGION
from tests.sync.server.laptop import RESIDENT, Laptop

pytestmark = pytest.mark.postgres
OTHER = REGION.with_name("kota_tangerang.toml")


@pytest.fixture
def owner() -> str:
    """A superuser's URL of a database with nothing in it."""
    return databases.cluster().empty()


@pytest.fixture
def place(tmp_path: Path, owner: str) -> Path:
    """A server's folder whose database is PostgreSQL."""
    _made(tmp_path / "server", owner)
    return tmp_path / "server"


@pytest.fixture
def city(place: Path) -> Iterator[City]:
    city = City.open(place)
    yield city
    city.close()


def _made(folder: Path, url: str, region: Path = REGION) -> None:
    administration.init(
        folder,
        region,
        operator=ADMINISTRATOR,
        passphrase=PASSPHRASE,
        database=url,
        now=lambda: NOON,
    )


def _stream(connection: Connection, city: City, numbers: list[int], head: int) -> None:
    key = {"region": city.code, "office": b"o" * 16, "service_group": "residents"}
    rows = [
        {
            **key,
            "number": number,
            "change": b"c" * 16,
            "lease": None,
            "left": None,
            "announced": None,
            "chain": b"",
        }
        for number in numbers
    ]
    connection.execute(insert(tables.stream).values(**key, head=head, chain=b""))
    bulk.add(connection, tables.stream_row, rows)


def test_the_migrations_make_the_tables_that_the_code_uses(owner: str) -> None:
    with lending.opened(owner) as connection:
        schema.upgrade(connection)

        names = schema.metadata.tables
        parts = {part for name in names for part in apart.parts(connection, name)}
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, _kind, _parents: name not in parts}
        )
        differences = compare_metadata(context, schema.metadata)

    assert differences == []


def test_the_owner_lends_a_role_that_reads_and_writes_rows_and_nothing_else(city: City) -> None:
    role = make_url(city.database.url).username

    with city.database.read() as connection:
        held = connection.execute(
            text("SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls, rolname = :role"
                 " FROM pg_roles WHERE rolname = current_user"),
            {"role": role},
        ).one()  # fmt: skip
    with pytest.raises(DBAPIError, match="must be owner"), city.database.write() as connection:
        connection.execute(text("DROP TABLE audit"))

    assert tuple(held) == (False, False, False, False, True)
    assert verify.verify(city) == ()


def test_a_role_goes_again_where_no_server_comes_of_it(place: Path, owner: str) -> None:
    roles = "SELECT count(*) FROM pg_roles WHERE starts_with(rolname, 'teras_')"
    with lending.opened(owner) as connection:
        before = connection.scalar(text(roles))

    with pytest.raises(Refused, match="region_exists"):
        _made(place.with_name("again"), owner)

    with lending.opened(owner) as connection:
        assert connection.scalar(text(roles)) == before
    assert not (place.with_name("again") / "server.json").exists()


@pytest.mark.parametrize("scheme", ["postgresql", "postgresql+psycopg"])
def test_a_socket_stands_in_the_query_or_in_the_hosts_place(owner: str, scheme: str) -> None:
    given = make_url(owner)
    folder = str(given.query.get("host", ""))
    if not folder.startswith("/"):
        pytest.skip("this PostgreSQL is not reached by a socket")
    hosted = f"{scheme}://{given.username}@{folder.replace('/', '%2F')}/{given.database}"

    for url in (f"{scheme}://{given.username}@/{given.database}?host={folder}", hosted):
        with lending.opened(url) as connection:
            assert connection.scalar(text("SELECT current_database()")) == given.database


def test_a_database_that_nobody_answers_for_is_out_of_reach(owner: str) -> None:
    nowhere = make_url(owner).set(database="teras_nowhere").render_as_string(hide_password=False)

    with pytest.raises(Unreachable, match="database_unreachable"):
        Database(nowhere)


def test_a_schema_that_is_behind_waits_for_its_owner(place: Path, owner: str) -> None:
    databases.take_back(owner, "0016")

    with pytest.raises(Refused, match="schema_older"):
        City.open(place)
    assert administration.upgrade(place, owner) == schema.HEAD

    City.open(place).close()


def test_writers_of_one_region_take_turns_across_processes(city: City, place: Path) -> None:
    other = Database(city.database.url, city.code)
    table = tables.region
    here = table.c.region == city.code
    entered = threading.Event()

    def add() -> None:
        entered.set()
        with other.write() as connection:
            policy = connection.scalar(select(table.c.policy).where(here))
            connection.execute(update(table).where(here).values(policy=int(policy or 0) + 1))

    with city.database.write() as connection:
        thread = threading.Thread(target=add)
        thread.start()
        assert entered.wait(10)
        policy = connection.scalar(select(table.c.policy).where(here))
        connection.execute(update(table).where(here).values(policy=int(policy or 0) + 1))
    thread.join(10)

    with city.database.read() as connection:
        assert connection.scalar(select(table.c.policy).where(here)) == 3
    other.close()


def test_a_reader_sees_one_state_and_can_change_nothing(city: City) -> None:
    table = tables.region
    with city.database.read() as reading:
        before = reading.scalar(select(table.c.policy))
        with city.database.write() as connection:
            connection.execute(update(table).values(policy=9))
        assert reading.scalar(select(table.c.policy)) == before

    with pytest.raises(DBAPIError, match="read-only"), city.database.read() as reading:
        reading.execute(update(table).values(policy=10))


def test_connections_that_the_server_dropped_are_made_anew(city: City, owner: str) -> None:
    name = make_url(owner).database
    with city.database.write(), city.database.read():
        pass  # both are idle now

    with databases.cluster().connected() as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s",
            (name,),
        )

    with city.database.write() as writing, city.database.read() as reading:
        assert writing.scalar(text("SELECT 1")) == reading.scalar(text("SELECT 1")) == 1


@pytest.mark.parametrize(
    ("numbers", "head", "said"),
    [
        ([1, 3], 3, "a stream has a gap"),
        ([2, 3], 3, "a stream has a gap"),
        ([1, 2], 3, "a head is not the last row"),
        ([1, 2, 3], 2, "a head is not the last row"),
    ],
)
def test_the_database_itself_keeps_streams_gapless(
    city: City, numbers: list[int], head: int, said: str
) -> None:
    with pytest.raises(IntegrityError, match=said), city.database.write() as conn:
        _stream(conn, city, numbers, head)

    assert _numbers(city) == []


def test_texts_are_ordered_as_bytes_whatever_the_databases_language(city: City) -> None:
    with city.database.write() as connection:
        for name in ("b", "a", "B", "é", "_"):
            row = {"region": city.code, "name": name, "hashed": "", "made": 0}
            bulk.add(connection, tables.administrator, [row])
        names = connection.scalars(
            select(tables.administrator.c.name).order_by(tables.administrator.c.name)
        ).all()

    assert list(names) == sorted(names)


def test_a_restored_region_leaves_the_others_of_its_database_alone(
    place: Path, city: City, tmp_path: Path, owner: str
) -> None:
    _made(tmp_path / "other", owner, OTHER)
    (tmp_path / "kept").mkdir()
    backup.backup(city, tmp_path / "kept" / "city.bak", PASSPHRASE, ADMINISTRATOR)
    city.close()

    done = restore.restore(place, tmp_path / "kept" / "city.bak", ADMINISTRATOR, PASSPHRASE)

    again, other = City.open(place), City.open(tmp_path / "other")
    assert again.epoch == done.epoch != city.epoch
    assert make_url(again.database.url).database == make_url(owner).database
    assert verify.verify(again) == verify.verify(other) == ()
    (beside,) = place.glob("before-*")
    assert {path.name for path in beside.iterdir()} == {"city.sqlite", "secret", "server.json"}
    again.close()
    other.close()


def test_a_city_moves_from_a_file_to_postgresql_and_back_by_its_backup(
    tmp_path: Path, owner: str
) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    urls = ("file", ""), ("base", owner), ("again", "")
    was = b""
    for number, (name, url) in enumerate(urls):
        folder = tmp_path / name
        _made(folder, url or default_url(folder))
        if number:
            restore.restore(folder, kept / f"{number - 1}.bak", ADMINISTRATOR, PASSPHRASE)
        city = City.open(folder)
        if not number:
            was = city.id
            offices.add(
                city, Office(b"", "kel-a", "kelurahan", "A", "99.71.01.1001"), ADMINISTRATOR
            )
        assert is_file(city.database.url) == (not url)
        assert city.id == was
        with city.database.read() as connection:
            assert offices.by_code(connection, city.code, "kel-a")
        assert verify.verify(city) == ()
        backup.backup(city, kept / f"{number}.bak", PASSPHRASE, ADMINISTRATOR)
        city.close()


def test_what_was_deleted_is_not_left_in_the_tables_files(city: City) -> None:
    with city.database.write() as connection:
        row = {"region": city.code, "digest": "0" * 64, "content": "pohon mangga"}
        bulk.add(connection, tables.text, [row])
    with city.database.write() as connection:
        before = connection.scalar(text("SELECT pg_relation_filenode('text')"))
        connection.execute(tables.text.delete())

    city.database.clean()

    with city.database.read() as connection:
        assert connection.scalar(text("SELECT pg_relation_filenode('text')")) != before
        assert connection.scalar(text("SELECT pg_relation_size('text')")) == 0


def test_regions_of_one_database_do_not_wait_for_each_other(
    city: City, tmp_path: Path, owner: str
) -> None:
    _made(tmp_path / "other", owner, OTHER)
    other = City.open(tmp_path / "other")

    with city.database.write(), other.database.write() as connection:
        assert connection.scalar(select(tables.region.c.policy)) is not None

    other.close()


def test_a_writer_that_is_cut_off_leaves_nothing_behind_and_its_turn_is_free(city: City) -> None:
    def cut_off() -> None:
        with city.database.write() as connection:
            _stream(connection, city, [1], 1)
            mine = connection.scalar(text("SELECT pg_backend_pid()"))
            with databases.cluster().connected() as hand:
                hand.execute("SELECT pg_terminate_backend(%s, 10000)", (mine,))

    with pytest.raises(DBAPIError):
        cut_off()

    with city.database.write() as connection:
        _stream(connection, city, [1, 2], 2)
    assert _numbers(city) == [1, 2]


def test_a_cleaning_waits_for_those_who_read_what_was_there_before(city: City, owner: str) -> None:
    told = "pohon mangga di tepi kali"
    with city.database.write() as connection:
        row = {"region": city.code, "digest": "0" * 64, "content": told}
        bulk.add(connection, tables.text, [row])
    other = Database(city.database.url, city.code)
    is_reading, may_end = threading.Event(), threading.Event()

    def read() -> None:
        with other.read() as connection:
            connection.execute(select(tables.text)).all()
            is_reading.set()
            may_end.wait(20)

    with ThreadPoolExecutor(2) as pool:
        reader = pool.submit(read)
        assert is_reading.wait(20)
        with city.database.write() as connection:
            connection.execute(tables.text.delete())
            soiled.soil(connection, city.code)
        cleaner = pool.submit(soiled.clean, city)
        threading.Timer(0.5, may_end.set).start()
        cleaner.result(60)
        reader.result(60)

    assert told.encode() not in databases.stored(owner)
    with city.database.read() as connection:
        assert connection.execute(select(erasure_tables.soiled)).all() == []
    other.close()


def test_a_cleaning_that_cannot_be_whole_is_left_to_the_next_time(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "OLDER_LOOKS_MAX", 1)
    with city.database.write() as connection:
        soiled.soil(connection, city.code)

    with city.database.read() as reading:
        reading.execute(select(tables.text)).all()
        soiled.clean(city)
        with city.database.read() as connection:
            assert len(connection.execute(select(erasure_tables.soiled)).all()) == 1

    soiled.clean(city)
    with city.database.read() as connection:
        assert connection.execute(select(erasure_tables.soiled)).all() == []


def test_what_a_deadlock_undid_is_done_again(city: City, place: Path, owner: str) -> None:
    offices.add(city, Office(b"", "kel-a", "kelurahan", "A", "99.71.01.1001"), ADMINISTRATOR)
    laptop = Laptop(city, codes.make(city, "kel-a", "kepala", ADMINISTRATOR)[0])
    body = wire.encode([laptop.ask(), laptop.batch(laptop.resident())])
    name = str(make_url(owner).database)
    with databases.cluster().connected() as hand:
        hand.execute(f"ALTER DATABASE {name} SET deadlock_timeout = '3s'")
    running = run.start(place)
    try:
        with (
            ThreadPoolExecutor(1) as pool,
            databases.cluster().connected(name) as rival,
            databases.cluster().connected(name) as hand,
        ):
            with rival.transaction():
                rival.execute("SET LOCAL deadlock_timeout = '1min'")  # the server is to be undone
                rival.execute("LOCK TABLE stream IN EXCLUSIVE MODE")
                sent = pool.submit(_post, running.url + PATH_EXCHANGE, body)
                while not hand.execute("SELECT FROM pg_locks WHERE NOT granted").fetchall():
                    assert not sent.done()
                rival.execute("SELECT pg_advisory_xact_lock(%s)", (postgres.lock_key(city.code),))
            answer = sent.result(60)
    finally:
        running.stop()

    assert laptop.receipt(laptop.open(answer)).received == 1
    assert len(records.listing(city, RESIDENT)) == 1


def _post(url: str, body: bytes) -> bytes:
    asked = Request(url, body, {"Content-Type": CONTENT_TYPE})  # noqa: S310 - a server of ours
    with urlopen(asked, timeout=60) as reply:  # noqa: S310 - the same
        return bytes(reply.read())


def _numbers(city: City) -> list[int]:
    with city.database.read() as connection:
        rows = bulk.found(connection, tables.stream_row, ("number",), {"region": city.code})
        return sorted(rows.scalars())
