"""F20, on a stick: what no signed manifest names is not there, whatever it looks like."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from forms.engine.problem import Refused
from forms.engine.region import Office
from sync.crypto import keys, parcel, signed
from sync.crypto.parcel import Author
from sync.protocol import parcel as bounds
from sync.protocol import wire
from sync.protocol.parcel import Line, Manifest
from sync.server import administration, offices, revocation
from sync.server.city import City, clock
from sync.store import outbox, status
from sync.store.handle import Store
from tests.sync.client.road import PASSPHRASE, REGION
from tests.sync.faults.carrying import back, files, holding, join, lay, out, save, stick, visit

Enrol = Callable[..., Store]
PORTAL = b"<html><head><title>wifi</title></head><body>Silakan masuk</body></html>"


def strew(place: Path, elsewhere: Path) -> int:
    """Throw in whatever a stick may hold; return how many things that was."""
    names = [f"{number:032x}" for number in range(16)]
    (place / f"{names[0]}.trs").write_bytes(PORTAL)
    (place / "index.html").write_bytes(PORTAL)
    (place / "FOTO KELUARGA.JPG").write_bytes(os.urandom(5_000))
    (place / "autorun.inf").write_text("[autorun]\nopen=teras.exe\n")
    (place / f"{names[1]}.trs").symlink_to(elsewhere)
    (place / f"{names[2]}.trm").symlink_to(elsewhere)
    (place / f"{names[3]}.trs").symlink_to("/dev/zero")
    os.mkfifo(place / f"{names[4]}.trs")
    os.mkfifo(place / f"{names[5]}.trm")
    (place / f"{names[6]}.trm").mkdir()
    shutil.copytree(elsewhere.parent, place / "deeper")
    (place / f"{names[7]}.trs").write_bytes(b"")
    return 12


def test_junk_links_pipes_and_folders_are_counted_and_never_opened(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store, 2)
    out(store, place)
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.copy(files(place, ".trm")[0], outside / "kept.trm")
    junk = strew(place, outside / "kept.trm")

    told = visit(city, place)
    assert (told.taken, told.refused, told.ignored) == (1, [], junk)

    done = back(store, place)
    assert (done.sent, done.refused, done.ignored) == (2, [], junk)


def test_a_huge_sparse_file_is_refused_by_its_size_alone(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store)
    out(store, place)
    for name in (f"{'a' * 32}.trs", f"{'b' * 32}.trm"):
        with (place / name).open("wb") as file:
            file.truncate(1 << 40)

    told = visit(city, place)

    assert told.taken == 1
    assert {(fault.file[:1], fault.code) for fault in told.refused} == {
        ("a", "parcel_too_large"),
        ("b", "parcel_too_large"),
    }
    assert back(store, place).sent == 1


def test_a_portals_page_in_place_of_every_file_marks_nothing(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store)
    out(store, place)
    visit(city, place)
    for path in files(place):
        path.write_bytes(PORTAL)

    told = back(store, place)

    assert (told.sent, told.received) == (0, 0)
    assert status.status(store).pending == 1
    assert visit(city, place).taken == 0


def test_a_parcel_of_another_citys_desk_is_refused_as_such(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    other, area = _other(tmp_path / "other")
    office = Office(b"", "KEL-1", "kelurahan", "Kelurahan Satu", area, (area,))
    offices.add(other, office, "test")
    stranger, place = join(other, tmp_path / "theirs", "Wati", clock), tmp_path / "stick"
    save(stranger)
    out(stranger, place)
    before = holding(city)

    told = visit(city, place)

    assert [fault.code for fault in told.refused] == ["reader_unknown"]
    assert (told.taken, told.wrote, holding(city)) == (0, 0, before)
    visit(other, place)
    ours = back(desk(), place)
    assert (ours.received, ours.files) == (0, 0)
    stranger.close()
    other.close()


def _other(folder: Path) -> tuple[City, str]:
    administration.init(folder, REGION, operator="Lain", passphrase=PASSPHRASE)
    city = City.open(folder)
    return city, city.region.areas.first(city.region.code, "kelurahan")


def test_a_revoked_desks_parcel_and_a_forged_one_are_refused_with_a_code_each(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    revoked, robbed = desk("Rina"), desk("Budi")
    save(revoked)
    save(robbed)
    out(revoked, tmp_path / "stick")
    revocation.revoke(city, revoked.desk.device, "test")
    (frozen,) = outbox.freeze(robbed)
    thief = keys.DeviceKeys.make()
    author = Author(thief.sign, robbed.desk.device, keys.key_id(robbed.desk.server.seal))
    parcel.lay(stick(tmp_path / "stick"), author, [frozen.envelope])
    unknown = Author(thief.sign, bytes(16), keys.key_id(robbed.desk.server.seal))
    parcel.lay(stick(tmp_path / "other"), unknown, [frozen.envelope])

    told = visit(city, tmp_path / "stick")

    assert {fault.code for fault in told.refused} == {"device_revoked", "signature_wrong"}
    assert [fault.code for fault in visit(city, tmp_path / "other").refused] == ["device_unknown"]
    assert told.taken == 0


def _named(store: Store, place: Path, manifest: Manifest) -> None:
    plain = signed.sign(wire.encode(manifest), store.keys.sign, "manifest")
    content = wire.encode(plain)
    (place / f"{bounds.name_of(content).hex()}.trm").write_bytes(content)


@pytest.mark.parametrize(
    ("lines", "version", "code"),
    [
        ([Line(bytes(16), 100, "batch", b"", 0)] * (bounds.FILES_MAX + 1), 1, "parcel_too_many"),
        ([Line(bytes(16), bounds.FILE_MAX + 1, "batch", b"", 0)], 1, "parcel_too_large"),
        ([Line(b"../../etc/passwd", -1, "batch", b"", 0)], 1, "manifest_malformed"),
        ([Line(b"/etc/passwd", 10, "batch", b"", 0)], 1, "manifest_malformed"),
        ([Line(bytes(16), 100, "batch", b"", 0)], 1, "parcel_missing"),
        ([], 2, "manifest_version"),
    ],
)
def test_a_desks_own_signature_does_not_make_a_manifest_sound(
    desk: Enrol, city: City, tmp_path: Path, lines: list[Line], version: int, code: str
) -> None:
    store, place = desk(), tmp_path / "stick"
    stick(place)
    key = store.keys.public().sign
    _named(store, place, Manifest(version, key, store.desk.device, b"", lines))

    assert [fault.code for fault in visit(city, place).refused] == [code]


def test_more_manifests_than_a_stick_may_have_and_too_many_files_are_refused(
    desk: Enrol, city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, place = desk(), tmp_path / "stick"
    stick(place)
    for number in range(bounds.MANIFESTS_MAX + 2):
        (place / f"{number:032x}.trm").write_bytes(b"")
    codes = [fault.code for fault in visit(city, place).refused]
    assert codes.count("parcel_too_many") == 2

    monkeypatch.setattr("sync.protocol.stick.ENTRIES_MAX", 100)
    with pytest.raises(Refused) as told:
        back(store, place)
    assert told.value.problems[0].code == "stick_crowded"


def test_a_file_that_says_another_kind_than_its_line_takes_nothing(
    desk: Enrol, city: City, tmp_path: Path
) -> None:
    store, place = desk(), tmp_path / "stick"
    save(store)
    (frozen,) = outbox.freeze(store)
    lay(store, place, frozen.envelope)
    (manifest,) = (one.manifest for one in parcel.read(stick(place), stick(place).look())[0])
    (line,) = manifest.lines
    files(place, ".trm")[0].unlink()
    key = store.keys.public().sign
    said = Line(line.name, line.size, "ask", line.reader, 0)
    _named(store, place, Manifest(1, key, store.desk.device, b"", [said]))

    told = visit(city, place)

    assert ([fault.code for fault in told.refused], told.taken) == (["envelope_kind"], 0)
