"""USCC, resident and permanent resident numbers against published vectors."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.documents import id_or_uscc, permanent_id, resident_id, uscc
from kiosk.model.documents.identity import USCC_ALPHABET

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "vectors.json").read_text(encoding="utf-8"))
TODAY = date(2026, 3, 5)
USCC_OK = [*VECTORS["uscc_ok"], "92533102MA00000159"]
RESIDENT_OK = [*VECTORS["ric_ok"], "533102199001010020"]
PERMANENT_OK = [*VECTORS["pr_ok"], "953104199001010013"]


@pytest.mark.parametrize("code", USCC_OK)
def test_credit_codes_that_are_right(code: str) -> None:
    parsed = uscc(code)
    assert (parsed.value, parsed.problem) == (code, None)


@pytest.mark.parametrize("code", [*VECTORS["uscc_bad"], "91350100M000100Y433", "", "91350100M000100Y4I"])
def test_credit_codes_that_are_wrong(code: str) -> None:
    parsed = uscc(code)
    assert parsed.value is None
    assert parsed.problem is not None


@pytest.mark.parametrize(
    "typed",
    [
        "91350100m000100y43",
        " 91350100 M000100Y 43 ",
        "91350100-M000100Y4-3",
        "９１３５０１００Ｍ０００１００Ｙ４３",
    ],
)
def test_credit_code_is_normalised(typed: str) -> None:
    assert uscc(typed).value == "91350100M000100Y43"


def test_a_real_code_that_fails_may_be_overridden() -> None:
    parsed = uscc("91350203m0001qay9b")
    assert str(parsed.problem) == "The check digit is B; it should be 9."
    assert parsed.parts["overridable"] is True
    assert parsed.parts["normal"] == "91350203M0001QAY9B"


def test_only_a_check_digit_may_be_overridden() -> None:
    for code in ("91440300708461O36T", "91440300708461136", "9135O100M000100Y43", "91AB0100M000100Y43"):
        assert "overridable" not in uscc(code).parts


def test_the_organisation_code_has_a_check_digit_of_its_own() -> None:
    """One letter of it changed: of the 31 last digits one fits the whole, and the organisation code fails."""
    read = [uscc("91350100M000100X4" + last) for last in USCC_ALPHABET]
    inner = [parsed for parsed in read if "place 17" in str(parsed.problem)]
    assert len(inner) == 1
    assert "organisation code (place 17) is 4; it should be" in str(inner[0].problem)
    assert inner[0].parts["overridable"] is True
    assert all(parsed.problem for parsed in read)


def test_forbidden_letters_are_named_with_their_place() -> None:
    assert str(uscc("91440300708461O36T").problem).startswith("“O” at place 15 cannot be")
    assert str(uscc("91440300708461136").problem) == "There should be 18 characters, not 17."
    assert "division" in str(uscc("91AB0100M000100Y43").problem)


def test_parts_of_a_credit_code() -> None:
    assert uscc("91533102MA0000015C").parts == {
        "department": "9",
        "category": "1",
        "division": "533102",
        "organisation": "MA0000015",
        "check_digit": "C",
    }


@given(st.sampled_from(USCC_OK), st.integers(0, 17), st.sampled_from(USCC_ALPHABET))
def test_any_changed_character_of_a_credit_code_is_found(code: str, place: int, character: str) -> None:
    """31 is prime and no weight is a multiple of it."""
    changed = code[:place] + character + code[place + 1 :]
    assert (uscc(changed).problem is None) == (changed == code)


@pytest.mark.parametrize("number", RESIDENT_OK)
def test_resident_numbers_that_are_right(number: str) -> None:
    parsed = resident_id(number, TODAY)
    assert (parsed.value, parsed.problem, parsed.warning) == (number, None, None)


@pytest.mark.parametrize("number", [*VECTORS["ric_bad"], "110105194912310021", "1101051949123100", ""])
def test_resident_numbers_that_are_wrong(number: str) -> None:
    assert resident_id(number, TODAY).problem is not None


def test_parts_of_a_resident_number() -> None:
    parsed = resident_id(" 11010519491231 002x ", TODAY)
    assert parsed.value == "11010519491231002X"
    assert parsed.parts == {
        "division": "110105",
        "birth_date": "1949-12-31",
        "sex": "2",
        "sequence": "002",
        "check_digit": "X",
    }
    assert resident_id("440524188001010014", TODAY).parts["sex"] == "1"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("110102198405069701", None),
        ("11010219840506970X", "The check digit is X; it should be 1."),
        ("110105194913310021", "The birth date in the number is impossible. There is no month 13."),
        ("110105194902300021", "There is no day 30 in February 1949."),
        ("110105202612310021", "The birth date in the number, 31 December 2026, is after today."),
        ("1101051949123100X2", "“X” cannot be"),
        ("11010519491231OO2X", "“O” cannot be"),
    ],
)
def test_reasons_of_a_resident_number(number: str, words: str | None) -> None:
    problem = resident_id(number, TODAY).problem
    assert problem is None if words is None else words in str(problem)


def test_an_unknown_province_is_only_a_warning() -> None:
    read = [resident_id(f"00110219840506970{digit}", TODAY) for digit in "0123456789X"]
    right = [parsed for parsed in read if parsed.problem is None]
    assert len(right) == 1
    assert "province 00" in str(right[0].warning)


def test_a_foreigner_s_number_is_no_resident_number() -> None:
    assert "foreign permanent resident" in str(resident_id("932682198501010017", TODAY).problem)


@pytest.mark.parametrize("number", PERMANENT_OK)
def test_permanent_numbers_that_are_right(number: str) -> None:
    parsed = permanent_id(number, TODAY)
    assert (parsed.value, parsed.problem) == (number, None)


@pytest.mark.parametrize("number", [*VECTORS["pr_bad"], "93268219850101001", "AB1234567890123", ""])
def test_permanent_numbers_that_are_wrong(number: str) -> None:
    assert permanent_id(number, TODAY).problem is not None


def test_parts_of_a_permanent_number() -> None:
    parts = permanent_id("932682198501010017", TODAY).parts
    assert (parts["province"], parts["nationality"]) == ("32", "SAU")
    assert (parts["birth_date"], parts["sex"]) == ("1985-01-01", "1")
    assert permanent_id("953104199001010013", TODAY).parts["nationality"] == "MMR"


def test_the_card_before_2023_is_still_valid() -> None:
    parsed = permanent_id("can 110081080310", TODAY)
    assert (parsed.value, parsed.parts["nationality"]) == ("CAN110081080310", "CAN")
    assert "nationality QQQ" in str(permanent_id("QQQ110081080310", TODAY).warning)


@given(
    st.sampled_from([(resident_id, n) for n in RESIDENT_OK] + [(permanent_id, n) for n in PERMANENT_OK]),
    st.integers(0, 17),
    st.sampled_from("0123456789"),
)
def test_any_changed_digit_of_a_person_s_number_is_found(case, place: int, digit: str) -> None:  # type: ignore[no-untyped-def]
    """11 is prime and no weight is a multiple of it."""
    read, number = case
    changed = number[:place] + digit + number[place + 1 :]
    assert (read(changed, TODAY).problem is None) == (changed == number)


@pytest.mark.parametrize(
    ("number", "kind"),
    [(USCC_OK[0], "uscc"), ("123502001549897397", "uscc"), *((n, "resident-id") for n in RESIDENT_OK)]
    + [(n, "permanent-id") for n in (*PERMANENT_OK, "CAN110081080310")],
)
def test_whichever_number_it_is(number: str, kind: str) -> None:
    parsed = id_or_uscc(number, TODAY)
    assert (parsed.value, parsed.parts["kind"]) == (number, kind)


@pytest.mark.parametrize(
    ("number", "kind", "overridable"),
    [
        ("91350203M0001QAY9B", "uscc", True),
        ("11010219840506970X", "resident-id", None),
        ("932682198501010018", "permanent-id", None),
        ("9353", "uscc", None),
    ],
)
def test_the_problem_is_that_of_the_likeliest_number(
    number: str, kind: str, overridable: bool | None
) -> None:
    parsed = id_or_uscc(number, TODAY)
    assert parsed.problem is not None
    assert (parsed.parts["kind"], parsed.parts.get("overridable")) == (kind, overridable)


@given(st.one_of(st.text(), st.text(alphabet="0123456789X", min_size=18, max_size=18)))
def test_no_text_breaks_them(text: str) -> None:
    for parsed in (uscc(text), resident_id(text, TODAY), permanent_id(text, TODAY), id_or_uscc(text, TODAY)):
        assert (parsed.value is None) == (parsed.problem is not None)
        assert parsed.problem is None or str(parsed.problem)
