"""`backup` and `restore`: this desk's whole store in one file, and back as a life of its own."""

from pathlib import Path

from forms.engine import words
from sync.commands import credential
from sync.commands.call import Answer, Call
from sync.commands.entry import clock, entered
from sync.commands.files import check_place
from sync.commands.table import DONE, REFUSED
from sync.commands.trouble import shown


def backup(call: Call) -> Answer:
    """Write a backup that was read back; the operator's passphrase opens it on any laptop."""
    from sync.store import backup as backups

    path = Path(call.options.file)
    check_place(path)
    who = credential.ask(call)
    with entered(call, who) as store:
        backups.backup(store, path, who.passphrase, keystore=call.keystore)
    return Answer({"ok": True, "problems": [], "file": str(path)})


def restore(call: Call) -> Answer:
    """Make this desk from a backup, what was there kept beside, and check all of it."""
    from sync.store import backup as backups
    from sync.store import status, verify

    path, folder = Path(call.options.file), call.data_dir
    path.open("rb").close()  # before anything is said or asked
    who = credential.ask(call)
    call.warn(words.say("restore.plan", file=path.name, folder=folder))
    done = backups.restore(
        folder, path, who.name, who.passphrase, keystore=call.keystore, now=clock
    )
    try:
        problems = list(shown(verify.verify(done.store)))
        found = status.status(done.store)
    finally:
        done.store.close()
    if done.beside is not None:
        call.warn(words.say("restore.beside", folder=done.beside, count=done.gathered))
    call.warn(words.say("restore.next"))
    return Answer(
        {
            "ok": not problems,
            "problems": problems,
            "incarnation": found.incarnation.hex(),
            "pending": found.pending,
            "gathered": done.gathered,
            "beside": str(done.beside) if done.beside else None,
        },
        REFUSED if problems else DONE,
    )
