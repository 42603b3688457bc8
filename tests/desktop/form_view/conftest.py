"""One form with every kind of answer, as its author would write it."""

import datetime as dt

import pytest

from forms.engine.answers import Scene
from forms.engine.areas import Area, Areas
from forms.engine.codes import Choice
from forms.engine.form import Form
from forms.engine.machine import Machine
from forms.engine.spec import Field, FormSpec, MachineSpec

FIVE = tuple(
    Choice(value, label)
    for value, label in zip(
        "abcde", ("Padi", "Jagung", "Kedelai", "Kacang tanah", "Ubi kayu"), strict=True
    )
)

FIELDS = (
    Field(key="nik", kind="nik", label="NIK", required=True, born="tanggal"),
    Field(key="nomor_kk", kind="kk", label="Nomor KK"),
    Field(key="nama", kind="text", label="Nama lengkap", required=True, max=40),
    Field(key="tanggal", kind="date", label="Tanggal lahir", latest="today"),
    Field(key="jam", kind="time", label="Jam"),
    Field(key="anak", kind="number", label="Jumlah anak", min=0, max=20),
    Field(key="gaji", kind="money", label="Penghasilan"),
    Field(key="setahun", kind="money", label="Penghasilan setahun", compute="gaji * 12"),
    Field(key="telepon", kind="phone", label="Telepon"),
    Field(key="menikah", kind="yes_no", label="Sudah menikah"),
    Field(key="pasangan", kind="person", label="Pasangan", visible="menikah"),
    Field(key="kelamin", kind="choice", label="Jenis kelamin", choices="jenis_kelamin"),
    Field(key="tanaman", kind="choice", label="Tanaman", choices=FIVE),
    Field(key="ternak", kind="choices", label="Tanaman lain", choices=FIVE),
    Field(key="kelurahan", kind="region", label="Kelurahan", level="kelurahan"),
    Field(key="letak", kind="place", label="Letak rumah"),
    Field(key="pengantar", kind="attachment", label="Surat pengantar"),
    Field(key="rt", kind="text", label="RT", digits=3),
    Field(key="uraian", kind="paragraph", label="Uraian"),
    Field(key="catatan", kind="note", label="Catatan"),
)


@pytest.fixture(scope="session")
def form() -> Form:
    states = MachineSpec(
        start="active",
        states=("active",),
        create=("petugas",),
        edit=("petugas",),
        editable=("active",),
    )
    spec = FormSpec(code="x/y", title="Coba", version=1, group="x", states=states)
    return Form(spec, (("Bagian", FIELDS),), Machine(states))


@pytest.fixture(scope="session")
def scene() -> Scene:
    areas = Areas(
        [
            Area("99", "Contoh", "provinsi"),
            Area("99.01", "Kota Contoh", "kota"),
            Area("99.01.01", "Harapan", "kecamatan"),
            Area("99.01.01.1001", "Suka Maju", "kelurahan"),
            Area("99.01.01.1002", "Suka Damai", "kelurahan"),
        ]
    )
    return Scene(dt.date(2026, 11, 21), "99.01.01.1001", areas)
