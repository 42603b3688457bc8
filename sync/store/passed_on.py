"""Receipts for other desks that a stick brought here: kept sealed, and laid on the next one.

Of each desk the newest, by what its header counts; anybody may carry it, only that desk opens it.
"""

from sync.crypto.envelope import Letter, verify
from sync.protocol import wire
from sync.store.handle import Store

KEPT_MAX = 512  # desks of a city whose sticks pass one laptop; those that came last are kept
SIZE_MAX = 1024 * 1024  # of one receipt: 64 batches of 1,000 verdicts stay below


def keep(store: Store, letter: Letter) -> bool:
    """Keep a receipt unless a newer one of the same desk is here; tell whether it is kept.

    Refused(signature_wrong) if the city didn't make it.
    """
    verify(letter, store.desk.signer(letter.header.writer))
    header, plain = letter.header, wire.encode(letter.envelope)
    if len(plain) > SIZE_MAX:
        return False
    with store.write() as conn:
        here = conn.exec_driver_sql(
            "SELECT incarnation, seq FROM passed_on WHERE reader = ?", (header.reader,)
        ).first()
        if here and here.incarnation == header.incarnation and here.seq >= header.seq:
            return False
        conn.exec_driver_sql(
            "INSERT OR REPLACE INTO passed_on (reader, incarnation, seq, came, envelope) "
            "VALUES (?, ?, ?, ?, ?)",
            (header.reader, header.incarnation, header.seq, store.now(), plain),
        )
        conn.exec_driver_sql(
            "DELETE FROM passed_on WHERE reader NOT IN "
            "(SELECT reader FROM passed_on ORDER BY came DESC LIMIT ?)",
            (KEPT_MAX,),
        )
    return True


def kept(store: Store) -> list[bytes]:
    """Give the envelopes that wait to go on, the newest first."""
    with store.read() as conn:
        rows = conn.exec_driver_sql("SELECT envelope FROM passed_on ORDER BY came DESC")
        return [row.envelope for row in rows]
