"""The way in: a command line is understood, its command called, its answer or trouble put out."""

import signal
import sys
from collections.abc import Sequence
from importlib import import_module

from forms.engine import words
from sync.commands import output
from sync.commands.call import Answer, Call, Upstairs
from sync.commands.parser import Usage, parse
from sync.commands.table import DONE

INTERRUPTED = 128 + signal.SIGINT  # as a shell tells it


def main(argv: Sequence[str], upstairs: Upstairs | None = None) -> int:
    """Do one command line and return its exit status; without a command, open the window."""
    as_json = "--json" in argv
    try:
        options = parse(argv)
        call = Call(options, upstairs)
        if options.function is None:
            return _window(call)
        done = answer(call)
    except SystemExit as ended:  # argparse has shown its help
        return int(ended.code or DONE)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last door: whatever it was, the caller gets its answer and status
        return _refuse(error, as_json=as_json)
    if done.body:
        output.put(done.body, as_json=as_json)
    return done.status


def answer(call: Call) -> Answer:
    """Do the command of a call that has one."""
    module, _, name = call.options.function.partition(":")
    done: Answer = getattr(import_module(f"sync.commands.{module}"), name)(call)
    return done


def _window(call: Call) -> int:
    if call.upstairs is None:
        sys.stderr.write(words.say("window_missing") + "\n")
        return DONE
    return call.upstairs.open(call.data_dir)


def _refuse(error: Exception, *, as_json: bool) -> int:
    from sync.commands.trouble import explained, status_of

    problems = explained(error)
    if isinstance(error, Usage):
        sys.stderr.write(error.hint)
    if as_json:
        output.put({"problems": problems}, as_json=True)
    else:
        output.complain(problems)
    return status_of(error)
