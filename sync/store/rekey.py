"""A laptop gets new keys, or becomes a device of its own (sync.protocol.rekey).

split of the present incarnation    new keys are made and kept; the next ask shows them
the life comes                      device id, keys, certificate, incarnation: one transaction
the answer was lost                 the same keys are shown again, the same life comes
split of another incarnation        not meant for us, nothing
split, of an ask from before we     the city may have given us the new keys since, and lost is its
asked for new keys                  answer: nothing; the ask that shows them is told it again
keys a year old, or at our word     new keys for the life that we have: the id stays, and so does
                                    what was sealed; asked for twice, the first answer stands
"""

import os

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import signed as signatures
from sync.crypto.keys import DeviceKeys, public_sign
from sync.protocol import wire
from sync.protocol.epoch import Admission
from sync.protocol.exchange import Answer
from sync.protocol.rekey import Life, Rekey
from sync.protocol.stream import Signed
from sync.store import incarnation, settings
from sync.store.handle import Store
from sync.store.statements import Connection

YEAR_MS = 365 * 86_400_000
FORMER_KEYS_MAX = 64  # of one life; one a year, and what was asked for


class Parting(msgspec.Struct, frozen=True):
    """The keys that were made, and the incarnation of the device that is to have them.

    Our present one where it is we ourselves, another for a device of our own. `before` are the
    nonces of asks that did not show the keys yet.
    """

    keys: DeviceKeys
    incarnation: bytes
    before: list[bytes] = []


def shown(conn: Connection) -> Signed | None:
    """Sign what asks for a device of our own; None where we are no copy."""
    parting = settings.read(conn, "parting", Parting)
    if parting is None:
        return None
    device = settings.desk(conn).device
    if incarnation.was_ours(conn, device, parting.incarnation):  # another life began meanwhile
        settings.forget(conn, "parting")
        return None
    public = parting.keys.public()
    content = Rekey(device, public.sign, public.seal, public.letter, parting.incarnation)
    return signatures.sign(wire.encode(content), parting.keys.sign, "rekey")


def renew(store: Store) -> bool:
    """Ask for new keys with the next trip; False where something of that sort is under way."""
    with store.write() as conn:
        if settings.read(conn, "parting", Parting) is not None:
            return False
        asked = settings.read(conn, "nonces", list[bytes]) or []
        settings.write(conn, "parting", Parting(DeviceKeys.make(), store.desk.incarnation, asked))
    return True


def renew_if_old(store: Store) -> None:
    """Ask for new keys where ours are a year old; a clock that is wrong asks too early at worst."""
    made = store.setting("keyed", int)
    if made is None:
        with store.write() as conn:
            settings.write(conn, "keyed", store.now())
    elif store.now() - made >= YEAR_MS:
        renew(store)


def former(conn: Connection) -> list[bytes]:
    """Read the public signing keys that this laptop had before and changed within a life."""
    return settings.read(conn, "signed_by", list[bytes]) or []


def follow(store: Store, answer: Answer) -> bool:
    """Do what an answer to our own ask says of a split; tell whether the next ask is due at once.

    Refused(life_wrong | signature_wrong) for a life that isn't the one we asked for.
    """
    if answer.life is not None:
        with incarnation.renewing(store) as conn:
            parting = settings.read(conn, "parting", Parting)
            if parting is not None:
                _adopt(store, conn, parting, answer.life)
                return True
    elif answer.split == store.desk.incarnation:
        with store.write() as conn:
            under_way = settings.read(conn, "parting", Parting)
            if under_way is None or (
                under_way.incarnation == store.desk.incarnation
                and answer.nonce not in under_way.before
            ):
                anew = os.urandom(incarnation.INCARNATION_BYTES)
                settings.write(conn, "parting", Parting(DeviceKeys.make(), anew))
                return True
    return False


def _adopt(store: Store, conn: Connection, parting: Parting, life: Life) -> None:
    """Become the device that the life names; it is checked against the server's own admission."""
    believed = (store.desk.server.root, *store.desk.signs)  # an earlier city signs by its own key
    plain = signatures.check_any(life.admission, believed, "admission")
    admission = wire.decode(plain, Admission)
    wanted = (life.device, parting.incarnation, public_sign(parting.keys.sign))
    if (admission.device, life.incarnation, admission.sign) != wanted:
        raise Refused(Problem("life_wrong"))
    desk = msgspec.structs.replace(
        store.desk,
        device=life.device,
        incarnation=life.incarnation,
        certificate=life.certificate,
    )
    if (life.device, life.incarnation) == (store.desk.device, store.desk.incarnation):
        settings.write(conn, "desk", desk)
        old = public_sign(store.keys.sign)
        settings.write(conn, "signed_by", [*former(conn), old][-FORMER_KEYS_MAX:])
    else:
        incarnation.begin(conn, desk)
    settings.write(conn, "keys", parting.keys)
    settings.write(conn, "keyed", store.now())
    settings.write(conn, "admission", life.admission)
    settings.forget(conn, "parting")
