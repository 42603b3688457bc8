"""The second factor of an account: a secret shown once, then codes; and ten codes for a lost phone.

Each code is accepted once: of the six digits only a later step's than the last one, of the others
each is deleted as it is used. Secrets lie wrapped by the secret in the server's folder.
"""

import hashlib
import secrets

from sqlalchemy import Connection, delete, insert, update

from forms.engine.problem import Problem, Refused
from sync.crypto import totp, wrap
from sync.server import accounts, audit
from sync.server.account_tables import account, recovery_code
from sync.server.accounts import Account
from sync.server.city import City

CODES = 10
CODE_SYMBOLS = 16  # of 32 each: 80 bits, which need no slow hash
CODE_GROUP = 4
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
READ_AS = str.maketrans("OIL", "011")
CONTEXT = b"teras/second factor/1"


def propose(city: City, name: str) -> bytes:
    """Give the secret that an account is shown, the same until it is confirmed."""
    with city.database.write() as connection:
        found = accounts.known(connection, city.code, name)
        if found.proposed:
            return _open(city, name, found.proposed)
        secret = totp.make()
        wrapped = wrap.wrap(secret, city.secret(), _context(city, name))
        accounts.change(connection, city.code, name, proposed=wrapped)
    return secret


def confirm(city: City, name: str, typed: str) -> list[str]:
    """Make the proposed secret count, shown by a code of it; return the codes for a lost phone.

    Refused(factor_wrong).
    """
    with city.database.write() as connection:
        found = accounts.known(connection, city.code, name)
        if not found.proposed:
            raise Refused(Problem("factor_wrong", "code"))
        secret = _open(city, name, found.proposed)
        step = totp.accepted(secret, typed, city.now(), found.step)
        if step is None:
            raise Refused(Problem("factor_wrong", "code"))
        return _set(connection, city, name, found.proposed, step)


def give(city: City, name: str, by: str) -> tuple[bytes, list[str]]:
    """Give an account a second factor at once, for who sets it up by command.

    Returns the secret and the codes for a lost phone. Refused(account_unknown).
    """
    secret = totp.make()
    wrapped = wrap.wrap(secret, city.secret(), _context(city, name))
    with city.database.write() as connection:
        accounts.known(connection, city.code, name)
        return secret, _set(connection, city, name, wrapped, 0, by)


def accept(connection: Connection, city: City, found: Account, typed: str) -> bool:
    """Take a code, of the telephone or of the list, and use it up; False for any other."""
    if not found.factor:
        return False
    secret = _open(city, found.name, found.factor)
    step = totp.accepted(secret, typed, city.now(), found.step)
    if step is None:
        return _use(connection, city, found.name, typed)
    # The condition makes sure that of two who come with the same code at once one is let in.
    newer = (account.c.region == city.code) & (account.c.name == found.name)
    taken = connection.execute(
        update(account).where(newer, account.c.step < step).values(step=step)
    )
    return taken.rowcount == 1


def _set(
    connection: Connection, city: City, name: str, wrapped: bytes, step: int, by: str = ""
) -> list[str]:
    accounts.change(connection, city.code, name, factor=wrapped, proposed=None, step=step)
    table = recovery_code
    connection.execute(delete(table).where(table.c.region == city.code, table.c.name == name))
    codes = [_new_code() for _ in range(CODES)]
    rows = [{"region": city.code, "name": name, "hashed": _hashed(code)} for code in codes]
    connection.execute(insert(table), rows)
    audit.note(connection, city, by or name, "factor_set", name=name)
    return codes


def _use(connection: Connection, city: City, name: str, typed: str) -> bool:
    table = recovery_code
    gone = connection.execute(
        delete(table).where(
            table.c.region == city.code, table.c.name == name, table.c.hashed == _hashed(typed)
        )
    )
    if gone.rowcount != 1:
        return False
    audit.note(connection, city, name, "recovery_code_used", name=name)
    return True


def _new_code() -> str:
    symbols = "".join(secrets.choice(ALPHABET) for _ in range(CODE_SYMBOLS))
    parts = (symbols[at : at + CODE_GROUP] for at in range(0, CODE_SYMBOLS, CODE_GROUP))
    return "-".join(parts)


def _hashed(code: str) -> bytes:
    plain = "".join(code.split()).replace("-", "").upper().translate(READ_AS)
    return hashlib.sha256(b"teras/recovery code/1" + plain.encode()).digest()


def _open(city: City, name: str, wrapped: bytes) -> bytes:
    return wrap.unwrap(wrapped, city.secret(), _context(city, name))


def _context(city: City, name: str) -> bytes:
    return CONTEXT + f"\0{city.code}\0{name}".encode()
