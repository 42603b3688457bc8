"""Who acts: the operator's name and passphrase, from the environment, a file of it, or a prompt."""

import getpass
import sys
from pathlib import Path
from typing import NamedTuple

from forms.engine import words
from forms.engine.problem import Locked
from sync.commands.call import Call

NAME = "TERAS_OPERATOR"
PASSPHRASE = "TERAS_PASSPHRASE"  # noqa: S105 - the variable's name, not a secret
PASSPHRASE_FILE = "TERAS_PASSPHRASE_FILE"  # noqa: S105 - the same; for who starts us by a clock
NEW_PASSPHRASE = "TERAS_NEW_PASSPHRASE"  # noqa: S105 - the same
CERTIFICATE_PASSPHRASE = "TERAS_CERTIFICATE_PASSPHRASE"  # noqa: S105 - the same


class Credential(NamedTuple):
    """An operator's name and passphrase."""

    name: str
    passphrase: str


def ask(call: Call, name: str = "") -> Credential:
    """Take the operator's name, unless it is given, and passphrase; Locked if nobody says them."""
    name = name or call.environ.get(NAME) or _line("ask_operator")
    given = call.environ.get(PASSPHRASE) or _from_file(call)
    return Credential(name, given or _secret("ask_passphrase"))


def ask_new(call: Call, variable: str = NEW_PASSPHRASE) -> str:
    """Take a passphrase that is to be set: from the environment, or typed twice."""
    given = call.environ.get(variable)
    if given:
        return given
    first = _secret("ask_new_passphrase")
    if sys.stdin.isatty() and _secret("ask_again") != first:
        raise Locked("passphrase_differs")
    return first


def ask_certificate(call: Call) -> str:
    """Take the passphrase of the office's certificate; it may be empty in the environment."""
    given = call.environ.get(CERTIFICATE_PASSPHRASE)
    return _secret("ask_certificate") if given is None else given


def _from_file(call: Call) -> str:
    """Read the first line of the file that is named; Locked where it can't be read."""
    path = call.environ.get(PASSPHRASE_FILE)
    if not path:
        return ""
    try:
        return Path(path).read_text("utf-8").partition("\n")[0].rstrip("\r")
    except (OSError, UnicodeDecodeError) as error:
        raise Locked("passphrase_missing") from error


def _secret(prompt: str) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(words.say(prompt) + " ", stream=sys.stderr)
    return _line(prompt)


def _line(prompt: str) -> str:
    sys.stderr.write(words.say(prompt) + " ")
    sys.stderr.flush()
    # Bytes, since answers may follow on the same stdin and a text reader would swallow some.
    line = sys.stdin.buffer.readline().decode("utf-8", "replace").rstrip("\r\n")
    if not line:
        raise Locked("passphrase_missing")
    return line
