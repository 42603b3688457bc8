"""What carries its own proof and was altered is found: keys, epochs, files, values, erasures."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from sync.crypto import stream
from sync.protocol import attachment
from sync.server import city_keys, epochs, erasure, verify
from sync.server.city import City
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR
from tests.sync.server.laptop import Laptop

Enrol = Callable[..., Laptop]
[CHUNK] = stream.seal(b"\xff\xd8\xff a paper", bytes(32))
MANIFEST = attachment.describe([CHUNK])
FILE = attachment.name_of(MANIFEST)


@pytest.fixture
def proven(city: City, enrol: Enrol) -> City:
    """A city with a second list of keys, a second epoch, a file, a NIK and somebody erased."""
    laptop = enrol()
    gone = laptop.resident("SITI RAHMA", nik="9971010101900001")
    laptop.send(gone, laptop.resident("BUDI", nik="9971010101900002"))
    erasure.erase(city, erasure.Asked(gone.id, "permintaan", "pasal 8"), ADMINISTRATOR)
    city_keys.rotate(city, ADMINISTRATOR)
    with city.database.write() as connection:
        epochs.begin(connection, city, by=ADMINISTRATOR)
    given = {"region": city.code, "file": FILE, "office": laptop.welcome.office.id}
    with databases.unguarded(city.database.url) as connection:
        connection.execute(
            text(
                "INSERT INTO attachment (region, digest, office, manifest, size, offered, "
                "received, durable) VALUES (:region, :file, :office, :manifest, 6, 1, 1, 0)"
            ),
            given | {"manifest": MANIFEST},
        )
        connection.execute(
            text("INSERT INTO chunk VALUES (:region, :file, :office, 0, :content)"),
            given | {"content": CHUNK},
        )
    return city


def test_what_is_proven_verifies(proven: City) -> None:
    assert verify.verify(proven) == ()


@pytest.mark.parametrize(
    ("alteration", "code"),
    [
        ("UPDATE key_list SET content = :junk WHERE number = 1", "verify_keys"),
        ("UPDATE key_list SET digest = :junk WHERE number = 2", "verify_keys"),
        ("UPDATE epoch SET parent = :junk WHERE number = 2", "verify_epoch"),
        ("DELETE FROM chunk", "verify_attachment"),
        ("UPDATE chunk SET content = :junk", "verify_attachment"),
        ("UPDATE attachment SET manifest = :junk", "verify_attachment"),
        ("UPDATE identity SET value = '9971010101900009'", "verify_identity"),
        ("UPDATE erasure SET signature = :junk", "verify_erasure"),
        (
            (
                "UPDATE record SET answers = (SELECT answers FROM record WHERE answers <> :empty "
                "AND service = 'residents/resident' LIMIT 1) WHERE answers = :empty"
            ),
            "verify_erased",
        ),
    ],
)
def test_an_altered_proof_is_found(proven: City, alteration: str, code: str) -> None:
    given = {"junk": b"\x80", "empty": b"\x80"}
    said = {name: value for name, value in given.items() if f":{name}" in alteration}
    with databases.unguarded(proven.database.url) as connection:
        connection.execute(text(alteration), said)

    assert code in {problem.code for problem in verify.verify(proven)}
