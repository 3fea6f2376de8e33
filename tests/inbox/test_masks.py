"""What a screen may show of a citizen's text: patterns, cuts, harmless signs. Pure."""

from __future__ import annotations

import pytest

from inbox.masks import SHOWN_CHARS, Mark, Mask, Segment, gist, harmless, personal, segments, words


def shown(text: str, **options: frozenset[str]) -> str:
    """The text as a screen has it, masks as [type]."""
    return "".join(f"[{p.mask}]" if p.mask else p.text for p in segments(text, personal(text, **options)))


@pytest.mark.parametrize(("text", "expected"), [
    ("NIK saya 3372011208900003", "NIK saya [nik]"),
    ("NIK 3372 0112 0890 0003 ya", "NIK [nik] ya"),
    ("3372.0112.0890.0003", "[nik]"),
    ("3372\u200b0112\u200b0890\u200b0003", "[nik]"),
    ("WA 081234567890", "WA [phone]"),
    ("WA 0812-3456-7890!", "WA [phone]!"),
    ("telepon +62 812 3456 7890", "telepon [phone]"),
    ("surat ke siti.contoh@surat.example.id ya", "surat ke [email] ya"),
    ("kata @tetangga_saya benar", "kata [handle] benar"),
    ("motor AD 4821 KX menabrak", "motor [plate] menabrak"),
    ("mobil B1234XYZ", "mobil [plate]"),
    ("rekening 012345678901", "rekening [number]"),
])
def test_personal_data_is_hidden_even_where_no_recogniser_saw_it(text: str, expected: str) -> None:
    """NIK, phone, e-mail, handle, plate and long numbers never reach a screen by default."""
    assert shown(text) == expected


@pytest.mark.parametrize("text", [
    "RT 02 RW 05 Kampung Sewu", "Jl Slamet Riyadi No 112", "tanggal 21-11-2026 jam 10.30", "biaya Rp 1.500.000.000",
    "KM 12 arah Semarang", "sudah 3 minggu, 40 lubang", "Permendagri 64 tahun 2020", "@", "a@b",
])
def test_what_staff_need_to_work_stays_readable(text: str) -> None:
    """Addresses, dates, amounts and house numbers are no personal data."""
    assert shown(text) == text


def test_an_office_s_own_handle_stays_readable() -> None:
    """Whom the citizen called is part of the matter; who the citizen is, is not."""
    text = "tolong @Pemkot_Contoh. dari @warga_biasa"

    assert shown(text, official=frozenset({"pemkot_contoh"})) == "tolong @Pemkot_Contoh. dari [handle]"


def test_a_stored_span_and_a_pattern_over_the_same_words_make_one_mask() -> None:
    """The reader sees one gap where one number stood."""
    text = "hubungi 081234567890 segera"

    pieces = segments(text, personal(text, [Mask(8, 20, "phone"), Mask(10, 15, "account")]))

    assert pieces == [Segment("hubungi "), Segment("", mask="phone"), Segment(" segera")]


def test_words_that_decided_are_cut_out_with_everything_they_decided() -> None:
    """Overlapping judgements show together, and the text between them is kept to the letter."""
    text = "jalan berlubang di Jebres"

    pieces = segments(text, (), [Mark(0, 15, "topic"), Mark(6, 15, "urgency"), Mark(19, 25, "place")])

    assert "".join(p.text for p in pieces) == text
    assert [p.kinds for p in pieces] == [("topic",), ("topic", "urgency"), (), ("place",)]


def test_a_mask_wins_over_a_highlight() -> None:
    """A number that also decided something stays hidden."""
    text = "lapor 081234567890 rusak"

    pieces = segments(text, personal(text), [Mark(0, 24, "topic")])

    assert [(p.text, p.mask) for p in pieces] == [("lapor ", None), ("", "phone"), (" rusak", None)]


def test_spans_outside_the_text_do_no_harm() -> None:
    """A text that was edited after it was judged has spans that no longer fit."""
    assert segments("pendek", [Mask(90, 99, "nik"), Mask(3, 90, "phone")], [Mark(50, 60, "topic"), Mark(-5, 2, "topic")]) \
        == [Segment("pe", ("topic",)), Segment("n"), Segment("", mask="phone")]


def test_a_list_of_reasons_never_quotes_personal_data() -> None:
    """The reason card shows the words that decided, but none that touch a mask."""
    text = "jatuh di depan rumah 081234567890"
    hidden = personal(text)

    assert words(text, 0, 5, hidden) == "jatuh"
    assert words(text, 15, 33, hidden) == ""
    assert words(text, 5, 99, hidden) == ""


@pytest.mark.parametrize(("text", "expected"), [
    ("jalan\u202egnabulreb", "jalangnabulreb"), ("a\u2066b\u2069c\u200ed\u061ce", "abcde"), ("nol\x00\x07\x1b[31m", "nol[31m"),
    ("rusak\u200b\ufeff", "rusak"), ("baris\u2028dua", "baris\ndua"), ("\ud83d tanpa pasangan", " tanpa pasangan"),
    ("e\u0301" + "\u0336" * 40, "\u00e9" + "\u0336" * 2), ("👩\u200d👩\u200d👧 baris\nbaru", "👩\u200d👩\u200d👧 baris\nbaru"),
])
def test_signs_that_change_how_the_rest_is_shown_are_dropped(text: str, expected: str) -> None:
    """Right-to-left tricks, control and zero-width signs and piled accents are gone; emoji and lines stay."""
    assert harmless(text) == expected


def test_only_five_thousand_signs_are_shown() -> None:
    """A huge post does not make a huge page; the stored original stays whole."""
    text = "x " * 10_000

    assert sum(len(p.text) for p in segments(text)) == SHOWN_CHARS


def test_the_gist_is_one_masked_line() -> None:
    """A row shows the beginning on one line, its data hidden, with a sign that more follows."""
    pieces = gist("baris satu\n\nhubungi 081234567890 " + "lagi " * 100)

    line = "".join("[x]" if p.mask else p.text for p in pieces)
    assert line.startswith("baris satu hubungi [x] lagi lagi")
    assert line.endswith("…")
    assert "\n" not in line
