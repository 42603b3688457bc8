import os
import signal
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from forms.engine.problem import Locked, Refused
from sync.crypto.keys import DeviceKeys
from sync.store import open as door
from sync.store import schema
from sync.store.engine import opened
from sync.store.handle import FILE, SLOTS, Store
from sync.store.slot_file import SlotFile
from tests.sync.store.laptop import (
    OPERATOR,
    PASSPHRASE,
    City,
    Clock,
    Desk,
    MemoryKeystore,
    make_welcome,
)


def code_of(refusal: pytest.ExceptionInfo[Refused]) -> str:
    return refusal.value.problems[0].code


def test_a_store_opens_for_its_operator_with_what_enrolment_brought(store: Store) -> None:
    assert store.operator.name == OPERATOR
    assert store.operator.roles == ("kepala",)
    assert store.office.code == "KEL-KENANGA"
    assert store.region.areas.knows(store.office.area)


def test_a_name_is_known_however_it_is_spaced_and_cased(desk: Desk) -> None:
    desk.unlock("  rahayu   KANARI ").close()


@pytest.mark.parametrize(
    ("operator", "passphrase"), [(OPERATOR, "sepeda merah di kebun"), ("Orang Lain", PASSPHRASE)]
)
def test_a_wrong_name_or_passphrase_is_locked_out(
    desk: Desk, operator: str, passphrase: str
) -> None:
    with pytest.raises(Locked):
        desk.unlock(operator, passphrase)

    desk.unlock().close()


def test_a_folder_without_a_store_says_so(tmp_path: Path, desk: Desk) -> None:
    desk.folder = tmp_path / "elsewhere"

    with pytest.raises(Refused) as refusal:
        desk.unlock()

    assert code_of(refusal) == "store_missing"


def test_a_second_start_on_one_folder_is_refused(desk: Desk, store: Store) -> None:
    with pytest.raises(Refused) as refusal:
        desk.unlock()

    assert code_of(refusal) == "store_busy"


def test_a_lock_dies_with_its_process(desk: Desk) -> None:
    hold = (
        "import sys, time; from pathlib import Path; from sync.protocol.lock import Lock\n"
        "lock = Lock.take(Path(sys.argv[1]), 'store_busy')\n"
        "print('held', flush=True); time.sleep(600)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", hold, str(desk.folder)], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(Refused) as refusal:
        desk.unlock()
    assert code_of(refusal) == "store_busy"

    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()

    desk.unlock().close()


def test_a_store_of_a_later_version_is_left_alone(desk: Desk) -> None:
    with desk.unlock() as store, store.write() as conn:
        conn.exec_driver_sql(f"PRAGMA user_version = {schema.SCHEMA + 1}")

    with pytest.raises(Refused) as refusal:
        desk.unlock()

    assert code_of(refusal) == "store_newer"


def test_a_damaged_file_is_told_from_a_wrong_passphrase(desk: Desk) -> None:
    path = desk.folder / FILE
    size = path.stat().st_size
    with path.open("r+b") as file:
        for place in range(0, size, 2048):
            file.seek(place)
            file.write(os.urandom(64))

    with pytest.raises(Refused) as refusal:
        desk.unlock()

    assert code_of(refusal) == "store_damaged"


def test_damaged_slots_are_told(desk: Desk) -> None:
    (desk.folder / SLOTS).write_bytes(b"nothing of ours")

    with pytest.raises(Refused) as refusal:
        desk.unlock()

    assert code_of(refusal) == "slots_damaged"


def test_a_copied_folder_alone_opens_nothing_where_there_is_a_keystore(desk: Desk) -> None:
    desk.keystore = MemoryKeystore()

    with pytest.raises(Locked):
        desk.unlock()


def make(folder: Path, passphrase: str = PASSPHRASE, *, keystore: bool = True) -> Store:
    keys, incarnation, city = DeviceKeys.make(), os.urandom(8), City(os.urandom(16))
    return door.create(
        folder,
        make_welcome(city, keys, incarnation),
        keys,
        incarnation,
        OPERATOR,
        passphrase,
        keystore=MemoryKeystore(works=keystore),
        now=Clock(),
    )


def test_without_a_keystore_the_passphrase_alone_opens_the_store(tmp_path: Path) -> None:
    make(tmp_path / "data", keystore=False).close()

    assert SlotFile.read(tmp_path / "data").kept_as == ""
    door.unlock(
        tmp_path / "data",
        OPERATOR,
        PASSPHRASE,
        keystore=MemoryKeystore(works=False),
        now=Clock(),
    ).close()


def test_a_weak_passphrase_makes_no_store(tmp_path: Path) -> None:
    with pytest.raises(Refused) as refusal:
        make(tmp_path / "data", "short")

    assert code_of(refusal) == "passphrase_short"
    assert not (tmp_path / "data").exists()


def test_a_store_is_not_made_over_another(desk: Desk) -> None:
    with pytest.raises(Refused) as refusal:
        make(desk.folder)

    assert code_of(refusal) == "store_exists"
    desk.unlock().close()


def test_an_enrolment_that_was_cut_short_is_simply_repeated(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    opened(folder / FILE, os.urandom(32)).close()

    make(folder).close()

    assert (folder / SLOTS).exists()


def test_a_welcome_that_was_forged_leaves_nothing_behind(tmp_path: Path) -> None:
    keys, incarnation, city = DeviceKeys.make(), os.urandom(8), City(os.urandom(16))
    welcome = make_welcome(city, keys, incarnation)
    city.keys = type(city.keys).make()
    forged = make_welcome(city, keys, incarnation)
    mixed = msgspec.structs.replace(welcome, pages=forged.pages)

    with pytest.raises(Refused) as refusal:
        door.create(
            tmp_path / "data",
            mixed,
            keys,
            incarnation,
            OPERATOR,
            PASSPHRASE,
            keystore=MemoryKeystore(),
            now=Clock(),
        )

    assert code_of(refusal) == "signature_wrong"
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["lock"]
