"""What a laptop says of itself with each ask, for administrators: nothing is decided by it.

A laptop in other hands says what it likes; so it is shown as the laptop's own word, with its time.
"""

from typing import Annotated, Literal

import msgspec

from sync.protocol import wire

VERSION = "2026.11"  # of this program; pyproject.toml says the same
TEXT_MAX = 60

# Whether the disk that holds the data folder is encrypted by its system, as far as can be told.
Disk = Literal["sealed", "open", "unknown"]
Text = Annotated[str, msgspec.Meta(max_length=TEXT_MAX)]


class Standing(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a laptop stands.

    `pending` changes have no receipt, the oldest of them `age` ms old; `keystore` says that a part
    of the store's key lies in the system's keystore, so that a copied folder does not open.
    """

    pending: wire.Count = 0
    age: wire.Count = 0
    version: Text = ""
    system: Text = ""
    keystore: bool = False
    disk: Disk = "unknown"
