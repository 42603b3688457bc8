"""What the tests of the road share: an office's words, a machine without a keystore, one trip."""

from pathlib import Path

from forms.engine import example
from sync.client import journey
from sync.client.trip import Trip
from sync.store.handle import Store

REGION = Path(__file__).parents[3] / "resources" / "regions" / "kota_contoh.toml"
ADMINISTRATOR = "Pengelola"
PASSPHRASE = "perahu layar putih"
LETTER = "letters/surat_keterangan_usaha"
RESIDENT = "residents/resident"


def go(store: Store) -> Trip:
    """One trip over the real network of this machine."""
    return journey.go(store)


def filled(store: Store, service: str) -> dict[str, object]:
    """The example of a form, as it stands at this office today."""
    form = store.catalogue.form(service)
    return dict(example.fill(form.example, store.scene()))
