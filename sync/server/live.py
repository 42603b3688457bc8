"""Keeps the counters of the live room in step with what the server holds.

The transaction that applies changes notes which records they touched, one row of `live_due`, and
no more. A bounded run counts those records anew from their history: what a record put in before is
taken out, what it says now is put in. So late work, a void, an erasure and a new way of counting
are all the same act, and counting everything anew gives what was there.
"""

import datetime as dt
import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from forms.engine.form import Form
from forms.engine.region_hours import Hours
from sync.protocol import wire
from sync.protocol.change import Change
from sync.protocol.view import Present
from sync.server import bulk, live_due, live_tables, logs, reading, tables, turns
from sync.server.city import City
from sync.server.live_shares import Case, Cell, Step, shares
from sync.server.live_story import Act, stories
from sync.server.live_tables import live_cell, live_change, live_share, live_state
from sync.server.statements import chunks

RECORDS_MAX = 500  # counted in one transaction: a sixth of a second for which desks wait
EVERY_S = 2.0
_log = logging.getLogger(__name__)
_CELL = ("measure", "day", "office", "hour", "item")


def note(connection: Connection, city: City, changes: Collection[Change]) -> None:
    """Note in a transaction which records are to be counted anew."""
    names = {change.target: None for change in changes if _counts(city, change.service)}
    live_due.note(connection, city.code, list(names), city.now())


def catch_up(city: City, most: int = RECORDS_MAX) -> int:
    """Count what is due, some `most` records in one transaction; return how many they were."""
    with city.database.read() as connection:
        state = _state(connection, city)
        due = live_due.oldest(connection, city.code, 1)
    if state is not None and state.declared == declared(city) and not due.records:
        return 0
    with city.database.write() as connection:
        _take_turn(connection, city)
        due = live_due.oldest(connection, city.code, most)
        if due.records:
            _count(connection, city, due.records)
            live_due.settle(connection, city.code, due)
    return len(due.records)


def count_all_anew(city: City) -> int:
    """Empty the counters and count every record; return how many they were."""
    with city.database.write() as connection:
        _take_turn(connection, city)
        for table in (live_cell, live_change, live_share, live_tables.live_due):
            connection.execute(delete(table).where(table.c.region == city.code))
        _note_all(connection, city)
    count = 0
    while some := catch_up(city):
        count += some
    return count


def revision(connection: Connection, city: City) -> int:
    """Give a number that goes up whenever counters move; 0 before the first time."""
    state = _state(connection, city)
    return 0 if state is None else int(state.revision)


def declared(city: City) -> str:
    """Name by digest what counters are made by: the tiles, the hours and the standards."""
    region, said = city.region, list[Any]()
    for form in city.catalogue.forms.values():
        if form.tiles and region.offers(form.code):
            said.append((form.code, standard(city, form), form.tiles))
    pack = region.pack()["region.toml"]  # the hours stand there
    return hashlib.sha256(wire.encode(said) + pack).hexdigest()


def standard(city: City, form: Form) -> int:
    """Give the published minutes of a service; 0 where there are none."""
    own = form.letter.standard_minutes if form.letter is not None else 0
    return city.region.standard_minutes(form.code, own)


class Keeper:
    """A thread that counts what is due, every few seconds, as long as the server runs.

    Of the processes of one server one counts; when it ends, another goes on.
    """

    def __init__(self, city: City) -> None:
        self._city = city
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="teras-live", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the run that is under way."""
        self._end.set()
        self._thread.join()

    def _keep(self) -> None:
        turn = None
        while not self._end.wait(EVERY_S):
            try:
                turn = turn or turns.attempt(self._city.folder, "live")
                while turn and catch_up(self._city) and not self._end.is_set():
                    pass
            except Exception as error:  # noqa: BLE001 - a full disk or a lost database: later runs find it all still due
                logs.trouble(_log, "the live room can't be counted now", error)
        if turn is not None:
            turn.release()


def _counts(city: City, service: str) -> bool:
    form = city.form(service)
    return form is not None and bool(form.tiles)


def _state(connection: Connection, city: City) -> Any:
    return connection.execute(select(live_state).where(live_state.c.region == city.code)).first()


def _take_turn(connection: Connection, city: City) -> None:
    """Let one run count at a time; where counting itself is new, everything is due."""
    now_declared = declared(city)
    found = _state(connection, city)
    if found is None:
        connection.execute(
            insert(live_state).values(
                region=city.code, revision=0, changed=city.now(), declared=now_declared
            )
        )
        _note_all(connection, city)
        return
    # The row is locked from here on, where the database does not lock as a whole.
    connection.execute(
        update(live_state)
        .where(live_state.c.region == city.code)
        .values(revision=live_state.c.revision + 1, changed=city.now(), declared=now_declared)
    )
    if found.declared != now_declared:
        _note_all(connection, city)


def _note_all(connection: Connection, city: City) -> None:
    services = [name for name in city.catalogue.forms if _counts(city, name)]
    table = tables.record
    query = (
        select(table.c.id)
        .where(table.c.region == city.code, table.c.service.in_(services))
        .order_by(table.c.added)  # so that a run counts in few days, whose counters it reads
    )
    names = list(connection.scalars(query))
    counted = select(live_share.c.record).distinct().where(live_share.c.region == city.code)
    names += sorted(set(connection.scalars(counted)) - set(names))  # of a service now taken off
    for some in chunks(names):
        live_due.note(connection, city.code, some, city.now())


def _count(connection: Connection, city: City, records: list[bytes]) -> None:
    """Take out what records put in before and put in what they say now."""
    offices = _hours(connection, city)
    counts, totals = Counter[Cell](), Counter[Cell]()
    for some in chunks(records):
        before = _shares(connection, city, some)
        present = reading.records(connection, city.code, some)
        told = stories(connection, city.code, some)
        gone, come = list[bytes](), list[tuple[bytes, Cell, tuple[int, int]]]()
        for record in some:
            case = _case(city, present.get(record), told.get(record, []), offices)
            after = shares(case) if case is not None else {}
            if before.get(record, {}) == after:
                continue
            for sign, share in ((-1, before.get(record, {})), (1, after)):
                for cell, (count, total) in share.items():
                    counts[cell] += sign * count
                    totals[cell] += sign * total
            gone.append(record)
            come += [(record, cell, value) for cell, value in after.items()]
        _put_shares(connection, city, gone, come)
    moved = {c: (counts[c], totals[c]) for c in counts if counts[c] or totals[c]}
    _put_cells(connection, city, moved)


def _case(
    city: City, present: Present | None, story: list[Act], offices: Mapping[bytes, Hours]
) -> Case | None:
    """See a record as counting does; None where its service counts nothing here."""
    form = city.form(present.service) if present is not None else None
    if present is None or form is None or not form.tiles or not story:
        return None
    steps = [_step(city, act) for act in story if act.took_place]
    hours = offices.get(steps[0].office) if steps else None
    if hours is None:
        return None
    return Case(form, steps, present.state, present.answers, hours, standard(city, form))


def _step(city: City, act: Act) -> Step:
    change = act.change
    zone = dt.timezone(dt.timedelta(minutes=city.region.offset_minutes))
    try:
        at = dt.datetime.fromtimestamp(change.time / 1000, zone)
    except (OverflowError, ValueError, OSError):  # a time that no laptop's clock says
        at = dt.datetime.fromtimestamp(act.received / 1000, zone)
    return Step(change.act, change.state, city.day_of(change), at, act.office)


def _hours(connection: Connection, city: City) -> dict[bytes, Hours]:
    table = tables.office
    rows = connection.execute(select(table.c.id, table.c.kind).where(table.c.region == city.code))
    return {row.id: city.region.hours(row.kind) for row in rows}


def _shares(
    connection: Connection, city: City, records: list[bytes]
) -> dict[bytes, dict[Cell, tuple[int, int]]]:
    columns = ("record", *_CELL, "count", "total")
    rows = bulk.among(connection, live_share, columns, {"region": city.code}, "record", records)
    found: dict[bytes, dict[Cell, tuple[int, int]]] = {}
    for row in rows:
        found.setdefault(row.record, {})[_cell_of(row)] = (row.count, row.total)
    return found


def _put_shares(
    connection: Connection,
    city: City,
    gone: list[bytes],
    come: list[tuple[bytes, Cell, tuple[int, int]]],
) -> None:
    if gone:
        connection.execute(
            delete(live_share).where(
                live_share.c.region == city.code, live_share.c.record == bindparam("_record")
            ),
            [{"_record": record} for record in gone],
        )
    rows = [
        {"region": city.code, "record": record, **_columns(cell), "count": count, "total": total}
        for record, cell, (count, total) in come
    ]
    bulk.add(connection, live_share, rows)


def _put_cells(connection: Connection, city: City, moved: Mapping[Cell, tuple[int, int]]) -> None:
    """Move counters, in the order of their places; one that comes to nothing goes."""
    here = dict(_cells(connection, city, moved))
    added, changed, emptied = [], [], []
    for cell in sorted(moved, key=msgspec.structs.astuple):
        count, total = moved[cell]
        before = here.get(cell)
        if before is not None:
            count, total = count + before[0], total + before[1]
        row = {"region": city.code, **_columns(cell), "count": count, "total": total}
        if before is None:
            added.append(row)
        elif count:
            changed.append(row)
        else:
            emptied.append({f"_{name}": row[name] for name in _CELL})
    _note_change(connection, city, {cell.measure for cell in moved})
    bulk.add(connection, live_cell, added)
    bulk.change(connection, live_cell, ("region", *_CELL), changed)
    if emptied:
        same = [live_cell.c[name] == bindparam(f"_{name}") for name in _CELL]
        connection.execute(delete(live_cell).where(live_cell.c.region == city.code, *same), emptied)


def _note_change(connection: Connection, city: City, measures: set[str]) -> None:
    known = set(
        connection.scalars(select(live_change.c.measure).where(live_change.c.region == city.code))
    )
    now, region = city.now(), city.code
    rows = [{"region": region, "measure": one, "changed": now} for one in sorted(measures)]
    bulk.add(connection, live_change, [row for row in rows if row["measure"] not in known])
    bulk.change(
        connection,
        live_change,
        ("region", "measure"),
        [row for row in rows if row["measure"] in known],
    )


def _cells(
    connection: Connection, city: City, wanted: Collection[Cell]
) -> Iterator[tuple[Cell, tuple[int, int]]]:
    columns = (*_CELL, "count", "total")
    places = {(cell.measure, cell.day) for cell in wanted}
    for measure, day in sorted(places):
        fixed = {"region": city.code, "measure": measure, "day": day}
        for row in bulk.found(connection, live_cell, columns, fixed):
            yield _cell_of(row), (row.count, row.total)


def _cell_of(row: Any) -> Cell:
    return Cell(row.measure, row.day, row.office, row.hour, row.item)


def _columns(cell: Cell) -> dict[str, Any]:
    return {name: getattr(cell, name) for name in _CELL}
