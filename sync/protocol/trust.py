"""Which of a city's keys count, and which devices are revoked: whole numbered lists.

Each is signed by the root that every desk holds.

A desk takes a list with any answer, from any stick, or for the asking; one newer list is enough,
however many it slept through, for the root never changes. A lower number says nothing new.

    a sealing key                              a signing key
    the first     desks seal to it             the first    the city signs with it
    listed        the city still opens it      listed       what it signed goes on counting
    not listed    destroyed, or gone with a    lost         somebody may have it: nothing of it
                  server that was put back:                 counts that comes from now on
                  what nobody received is
                  sealed anew from its changes

    envelope of kind "trust"   its content lies open in it: Shown, encoded; `reader` names the root
    a city's                   its newest list; on every stick that it lays, and as the answer to
    a desk's                   its own, alone in an exchange, after `key_gone`; and on its sticks

A city that is shown a list of its root's that it does not remember was put back to before it. It
makes the next list after that one, with a new sealing key, and a new signing key where it lacks the
private half; the lists of two servers of one past meet in the same way.
"""

import hashlib

import msgspec

from sync.protocol.stream import Signed

KEYS_MAX = 64  # of each sort in one list: a sealing key each quarter, gone after three
CLAIMS_BYTES = 10  # nobody makes other claims for one of a device's few thousand letters
REFUSED = "key_gone"  # what a city says to a message that is sealed to none of its keys


class SealKey(msgspec.Struct, frozen=True, array_like=True):
    """An X25519 key that the city opens; `retire` is ms, 0 for the present one."""

    public: bytes
    not_before: int
    retire: int


class SignKey(msgspec.Struct, frozen=True, array_like=True):
    """An Ed25519 key that the city signs or signed with; `retire` is ms, 0 for the present one."""

    public: bytes
    not_before: int
    retire: int
    lost: bool = False


class Revoked(msgspec.Struct, frozen=True, array_like=True):
    """A device that is let in no more, since `at` (ms).

    Where it was `compromised`, somebody may sign letters with one of its letter `keys`: of those
    only the ones that the city has count, whose claims' digests stand in `accepted`, sorted, one
    after another.
    """

    device: bytes
    at: int
    compromised: bool = False
    keys: list[bytes] = []
    accepted: bytes = b""

    def doubts(self, key: bytes, claims: bytes) -> bool:
        """Tell whether a letter of this key, with these encoded claims, is to be asked about."""
        if not self.compromised or key not in self.keys:
            return False
        wanted, size = digest(claims), CLAIMS_BYTES
        places = range(0, len(self.accepted), size)
        return all(self.accepted[at : at + size] != wanted for at in places)


class KeyList(msgspec.Struct, frozen=True):
    """One whole list, newest keys first, in domain "keys"; `made` is ms of the server's clock."""

    number: int
    root: bytes
    made: int
    seals: list[SealKey]
    signs: list[SignKey]
    revoked: list[Revoked] = []


class Handover(msgspec.Struct, frozen=True):
    """The list that retired a signing key, signed by that key in domain "handover"."""

    sign: bytes
    listed: Signed


def digest(claims: bytes) -> bytes:
    """Name the claims of an accepted letter."""
    return hashlib.sha256(b"teras/accepted/1" + claims).digest()[:CLAIMS_BYTES]


class Shown(msgspec.Struct, frozen=True):
    """What an envelope of kind "trust" says; None where its writer has no list yet."""

    keys: Signed | None
