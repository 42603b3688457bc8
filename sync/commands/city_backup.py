"""`server backup`, `nightly` and `restore`: the whole server in one file, and back."""

from pathlib import Path

from forms.engine.problem import Problem
from sync.commands import credential
from sync.commands.call import Answer, Call
from sync.commands.files import check_place
from sync.commands.table import DONE, REFUSED
from sync.commands.trouble import shown


def backup(call: Call) -> Answer:
    """Write a backup that was read back, its keys sealed under the administrator's passphrase."""
    from sync.server import administration
    from sync.server import backup as backups
    from sync.server.city import City

    path = Path(call.options.file)
    check_place(path)
    city = City.open(call.server_dir)
    try:
        who = credential.ask(call)
        name = administration.sign_in(city, who.name, who.passphrase)
        made = backups.backup(city, path, who.passphrase, name)
    finally:
        city.close()
    warned = [] if made.durable else list(shown([Problem("backup_not_apart")]))
    return Answer(
        {
            "ok": True,
            "problems": [],
            "warned": warned,
            "file": str(path),
            "generation": made.number,
            "records": made.records,
            "changes": made.changes,
            "durable": made.durable,
        }
    )


def nightly(call: Call) -> Answer:
    """Make a backup, restore and verify it in a scratch folder, remove the old ones."""
    from sync.server import administration
    from sync.server import nightly as nights
    from sync.server.city import City

    given = call.options
    city = City.open(call.server_dir)
    try:
        who = credential.ask(call)
        name = administration.sign_in(city, who.name, who.passphrase)
        night = nights.spend(city, Path(given.dir), who.passphrase, name, given.nights)
    finally:
        city.close()
    made = night.made
    problems = list(made.flaws)
    if not made.durable and not made.flaws:
        problems.append(Problem("backup_not_apart"))
    return Answer(
        {
            "ok": not problems,
            "problems": list(shown(problems)),
            "file": str(made.file),
            "generation": made.number,
            "records": made.records,
            "changes": made.changes,
            "durable": made.durable,
            "removed": list(night.removed),
        },
        REFUSED if problems else DONE,
    )


def restore(call: Call) -> Answer:
    """Put a backup in the place of the server's folder; desks bring what it lacks."""
    from sync.server import restore as restoring

    who = credential.ask(call)
    done = restoring.restore(call.server_dir, Path(call.options.file), who.name, who.passphrase)
    warned = list(shown([Problem(done.problem)])) if done.problem else []
    return Answer(
        {
            "ok": True,
            "problems": [],
            "warned": warned,
            "epoch": done.epoch.hex(),
            "generation": done.number,
            "backup": str(done.backup) if done.backup else None,
        }
    )
