"""A copy of a laptop becomes a device of its own (sync.protocol.rekey), at the city's word.

split of the present incarnation    new keys are made and kept; the next ask shows them
the life comes                      device id, keys, certificate, incarnation: one transaction
the answer was lost                 the same keys are shown again, the same life comes
split of another incarnation        not meant for us, nothing
"""

import os

import msgspec
from sqlalchemy import Connection

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


class Parting(msgspec.Struct, frozen=True):
    """The keys that were made for a device of our own, and the incarnation it will begin with."""

    keys: DeviceKeys
    incarnation: bytes


def shown(conn: Connection) -> Signed | None:
    """Sign what asks for a device of our own; None where we are no copy."""
    parting = settings.read(conn, "parting", Parting)
    if parting is None:
        return None
    public = parting.keys.public()
    content = Rekey(
        settings.desk(conn).device, public.sign, public.seal, public.letter, parting.incarnation
    )
    return signatures.sign(wire.encode(content), parting.keys.sign, "rekey")


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
            if settings.read(conn, "parting", Parting) is None:
                anew = os.urandom(incarnation.INCARNATION_BYTES)
                settings.write(conn, "parting", Parting(DeviceKeys.make(), anew))
                return True
    return False


def _adopt(store: Store, conn: Connection, parting: Parting, life: Life) -> None:
    """Become the device that the life names; it is checked against the server's own admission."""
    plain = signatures.check(life.admission, store.desk.server.sign, "admission")
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
    incarnation.begin(conn, desk)
    settings.write(conn, "keys", parting.keys)
    settings.write(conn, "admission", life.admission)
    settings.forget(conn, "parting")
