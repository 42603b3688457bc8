"""Invented residents for the benchmarks: the same ones from the same seed, with many rare names."""

import random
from collections.abc import Iterator
from itertools import accumulate

from sync.store.search import Entry

COMMON = """
muhammad siti nur ahmad dewi sri agus budi eko rina yanti putri indah lestari wahyu joko bambang
slamet sutrisno hidayat rahmat saleh aminah fatimah khadijah aisyah zainal arifin abdul rahman yusuf
ibrahim ismail hasan husein kurniawan santoso wibowo saputra pratama nugroho setiawan gunawan
hermawan susanto suhendar simanjuntak nasution harahap siregar lubis situmorang tanjung halim wijaya
kusuma permata ramadhan maulana fauzi rizki fajar dimas gilang hendra irawan mulyadi supriyadi
suparman sulastri kartini wulan ratna ratih melati anisa nabila zahra mariam halimah rohmah tuti iis
euis neneng asep ujang cecep dadang dedi endang yayan yoyoh eneng maman engkos ketut wayan made
nyoman putu gede komang bayu galih rangga satria teguh tri dwi utami rahayu ningsih wati astuti
handayani purnama sari anggraini safitri oktaviani novitasari febrianti marlina rosdiana chairul
mochamad m moh
"""
SYLLABLES = """
ba be bi bo bu da de di do du ga gi gu ha he hi ja ji jo ka ki ko ku la le li lo lu ma mi mo mu na
ni no nu pa pi ra ri ro ru sa se si so su ta te ti to tu wa wi ya yo yu za
"""
ENDINGS = "n r ng h s t l m ndi nto rni wan wati tika dya"
STREETS = "melati mawar kenanga anggrek flamboyan cempaka dahlia teratai kamboja seruni palem"


def vocabulary(chance: random.Random, size: int) -> list[str]:
    """Return common names followed by some `size` rare ones."""
    syllables, endings = SYLLABLES.split(), ENDINGS.split()
    rare = {
        "".join(chance.choices(syllables, k=chance.randint(1, 3))) + chance.choice(endings)
        for _ in range(size)
    }
    return [*COMMON.split(), *sorted(rare)]


def people(count: int, *, seed: int = 1) -> Iterator[Entry]:
    """Yield residents as the search is given them; the frequency of names falls with their rank."""
    chance = random.Random(seed)
    names = vocabulary(chance, size=max(2000, count // 10))
    weights = list(accumulate(1 / (rank + 8) for rank in range(len(names))))
    for _ in range(count):
        words = chance.choices(names, cum_weights=weights, k=chance.choice((1, 2, 2, 2, 3, 3, 4)))
        nik = _identity(chance, day_more=chance.choice((0, 40)))
        street = f"JL. {chance.choice(STREETS.split()).upper()} NO. {chance.randint(1, 200)}"
        yield Entry(
            record=chance.randbytes(16),
            service="residents/resident",
            title=" ".join(words).upper(),
            detail=f"{nik} · {street}",
            numbers=(nik, _identity(chance), f"08{chance.randint(10**8, 10**10 - 1)}"),
            text=street,
        )


def _identity(chance: random.Random, *, day_more: int = 0) -> str:
    region = f"99{chance.randint(1, 12):02}{chance.randint(1, 13):02}"
    day, month = chance.randint(1, 28) + day_more, chance.randint(1, 12)
    return f"{region}{day:02}{month:02}{chance.randint(0, 99):02}{chance.randint(1, 9999):04}"
