"""The Myanmar registration number in both scripts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.documents import nrc

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "vectors.json").read_text(encoding="utf-8"))
LATIN, BURMESE = "12/OUKAMA(N)123456", "၁၂/ဥကမ(နိုင်)၁၂၃၄၅၆"


@pytest.mark.parametrize("number", VECTORS["nrc_ok"])
def test_numbers_that_are_right(number: str) -> None:
    assert nrc(number).value in (LATIN, BURMESE)


@pytest.mark.parametrize("number", [*VECTORS["nrc_bad"], "12/OUKAMA(N)12345", "KME-123456", "1234567890", ""])
def test_numbers_that_are_wrong(number: str) -> None:
    parsed = nrc(number)
    assert parsed.value is None
    assert parsed.problem is not None


@pytest.mark.parametrize(
    "typed",
    [
        LATIN,
        "12/OuKaMa (NAING) 123456",
        "12 / oukama ( n ) 123-456",
        "１２／ＯＵＫＡＭＡ（Ｎ）１２３４５６",
        "၁၂/OUKAMA(N)၁၂၃၄၅၆",
        "12/OUKAMA{N}123456",
        "12/OUKAMA[N]123456",
        r"12\OUKAMA(N)123456",
        "12/OUKAMA(နိုင်)123456",
    ],
)
def test_latin_normal_form(typed: str) -> None:
    assert nrc(typed).value == LATIN


@pytest.mark.parametrize(
    "typed",
    [
        BURMESE,
        "၁၂/ဉကမ(နိုင်)၁၂၃၄၅၆",  # U+1009
        "၁၂ / ဥကမ (နိုင်) ၁၂၃၄၅၆",
        "12/ဥကမ(နိုင်)123456",
        "၁၂/ဥကမ(နုိင်)၁၂၃၄၅၆",  # u before i
        "၁၂／ဥကမ（နိုင်）၁၂၃၄၅၆",
        "၁၂/ဥကမ(N)၁၂၃၄၅၆",
    ],
)
def test_burmese_normal_form(typed: str) -> None:
    assert nrc(typed).value == BURMESE


def test_both_scripts_compare_by_state_type_and_serial() -> None:
    latin, burmese = nrc(LATIN).parts, nrc(BURMESE).parts
    assert {key: latin[key] for key in ("state", "type", "serial")} == {
        "state": "12",
        "type": "N",
        "serial": "123456",
    }
    assert all(latin[key] == burmese[key] for key in ("state", "type", "serial"))
    assert (latin["township"], burmese["township"]) == ("OUKAMA", "ဥကမ")
    assert (latin["script"], burmese["script"]) == ("latin", "burmese")


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("၁/ပ၀န(နိုင်)၁၂၃၄၅၆", "၁/ပဝန(နိုင်)၁၂၃၄၅၆"),  # zero typed for wa
        ("၁/ပ၇န(နိုင်)၁၂၃၄၅၆", "၁/ပရန(နိုင်)၁၂၃၄၅၆"),  # seven typed for ra
        ("၁/ပဝန(နိုင်)ဝ၂၃၄၅ရ", "၁/ပဝန(နိုင်)၀၂၃၄၅၇"),  # and the other way about
    ],
)
def test_digits_and_letters_that_look_alike(typed: str, normal: str) -> None:
    assert nrc(typed).value == normal


@pytest.mark.parametrize(
    ("kind", "normal"),
    [("E", "E"), ("P", "P"), ("T", "T"), ("TH", "T"), ("Y", "Y"), ("S", "S"), ("NAING", "N")],
)
def test_types_in_latin(kind: str, normal: str) -> None:
    assert nrc(f"13/MASATA({kind})000001").value == f"13/MASATA({normal})000001"


@pytest.mark.parametrize(
    ("word", "letter"), [("ဧည့်", "E"), ("ပြု", "P"), ("သာသနာ", "T"), ("ယာယီ", "Y"), ("စ", "S")]
)
def test_types_in_burmese(word: str, letter: str) -> None:
    parsed = nrc(f"၁၃/မဆတ({word})၀၀၀၀၀၁")
    assert (parsed.value, parsed.parts["type"]) == (f"၁၃/မဆတ({word})၀၀၀၀၀၁", letter)


@pytest.mark.parametrize("state", range(1, 15))
def test_states(state: int) -> None:
    assert nrc(f"{state}/OUKAMA(N)123456").parts["state"] == str(state)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("15/OUKAMA(N)123456", "The state is “15”; it should be a number from 1 to 14."),
        ("0/OUKAMA(N)123456", "The state is “0”; it should be a number from 1 to 14."),
        ("012/OUKAMA(N)123456", "The state is “012”"),
        (
            "12/OKM(N)123456",
            "The township is “OKM”; it should have 6 to 9 Latin letters or 3 Burmese letters.",
        ),
        ("12/OUKAMAXXXX(N)123456", "The township is “OUKAMAXXXX”"),
        ("၁၂/ဥက(နိုင်)၁၂၃၄၅၆", "The township is “ဥက”"),
        ("12/OUKAMA(X)123456", "The type is “X”; it should be one of N, E, P, T, Y, S."),
        ("12/OUKAMA(N)12345", "The serial is “12345”; it should have six digits."),
        ("12/OUKAMA(N)1234567", "The serial is “1234567”"),
        ("12-OUKAMA-123456", "An NRC number is written like 12/OUKAMA(N)123456."),
        ("12/OUKAMA(N)12၃၄56", "Digits of two scripts are mixed"),
        ("၁၂/ဥကမ(နိုင်)123456", "Digits of two scripts are mixed"),
        ("၁၂/ဥကမ(ႏိုင္)၁၂၃၄၅၆", f"it probably reads: {BURMESE}"),  # Zawgyi
    ],
)
def test_reasons(typed: str, reason: str) -> None:
    assert reason in str(nrc(typed).problem)


@given(
    st.one_of(
        st.text(),
        st.text(alphabet="0123456789၁၂၀၇/()NOUKAMAဥကမဝရနိုင်"),
        st.tuples(st.text(max_size=4), st.text(max_size=9), st.text(max_size=5), st.text(max_size=7)).map(
            lambda t: f"{t[0]}/{t[1]}({t[2]}){t[3]}"
        ),
    )
)
def test_no_text_breaks_it_and_normal_forms_stay(text: str) -> None:
    parsed = nrc(text)
    if parsed.problem is None:
        assert nrc(str(parsed.value)) == parsed
    else:
        assert str(parsed.problem)
