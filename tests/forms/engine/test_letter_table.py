from forms.engine import catalogue, letter_table, lint


def test_every_letter_has_a_row_in_the_order_of_the_list() -> None:
    rows = lint.table()
    letters = [form for form in catalogue.load().forms.values() if form.letter]

    assert len(rows) == len(letters)
    numbers = [row.number or 1000 for row in rows]
    assert numbers == sorted(numbers)


def test_a_row_says_what_the_letter_asks_beyond_the_identity() -> None:
    (birth,) = [row for row in lint.table() if row.code == "letters/surat_keterangan_kelahiran"]

    assert birth.number == 9
    assert "NIK" not in birth.fields
    assert "Nama anak*" in birth.fields
    assert "Ibu* (perempuan, paling muda 12 tahun)" in birth.parties
    assert "KK asli*" in birth.checklist
    assert birth.sheets == ("F-2.01",)
    assert (birth.validity, birth.minutes) == ("", 30)


def test_the_camat_and_limited_signers_stand_in_the_row() -> None:
    (heirs,) = [row for row in lint.table() if row.number == 46]

    assert heirs.signed_by == "Lurah, Camat (mengetahui)"


def test_the_table_can_be_written_into_a_page() -> None:
    rows = lint.table()

    lines = letter_table.markdown(rows).splitlines()

    assert len(lines) == len(rows) + 2
    assert len({line.count("|") for line in lines}) == 1
    assert lines[0].startswith("| No. | Kode | Surat |")
