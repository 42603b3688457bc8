"""Checks the whole store: the file, every id and digest, our chain, the search, the numbers."""

import hashlib
from collections.abc import Iterator

from forms.engine.problem import Problem, Refused
from sync.crypto import authorship, envelope
from sync.crypto.keys import public_sign
from sync.protocol import attachment, wire
from sync.protocol.change import change_id
from sync.protocol.stream import Page
from sync.store import chunks, incarnation, kept, key_list, mirror, rekey
from sync.store.case import decode
from sync.store.handle import Store
from sync.store.outbox import CHAIN_START
from sync.store.registers import lines
from sync.store.statements import Connection

FOUND_MAX = 100  # problems of one sort; a damaged file would list every row
READ_AT_ONCE = 2_000


def verify(store: Store) -> list[Problem]:
    """List everything that is not as it must be; nothing is changed."""
    problems: list[Problem] = []
    for check in CHECKS:
        try:
            with store.read() as conn:
                problems += _bounded(check(store, conn))
        except Refused as refused:
            problems += refused.problems
    return problems


def _bounded(found: Iterator[Problem]) -> list[Problem]:
    return [problem for problem, _ in zip(found, range(FOUND_MAX), strict=False)]


def _file(_store: Store, conn: Connection) -> Iterator[Problem]:
    # A search makes FTS5 see that another connection has written since; its check alone goes by
    # what this connection remembers of the index, and takes merged pages for lost ones.
    conn.exec_driver_sql("SELECT 1 FROM search_text WHERE search_text MATCH 'x' LIMIT 1").all()
    for pragma in ("cipher_integrity_check", "integrity_check", "foreign_key_check"):
        for row in conn.exec_driver_sql(f"PRAGMA {pragma}"):
            if row[0] != "ok":
                yield Problem("store_damaged", facts={"check": pragma})
                break


def _changes(store: Store, conn: Connection) -> Iterator[Problem]:
    """Every id is what its content says; our own acts are counted without a gap.

    Whose name an applied act bears has signed it, as far as their key is here.
    """
    expected, keys = 1, key_list.every_key(conn)
    rows = conn.exec_driver_sql(
        "SELECT n, id, seq, record, verdict, code, plain FROM change ORDER BY n"
    )
    for n, name, seq, record, verdict, code, plain in rows:
        change = kept.unpack(plain, name)
        if verdict == "applied" and not authorship.is_proven(change, code, keys):
            yield Problem("authorship_false", facts={"change": name.hex()})
        if change_id(change) != name or change.target != record:
            yield Problem("change_id_wrong", facts={"change": name.hex()})
        if seq is not None and n > store.desk.since:
            if seq != expected:
                yield Problem("change_gap", facts={"seq": expected})
            expected = seq + 1


def _batches(store: Store, conn: Connection) -> Iterator[Problem]:
    """Our batches are chained, signed as who we were then, and named by their content."""
    old = rekey.former(conn)
    signers = {life.incarnation: [life.sign, *old] for life in incarnation.former(conn)}
    signers[store.desk.incarnation] = [public_sign(store.keys.sign), *old]
    heads: dict[bytes, tuple[int, bytes]] = {}
    rows = conn.exec_driver_sql(
        "SELECT id, incarnation, seq, envelope FROM batch ORDER BY n",
    )
    for name, life, seq, sealed in rows:
        if not sealed:  # durable and old, or of a lost chain: the place in the chain stays
            heads[life] = (seq, name)
            continue
        letter = envelope.read(sealed)
        before = heads.get(life, (seq - 1, letter.header.prev if seq > 1 else CHAIN_START))
        if not any(_is_signed(letter, sign) for sign in signers.get(life, ())):
            yield Problem("signature_wrong", facts={"batch": name.hex()})
        said = (letter.id, letter.header.seq, letter.header.prev)
        if said != (name, before[0] + 1, before[1]) or seq != letter.header.seq:
            yield Problem("batch_chain", facts={"batch": name.hex()})
        heads[life] = (seq, name)


def _is_signed(letter: envelope.Letter, sign: bytes) -> bool:
    try:
        envelope.verify(letter, sign)
    except Refused:
        return False
    return True


def _records(store: Store, conn: Connection) -> Iterator[Problem]:
    """A record with pending changes is its mirror with them; a mirror without them is none."""
    query = (
        "SELECT id FROM mirror WHERE id NOT IN (SELECT record FROM rewound) "
        "AND id NOT IN (SELECT record FROM leave WHERE back <= 0) ORDER BY id"
    )
    names = list(conn.exec_driver_sql(query).scalars())
    for at in range(0, len(names), READ_AT_ONCE):
        part = names[at : at + READ_AT_ONCE]
        here, pending = mirror.held(conn, part), mirror.pending(conn, part)
        for name in part:
            case = here[name].said if name in here else None
            now = mirror.overlaid(store, case, pending.get(name, ()))
            if name not in here or name not in pending or now != here[name].seen:
                yield Problem("record_differs", facts={"record": name.hex()})
    lost = conn.exec_driver_sql(
        "SELECT DISTINCT record FROM change WHERE pending = 1 "
        "AND record NOT IN (SELECT id FROM mirror)"
    )
    for row in lost:
        yield Problem("record_differs", facts={"record": row.record.hex()})


def _search(store: Store, conn: Connection) -> Iterator[Problem]:
    """Whatever may be found is in the search, and nothing else."""
    shown = {code for code, form in store.catalogue.forms.items() if form.searched}
    rows = conn.exec_driver_sql("SELECT id, service FROM record")
    records = {row.id for row in rows if row.service in shown}
    found = set(conn.exec_driver_sql("SELECT record FROM search_row").scalars())
    for name in sorted(records ^ found):
        yield Problem("search_differs", facts={"record": name.hex()})


def _numbers(store: Store, conn: Connection) -> Iterator[Problem]:
    """No number stands on two records, and each record's number is in the register."""
    doubled = conn.exec_driver_sql(
        "SELECT series, year, position FROM number_use "
        "GROUP BY series, year, position HAVING count(*) > 1"
    )
    for series, year, position in doubled:
        facts = {"series": series, "year": year, "number": position}
        yield Problem("number_doubled", facts=facts)
    used = {
        (series, year, position, record)
        for series, year, position, record in conn.exec_driver_sql(
            "SELECT series, year, position, record FROM number_use"
        )
    }
    services = [code for code, form in store.catalogue.forms.items() if form.letter is not None]
    rows = conn.exec_driver_sql(
        f"SELECT id, plain FROM record WHERE service IN ({mirror.marks(services)})",  # noqa: S608 - question marks only
        tuple(services),
    )
    for name, plain in rows:
        case = decode(plain)
        ours = case.office == store.desk.office.id
        number = case.number if ours else case.register  # others' letters are in their registers
        if number is None or number.provisional:
            continue
        if (number.series, number.year, number.position, name) not in used:
            yield Problem("number_unregistered", facts={"number": number.text})
    for missing in lines.missing(conn):
        yield Problem("register_differs", facts={"number": missing})


def _streams(_store: Store, conn: Connection) -> Iterator[Problem]:
    """Where the newest kept page of a stream ends, the cursor stands with the same chain value."""
    rows = conn.exec_driver_sql("SELECT name, row, chain FROM stream").all()
    for name, row, chain in rows:
        plain = conn.exec_driver_sql(
            "SELECT plain FROM page WHERE stream = ? AND standing = 0 ORDER BY n DESC LIMIT 1",
            (name,),
        ).scalar()
        page = wire.decode(plain, Page) if plain is not None else None
        if page is not None and page.last == row and page.chain != chain:
            yield Problem("stream_chain", facts={"stream": name})


def _texts(_store: Store, conn: Connection) -> Iterator[Problem]:
    for digest, text in conn.exec_driver_sql("SELECT digest, text FROM text"):
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            yield Problem("text_digest", facts={"digest": digest})


def _attachments(store: Store, conn: Connection) -> Iterator[Problem]:
    """Each file that the city may not have is whole on the disk; others can be fetched again."""
    rows = conn.exec_driver_sql(
        "SELECT a.digest, a.manifest, c.place, c.name FROM attachment a "
        "JOIN chunk c ON c.attachment = a.digest WHERE a.received = 0 AND a.whole = 1"
    ).all()
    for digest, manifest, place, name in rows:
        content = chunks.read(store, name)
        if content is None or not attachment.fits(attachment.read(manifest), place, content):
            yield Problem("attachment_lost", facts={"file": digest.hex()[:8]})


CHECKS = (
    _file,
    _changes,
    _batches,
    _records,
    _search,
    _numbers,
    _streams,
    _texts,
    _attachments,
)
