"""Messages beside batches, pinned: an ask of Rina's, the city's answer to it, a stick's manifest.

Made after the whole story, so the answer has a receipt with verdicts and pages of three streams.
"""

import os
from pathlib import Path

from sync.crypto import envelope
from sync.crypto.parcel import Author, lay
from sync.protocol import wire
from sync.protocol.exchange import Ask
from sync.protocol.stick import Folder
from sync.server import exchange
from sync.server.city import City
from tests.golden import town
from tests.golden.desk import Desk
from tests.golden.index import FOLDER, SUFFIX, index, pinned
from tests.golden.town import RINA
from tests.sync.server.conftest import NOON

MANIFEST = "manifest.trm"


def sealed_ask() -> bytes:
    ask = Ask(
        nonce=town.fixed("nonce"),
        device=RINA.device,
        incarnation=RINA.incarnation,
        cursors=[],
        wanted=[],
        clock=NOON,
    )
    return envelope.seal(
        wire.encode(ask),
        Desk(RINA).header(kind="ask", seq=0),
        sign=RINA.keys.sign,
        reader=town.KEYS.public().seal,
    )


def pin(city: City, stick: Path) -> None:
    """With TERAS_PIN=1, make them anew; `city` has taken the story."""
    if os.environ.get("TERAS_PIN") != "1":
        return
    folder = FOLDER / "messages"
    folder.mkdir(exist_ok=True)
    asked = sealed_ask()
    (folder / f"ask{SUFFIX}").write_bytes(asked)
    (folder / f"answer{SUFFIX}").write_bytes(exchange.exchange(city, [asked]))
    stick.mkdir()
    taken = index().taken[:2]
    author = Author(RINA.keys.sign, RINA.device, envelope.read(asked).header.reader)
    lay(Folder(stick), author, [pinned("taken", one.name) for one in taken])
    [made] = stick.glob("*.trm")
    (folder / MANIFEST).write_bytes(made.read_bytes())
