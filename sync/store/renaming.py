"""A record whose derived id turned out to be another's is begun anew, under a random id (rule 1f).

Two offices that import one person derive one id. Who comes second is refused id_taken, with what
was done on the record since; all of it is done again here, in the transaction that takes the
refusal, by the same author at the same time. So nobody types anything twice:

    acts        again, in their order, on the new record; the refused ones ask for nothing
    drafts      go over to it
    its letters name the old id, which this laptop knows as the new record from then on

What the city knows of the record with the old id, if it is ours too, is shown as the city says it.
"""

from collections.abc import Iterable

from sync.protocol.change import NEW, SETTLE, Change
from sync.protocol.merge import carries_paper
from sync.protocol.place import ID_TAKEN
from sync.store import drafts, mirror, shelf
from sync.store.case import Case
from sync.store.handle import Store
from sync.store.journal import Journal
from sync.store.statements import Connection


def begin_anew(store: Store, conn: Connection, taken: Iterable[Change]) -> None:
    """Do again what was done on records whose first act, one of `taken`, was refused id_taken."""
    first = {change.target: change for change in taken}
    waiting, here = mirror.pending(conn, sorted(first)), mirror.held(conn, first)
    journal, done, renamed = Journal(store, conn), list[bytes](), list[tuple[bytes, bytes]]()
    for record in sorted(first):
        acts = _leaning(first[record], waiting.get(record, ()))
        case = _again(journal, acts)
        done += [change.id for change in acts]
        renamed.append((record, case.id))
        drafts.follow(conn, record, case.id)
    conn.exec_driver_sql(
        "UPDATE change SET pending = 0, verdict = 'refused', code = ? WHERE id = ?",
        [(ID_TAKEN, name) for name in done],
    )
    journal.flush()
    shelf.note_renamed(conn, renamed)
    mirror.settle(store, conn, here, {name: held.said for name, held in here.items()})
    rest = mirror.pending(conn, sorted(first))
    gone = [held.seen for name, held in here.items() if held.said is None and name not in rest]
    shelf.remove(conn, store.form, gone)


def _leaning(first: Change, pending: Iterable[Change]) -> list[Change]:
    """List what was done on a record since it was begun here, the beginning first."""
    found = {first.id: first}
    for change in pending:
        leans = any(base in found for base in change.base.values())
        if leans and change.act not in {NEW, SETTLE} and not carries_paper(change):
            found[change.id] = change
    return list(found.values())


def _again(journal: Journal, acts: Iterable[Change]) -> Case:
    """Do acts again in their order, each on what the ones before it have become."""
    first, *others = acts
    case, begun = journal.again(first, None, {})
    now = {first.id: begun}
    for change in others:
        base = {group: now.get(name, begun) for group, name in change.base.items()}
        case, now[change.id] = journal.again(change, case, base)
    return case
