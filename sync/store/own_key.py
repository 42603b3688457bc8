"""The keys of whoever is signed in: kept in their slot, made where it has none, followed by others.

A slot of an earlier version gets a seed at the next sign-in, while the passphrase is there to write
it with; the first act that is signed brings the public key before it (sync.store.journal). One that
ended is followed by another, which somebody who keeps the people here has to vouch for. One that
its operator gave up, since others may know the passphrase, signs its successor and then ends: the
city judges a laptop's acts in their order, so what an old image signs comes after that.
"""

from contextlib import suppress

from forms.engine.problem import Refused
from forms.engine.words import say
from sync.crypto.authorship import OperatorKeys, make_seed
from sync.crypto.slots import Opened
from sync.protocol import authorship
from sync.protocol.change import STATE
from sync.store import rekey, settings, staff
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.journal import Act, Journal
from sync.store.slot_file import SlotFile
from sync.store.statements import Connection

_KEY = "readers"


def take_up(store: Store, file: SlotFile, opened: Opened, passphrase: str, secret: bytes) -> None:
    """Let slot and keys of who signs in be what they should be.

    A disk without room keeps nobody out: the next sign-in tries again.
    """
    with suppress(Refused):
        _take_up(store, file, opened, passphrase, secret)


def give(conn: Connection, operator: bytes, slot: bytes, seed: bytes) -> None:
    """Remember whose a slot is, and to whom a new store key is to be sealed by its seed."""
    staff.give_slot(conn, operator, slot)
    known, public = readers(conn), OperatorKeys.of(seed).public_seal
    if known.get(operator) != public:
        settings.write(conn, _KEY, sorted({**known, operator: public}.items()))


def readers(conn: Connection) -> dict[bytes, bytes]:
    """Map those operators of this laptop who have a seed to their X25519 keys."""
    return dict(settings.read(conn, _KEY, list[tuple[bytes, bytes]]) or [])


def _take_up(store: Store, file: SlotFile, opened: Opened, passphrase: str, secret: bytes) -> None:
    who = store.operator
    with store.read() as conn:
        own = _case(conn, store.own.name) if store.own is not None else None
        is_known = staff.slot_of(conn, who.id, file.slots.slots) == opened.place
        is_known = is_known and who.id in readers(conn)
    ended = own is not None and own.state == authorship.ENDED_STATE
    if opened.is_whole and not ended and is_known:
        return
    if opened.former and store.own is not None:
        _succeed(store, OperatorKeys.of(opened.former), store.own)
        rekey.renew(store)  # whoever could open the store has read the laptop's keys as well
    seed = make_seed() if ended or not opened.seed else opened.seed
    slots = file.slots
    if seed != opened.seed or not opened.is_whole:
        whole = opened._replace(seed=seed, former=b"")
        slots = slots.renewed(whole, who.name, passphrase, secret)
    with store.write() as conn:
        place = len(slots.slots) - 1 if slots is not file.slots else opened.place
        give(conn, who.id, slots.slots[place], seed)
        if slots is not file.slots:
            file.with_slots(slots).write(store.folder)
    store.own = OperatorKeys.of(seed)


def _succeed(store: Store, former: OperatorKeys, own: OperatorKeys) -> None:
    """Let a key sign the one that follows it, and end; once, however often it is begun."""
    form = store.form(authorship.SERVICE)
    with store.write() as conn:
        if form is None or _case(conn, own.name) is not None:
            return
        journal = Journal(store, conn, own=former)
        journal.bring(form, store.operator.id, own)
        case = journal.now(former.name) or _case(conn, former.name)
        if case is not None and case.state != authorship.ENDED_STATE:
            target, why = authorship.ENDED_STATE, say("passphrase_compromised")
            base = {STATE: case.head(STATE)}
            journal.add(form, case, Act(authorship.END, base=base, state=target, reason=why))
        journal.flush()


def _case(conn: Connection, name: bytes) -> Case | None:
    query = "SELECT plain FROM record WHERE id = ?"
    plain = conn.exec_driver_sql(query, (name,)).scalar()
    return decode(plain) if plain is not None else None
