"""What an operator asks of this desk as a whole: join an office, travel, see how things stand."""

from sync.commands import credential
from sync.commands.call import Answer, Call
from sync.commands.edges import moment
from sync.commands.entry import clock, entered
from sync.commands.numbers import explained
from sync.commands.table import DONE, REFUSED
from sync.commands.trouble import shown


def enrol(call: Call) -> Answer:
    """Join the office that a code names, by its server."""
    from sync.client.enrol import enrol as join
    from sync.crypto.keys import fingerprint
    from sync.store.slot_file import SlotFile

    given = call.options
    store = join(
        call.data_dir,
        url=given.server,
        code=given.code,
        operator=given.operator,
        phrase=credential.ask_new(call, credential.PASSPHRASE),
        keystore=call.keystore,
        now=clock,
    )
    try:
        return Answer(
            {
                "device": store.desk.device.hex(),
                "office": store.desk.office.code,
                "fingerprint": fingerprint(store.keys.public().sign),
                "server_fingerprint": fingerprint(store.desk.server.sign),
                "keystore": bool(SlotFile.read(store.folder).kept_as),
            }
        )
    finally:
        store.close()


def sync(call: Call) -> Answer:
    """Go to the server and back now, until nothing is pending and nothing new comes."""
    from sync.client import journey

    with entered(call) as store:
        done = journey.go(store)
    return Answer({name: getattr(done, name) for name in done.__struct_fields__})


def status(call: Call) -> Answer:
    """Say what is only here, and whether it is safe to close."""
    from sync.store import status as stands

    with entered(call) as store:
        found, today, coming = stands.status(store), store.day(), stands.coming(store)
    return Answer(
        {
            "pending": found.pending,
            "oldest_unsent": moment(found.oldest_unsent) if found.oldest_unsent else None,
            "last_receipt": moment(found.last_receipt) if found.last_receipt else None,
            "epoch": found.epoch.hex(),
            "incarnation": found.incarnation.hex(),
            "conflicts": found.conflicts,
            "to_fix": found.to_fix,
            "removals": found.removals,
            "durable": found.durable,
            "carried": found.carried,
            "attachments": {
                "pending": found.files,
                "bytes": found.file_bytes,
                "nearly_full": found.nearly_full,
            },
            "day": {"date": today.date.isoformat(), "doubtful": bool(today.doubt)},
            "safe_to_close": found.safe_to_close,
            **({"joining": {"taken": coming.taken, "of": coming.of}} if coming else {}),
        }
    )


def rekey(call: Call) -> Answer:
    """Have the next trip change this device's keys; the id and what was sealed stay."""
    from sync.store import rekey as keys

    with entered(call) as store:
        return Answer({"ok": True, "new": keys.renew(store)})


def explain_numbers(call: Call) -> Answer:
    """Explain every number of a series that this desk knows of."""
    from sync.store import numbers

    with entered(call) as store:
        asked = call.options.series, call.options.year
        found, inserted = numbers.explain(store, *asked), numbers.inserted(store, *asked)
    return Answer({"numbers": [explained(n, inserted.get(n.number, ())) for n in found]})


def verify(call: Call) -> Answer:
    """Check the store's integrity, chain and search index."""
    from sync.store import verify as verifying

    with entered(call) as store:
        problems = list(shown(verifying.verify(store)))
    return Answer({"ok": not problems, "problems": problems}, REFUSED if problems else DONE)
