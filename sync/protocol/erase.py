"""Erasing a person: one numbered, gapless list for the whole region, each entry signed by the root.

    before(1) = 32 zero bytes, before(n) = SHA256("teras/erasure/1" | entry n-1)

| of an erased record   | goes                         | stays                                  |
|-----------------------|------------------------------|----------------------------------------|
| each of its changes   | answers, reason, paper, salt | who, when, which act, and the digest:  |
|                       |                              | ids and chains hold                    |
| a letter              | what is printed on it        | number, day, service: the paper is a   |
|                       |                              | fact and its line in the register      |
| a file attached       | its key and all chunks       | nothing                                |
| pages that tell of it | bodies of changes            | rows, chain, and a signature that      |
|                       |                              | covers the changes by their ids        |
| sealed batches        | nothing: nobody can edit one | unreadable, once the city has          |
|                       |                              | destroyed the key                      |

What comes later of an erased record, or of a record whose subject was erased whole, gets the
verdict `erased`: its body is dropped, its number is registered all the same. `extra` of a change is
not erased: no person's data may ever stand in it.

    Answer.erasures     entries after the last one that the ask tells of, of its desk's office
    Welcome.erasures    the first entries of the office: whose pages come with it are shells by them
    Answer.forgot       the city has not the entry that the ask tells of: it was put back
    Ask.erased          Signed(Carried) by the device, domain "erased": what it has carried out
    Ask.erasures        the newest entries of a desk that heard so; what is new in them is entered
"""

import hashlib

import msgspec

from sync.protocol.change import NOBODY, Body, Change, digest

ENTRIES_MAX = 128  # of one answer or ask
RECORDS_MAX = 10_000  # of one entry: a person's life at the counters of a city
BEFORE_FIRST = bytes(32)
ERASED = "erased"  # the verdict

_NOTHING = Body()


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What an archive law keeps of a paper beside its number: its day, as ISO date."""

    change: bytes
    day: str


class Erasure(msgspec.Struct, frozen=True):
    """One entry of the list, in domain "erasure".

    `records` are erased; of those among them in `subjects` also every record that ever names one as
    its subject. `offices` held any of them. `time` is ms, the server's clock; neither `reason` nor
    `ground` names the person.
    """

    number: int
    before: bytes
    records: list[bytes]
    subjects: list[bytes]
    offices: list[bytes]
    papers: list[Kept]
    reason: str
    ground: str
    by: str
    time: int


class Carried(msgspec.Struct, frozen=True):
    """A device has carried out all entries that it was told of, up to this one; by its clock.

    `head` is what an entry behind the last one would name as before it. A city that has another
    entry there begins its list anew for the device: to carry one out twice is harmless.
    """

    device: bytes
    number: int
    head: bytes
    time: int


def forgotten(change: Change) -> Change:
    """Return the change without what may be erased of it; its id is the same."""
    if change.erased:
        return change
    said = digest(change.salt, change.body)
    return msgspec.structs.replace(change, salt=NOBODY, body=_NOTHING, erased=said)


def following(plain: bytes) -> bytes:
    """Return what the next entry names as the one before it."""
    return hashlib.sha256(b"teras/erasure/1" + plain).digest()
