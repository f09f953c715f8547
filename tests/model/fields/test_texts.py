"""Text, names and document numbers."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.model.fields import FIELD_TYPES, Context, Parsed

TODAY = date(2026, 3, 5)


def parse(kind: str, raw: str, **options: object) -> Parsed:
    return FIELD_TYPES[kind].parse(raw, Context(TODAY, options=options))


def reason(kind: str, raw: str, **options: object) -> str:
    return str(parse(kind, raw, **options).problem)


@pytest.mark.parametrize("kind", ["text", "long_text"])
@pytest.mark.parametrize("raw", ["'; DROP TABLE entries; --", "<b>Tom & Co.</b>", "{name} %s", "三号 No. 5"])
def test_text_is_kept_as_it_is(kind: str, raw: str) -> None:
    assert parse(kind, raw).value == raw


def test_text_is_stripped_and_composed() -> None:
    assert parse("text", "\u3000 Cafe\u0301\u200b \ufeff").value == "Café"
    assert parse("text", "a\u00a0b\u3000c").value == "a b c"


def test_each_refusal_has_its_own_sentence() -> None:
    assert reason("text", "abcd", max=3) == "This has 4 characters; at most 3 are allowed."
    assert reason("text", "x" * 201) == "This has 201 characters; at most 200 are allowed."
    assert "control character (U+0007)" in reason("text", "a\x07b")
    assert "control character (U+202E)" in reason("text", "a\u202eb")
    assert "control character (U+D800)" in reason("text", "a\ud800b")
    assert "The picture “😀” cannot be kept" in reason("text", "a😀")
    assert "Zawgyi" in reason("text", "ေအာင္ျမင့္")
    assert "it probably reads: အောင်မြင့်" in reason("text", "ေအာင္ျမင့္")


def test_only_long_text_has_lines() -> None:
    assert parse("long_text", "a\r\nb\rc\n").value == "a\nb\nc"
    assert parse("long_text", "a\tb").value == "a b"
    assert "U+000A" in reason("text", "a\nb")
    assert "U+0009" in reason("text", "a\tb")


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("U", "U"),
        ("  MA  MA   SAN ", "MA MA SAN"),
        ("O’BRIEN", "O'BRIEN"),
        ("ANNA–MARIA", "ANNA-MARIA"),
        ("ＭＡ　ＭＡ　ＳＡＮ", "MA MA SAN"),
        ("Sr. José", "Sr. José"),
    ],
)
def test_names_in_latin(raw: str, normal: str) -> None:
    parsed = parse("name", raw)
    assert (parsed.value, parsed.warning, parsed.parts) == (normal, None, {"script": "latin"})


@pytest.mark.parametrize(("raw", "script"), [("မမဆန်း", "myanmar"), ("麻麻散", "han"), ("Иван", "cyrillic")])
def test_a_name_in_another_script_is_warned_of_in_name_and_not_in_name_native(raw: str, script: str) -> None:
    parsed = parse("name", raw)
    assert (parsed.value, parsed.parts) == (raw, {"script": script})
    assert "not in Latin letters" in str(parsed.warning)
    assert parse("name_native", raw).warning is None


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("MA MA 3", "The name has the digit 3"),
        ("MA၅", "The name has the digit ၅"),
        ("<b>MA</b>", "“<” cannot be in a name"),
        ("x'; DROP TABLE y", "“;” cannot be in a name"),
        ("SAN, MA", "“,” cannot be in a name"),
        ("- '", "A name has letters."),
        ("MA မမ", "Letters of two scripts"),
        ("МA", "Letters of two scripts"),  # a Cyrillic letter that looks Latin
        ("x" * 121, "at most 120"),
    ],
)
def test_what_is_no_name(raw: str, words: str) -> None:
    assert words in reason("name", raw, max=120)
    assert words in reason("name_native", raw, max=120)


def test_burmese_zero_and_seven_in_a_name_are_the_letters_they_look_like() -> None:
    assert parse("name_native", "၀င်း၀င်း").value == "ဝင်းဝင်း"
    assert parse("name_native", "၇ဲထွန်း").value == "ရဲထွန်း"


@pytest.mark.parametrize(("raw", "normal"), [("麻麻散", "麻麻散"), ("玛•丽 亚", "玛·丽亚"), ("〇〇", "〇〇")])
def test_chinese_names(raw: str, normal: str) -> None:
    assert parse("name_han", raw).value == normal


@pytest.mark.parametrize("raw", ["Ma", "麻a", "麻1", "麻,散", "··", "မမ"])
def test_what_is_no_chinese_name(raw: str) -> None:
    assert parse("name_han", raw).problem is not None


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("mf 123-456", "MF123456"),
        ("ＭＦ１２３４５６", "MF123456"),
        ("MF123456<<<", "MF123456"),
        ("၁၂၃၄၅၆", "123456"),
        ("云(瑞)字00123", "云(瑞)字00123"),
        ("မ/၁၂၃", "မ/123"),
    ],
)
def test_document_numbers(raw: str, normal: str) -> None:
    assert parse("document_number", raw, max=20).value == normal


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("12'; DROP", "“'” cannot be in a document number"),
        ("<b>1</b>", "“<” cannot be in a document number"),
        ("12၃", "Digits of two scripts"),
        ("1" * 21, "at most 20"),
        ("/.", "has letters or digits"),
    ],
)
def test_what_is_no_document_number(raw: str, words: str) -> None:
    assert words in reason("document_number", raw, max=20)


def test_staff_numbers() -> None:
    assert parse("staff", " R-01 ").value == "R-01"
    assert parse("staff", "R 01").problem is not None
