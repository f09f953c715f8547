"""The machine-readable zone against ICAO's own specimens, and against every way to get it wrong."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.documents import check_digit, full_birth_date, full_expiry_date, mrz_answers, parse_mrz

VECTORS = json.loads((Path(__file__).parents[2] / "data" / "vectors.json").read_text(encoding="utf-8"))
TODAY = date(2026, 3, 5)

TD3 = (
    "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<",
    "L898902C36UTO7408122F1204159ZE184226B<<<<<10",
)
TD3_OLDER = (TD3[0], "L898902C<3UTO6908061F9406236ZE184226B<<<<<14")
TD2_LONG = ("I<UTOSTEVENSON<<PETER<JOHN<<<<<<<<<<", "D23145890<UTO3407127M95071227349<<<8")
TD1_LONG = (
    "I<UTOD23145890<7349<<<<<<<<<<<",
    "3407127M9507122UTO<<<<<<<<<<<2",
    "STEVENSON<<PETER<JOHN<<<<<<<<<",
)
MRV_B = ("V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L898902C<3UTO6908061F9406236ZE184226")
SPECIMENS = [
    *(("TD3", tuple(lines)) for lines in VECTORS["td3"]),
    *(("TD2", tuple(lines)) for lines in VECTORS["td2"]),
    *(("TD1", tuple(lines)) for lines in VECTORS["td1"]),
    *(("MRV-A", tuple(lines)) for lines in VECTORS["mrv"]),
    ("MRV-B", MRV_B),
    ("TD2", TD2_LONG),
]


def zone(*lines: str) -> str:
    return "\n".join(lines)


def wrong_fields(text: str) -> set[str]:
    return {check.field for check in parse_mrz(text).checks if not check.right}


def reasons(text: str) -> list[str]:
    return [str(problem) for problem in parse_mrz(text).problems]


def td3(name: str = TD3[0][5:], issuer: str = "UTO", **fields: str) -> str:
    """A TD3 zone of invented parts with right check digits."""
    f = {
        "number": "L898902C3",
        "nationality": "UTO",
        "birth": "740812",
        "sex": "F",
        "expiry": "120415",
    } | fields
    optional = f.get("optional", "").ljust(14, "<")
    body = f"{f['number']}{check_digit(f['number'])}{f['nationality']}{f['birth']}{check_digit(f['birth'])}"
    body += f"{f['sex']}{f['expiry']}{check_digit(f['expiry'])}{optional}"
    body += f.get("optional_digit", check_digit(optional))
    return zone(f"P<{issuer}{name.ljust(39, '<')}", body + check_digit(body[:10] + body[13:20] + body[21:]))


@pytest.mark.parametrize(("field", "digit"), VECTORS["mrz_field"] + VECTORS["mrz_composite"])
def test_check_digits_published_by_icao(field: str, digit: str) -> None:
    assert check_digit(field) == digit


def test_composite_of_td2_in_appendix_a() -> None:
    assert check_digit("HA672242<658022549601086<<<<<<<") == "8"


@pytest.mark.parametrize(("kind", "lines"), SPECIMENS)
def test_specimens_are_right(kind: str, lines: tuple[str, ...]) -> None:
    mrz = parse_mrz(zone(*lines))
    assert mrz.problems == ()
    assert mrz.kind == kind
    assert all(check.right for check in mrz.checks)
    assert len(mrz.checks) == {"TD3": 5, "MRV-A": 3, "MRV-B": 3}.get(kind, 4)


def test_parts_of_a_passport() -> None:
    mrz = parse_mrz(zone(*TD3))
    assert (mrz.code, mrz.issuer, mrz.number, mrz.nationality) == ("P", "UTO", "L898902C3", "UTO")
    assert (mrz.birth, mrz.sex, mrz.expiry, mrz.optional) == ("740812", "2", "120415", ("ZE184226B",))
    assert (mrz.name, mrz.surname, mrz.given_names) == ("ERIKSSON ANNA MARIA", "ERIKSSON", "ANNA MARIA")
    assert not mrz.truncated


def test_short_number_loses_its_filler() -> None:
    assert parse_mrz(zone(*TD3_OLDER)).number == "L898902C"


@pytest.mark.parametrize("lines", [TD2_LONG, TD1_LONG])
def test_long_document_numbers_go_on_in_the_optional_field(lines: tuple[str, ...]) -> None:
    mrz = parse_mrz(zone(*lines))
    assert mrz.number == "D23145890734"
    assert mrz.checks[0].found == "9"
    assert not any(mrz.optional)


def test_long_number_with_a_wrong_check_digit() -> None:
    assert wrong_fields(zone(TD2_LONG[0], TD2_LONG[1].replace("7349", "7348"))) == {"number", "composite"}


def test_visas_have_no_long_numbers() -> None:
    assert "number" in wrong_fields(zone(MRV_B[0], "D23145890<UTO3407127M95071227349<<<<"))


def test_a_wrong_birth_digit_fails_itself_and_the_composite_only() -> None:
    text = zone(TD3_OLDER[0], TD3_OLDER[1].replace("6908061", "6908069"))
    assert wrong_fields(text) == {"birth", "composite"}
    assert "The check digit of the birth date is 9; it should be 1." in reasons(text)


@pytest.mark.parametrize("digit", ["0", "<"])
def test_position_43_may_be_zero_or_filler_when_nothing_is_optional(digit: str) -> None:
    assert parse_mrz(td3(optional="", optional_digit=digit)).problems == ()


def test_position_43_may_not_be_filler_after_optional_data() -> None:
    assert wrong_fields(td3(optional="ZE184226B", optional_digit="<")) == {"optional"}


@pytest.mark.parametrize(
    ("field", "whole"), [("SATRIYA<SUDARPA", "SATRIYA SUDARPA"), ("ARKFREITH", "ARKFREITH"), ("U", "U")]
)
def test_names_without_a_surname(field: str, whole: str) -> None:
    mrz = parse_mrz(td3(name=field, nationality="MMR"))
    assert mrz.problems == ()
    assert (mrz.name, mrz.given_names) == (whole, "")


def test_a_name_that_fills_its_field_may_be_cut() -> None:
    mrz = parse_mrz(td3(name="NILAVADHANANANDA<<CHAYAPA<DEJTHAMRONG<K"))
    assert mrz.problems == ()
    assert mrz.truncated
    assert "cut off" in str(mrz.warnings[0])


def test_a_name_with_a_digit_or_none_at_all() -> None:
    assert any("digit 3" in reason for reason in reasons(td3(name="ANN3")))
    assert any("no name" in reason for reason in reasons(td3(name="")))


@pytest.mark.parametrize(
    ("birth", "full"),
    [
        ("740812", "1974-08-12"),
        ("260305", "2026-03-05"),
        ("260306", "1926-03-06"),
        ("000229", "2000-02-29"),
        ("7408<<", "1974-08"),
        ("74<<<<", "1974"),
        ("2603<<", "2026-03"),
        ("2604<<", "1926-04"),
        ("<<<<<<", ""),
        ("<<0812", ""),
        ("74<<12", "1974"),
    ],
)
def test_century_and_unknown_parts_of_a_birth_date(birth: str, full: str) -> None:
    assert parse_mrz(td3(birth=birth)).problems == ()
    assert full_birth_date(birth, TODAY) == full


@pytest.mark.parametrize(
    ("expiry", "full"), [("940623", "1994-06-23"), ("760305", "2076-03-05"), ("760306", "1976-03-06")]
)
def test_century_of_an_expiry(expiry: str, full: str) -> None:
    assert full_expiry_date(expiry, TODAY) == full


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"birth": "741312"}, "There is no month 13."),
        ({"birth": "740012"}, "There is no month 0."),
        ({"birth": "750229"}, "There is no day 29 in February 2075."),
        ({"birth": "74<<99"}, "There is no day 99"),
        ({"birth": "74O812"}, "The birth date has the letter “O”"),
        ({"birth": "7408<2"}, "The birth date is incomplete"),
        ({"expiry": "12O415"}, "The expiry date has the letter “O”"),
        ({"expiry": "1204<<"}, "The expiry date is incomplete"),
        ({"expiry": "120431"}, "There is no day 31 in April"),
        ({"sex": "Q"}, "The sex is “Q”"),
        ({"nationality": "ZZZ"}, "The nationality “ZZZ” is not a code"),
        ({"nationality": "<<<"}, "The nationality"),
        ({"issuer": "ZZZ"}, "The issuer “ZZZ” is not a code"),
        ({"number": "<<<<<<<<<"}, "There is no document number."),
    ],
)
def test_fields_that_cannot_be(fields: dict[str, str], words: str) -> None:
    assert any(words in reason for reason in reasons(td3(**fields)))


@pytest.mark.parametrize(
    "nationality", ["XXA", "XXB", "XXC", "XXX", "MMR", "D<<", "DEU", "BUR", "RKS", "UNO"]
)
def test_icao_codes_are_taken(nationality: str) -> None:
    assert parse_mrz(td3(nationality=nationality)).problems == ()


@pytest.mark.parametrize("length", [43, 45])
def test_lines_of_a_wrong_length(length: int) -> None:
    text = zone(TD3[0].ljust(45, "<")[:length], TD3[1])
    assert reasons(text) == [f"Line 1 should have 44 characters, not {length}."]
    assert parse_mrz(zone(TD3[0][:43], TD3[1] + "0")).problems, "88 in all, but cut at a wrong place"


@pytest.mark.parametrize("text", ["", " \n ", "P<UTO", zone(*TD3, *TD3), "P" * 44])
def test_what_is_no_zone_at_all(text: str) -> None:
    assert "two lines of 44 or 36 characters, or three lines of 30" in reasons(text)[0]


def test_lower_case_is_refused_with_the_place() -> None:
    assert "line 1 has “p” at place 1. Is Caps Lock set wrongly?" in reasons(zone(*TD3).lower())[0]


@pytest.mark.parametrize("character", ["-", "é", "၁", "😀", "\x07", "٣"])
def test_other_characters_are_refused(character: str) -> None:
    assert "has only A–Z, 0–9 and <" in reasons(zone(TD3[0], character + TD3[1][1:]))[0]


def test_a_document_code_of_another_kind() -> None:
    assert "begins with P" in reasons(zone("I" + TD3[0][1:], TD3[1]))[0]
    assert "begins with A, C, I" in reasons(zone("P" + TD1_LONG[0][1:], *TD1_LONG[1:]))[0]


@pytest.mark.parametrize(
    "text",
    [
        "\r\n".join(TD3),
        "\r".join(TD3) + "\r",
        "".join(TD3),
        " ".join(TD3),
        f"\n\n {TD3[0]} \n\n\t{TD3[1]}\n",
        f"{TD3[0][:20]} {TD3[0][20:]}\n{TD3[1]}",
        "\x02" + "".join(TD3) + "\r\x03",
        zone(*TD3).replace("<", "＜").replace("P", "Ｐ"),
    ],
)
def test_tolerance_for_what_is_pasted_or_scanned(text: str) -> None:
    assert parse_mrz(text) == parse_mrz(zone(*TD3))


@pytest.mark.parametrize(("kind", "lines"), SPECIMENS)
def test_joined_lines_are_cut_again(kind: str, lines: tuple[str, ...]) -> None:
    assert parse_mrz("".join(lines)).lines == lines


def test_answers_of_a_passport() -> None:
    text = td3(name="MA<MA<SAN", issuer="BUR", nationality="MMR", number="MF1234567", expiry="310415")
    assert mrz_answers(parse_mrz(text), TODAY) == {
        "person.document_type": "passport",
        "person.document_number": "MF1234567",
        "person.document_issuer": "MMR",
        "person.document_expiry": "2031-04-15",
        "person.name": "MA MA SAN",
        "person.sex": "2",
        "person.birth_date": "1974-08-12",
        "person.nationality": "MMR",
    }


def test_answers_leave_out_what_is_unknown_or_not_of_the_document() -> None:
    unknown = mrz_answers(parse_mrz(td3(birth="<<<<<<", sex="<")), TODAY)
    assert "person.birth_date" not in unknown
    assert unknown["person.sex"] == "9"
    visa = mrz_answers(parse_mrz(zone(*MRV_B)), TODAY)
    assert set(visa) == {"person.name", "person.sex", "person.birth_date", "person.nationality"}
    card = mrz_answers(parse_mrz(zone(*TD1_LONG)), TODAY)
    assert "person.document_type" not in card


def test_a_zone_with_problems_answers_nothing() -> None:
    assert mrz_answers(parse_mrz(zone(TD3[0], TD3[1][:-1] + "9")), TODAY) == {}


@given(st.data())
def test_any_changed_digit_under_a_check_digit_is_found(data: st.DataObject) -> None:
    """Weights 7, 3 and 1 share no factor with 10, so no single changed digit escapes."""
    kind, lines = data.draw(st.sampled_from(SPECIMENS))
    spots = [
        (row, column)
        for row, line in enumerate(lines)
        for column, character in enumerate(line)
        if character.isdigit() and not (kind.startswith("MRV") and column > 27)
    ]
    row, column = data.draw(st.sampled_from(spots))
    digit = data.draw(st.sampled_from("0123456789".replace(lines[row][column], "")))
    changed = list(lines)
    changed[row] = lines[row][:column] + digit + lines[row][column + 1 :]
    assert parse_mrz(zone(*changed)).problems


@given(
    st.one_of(
        st.text(),
        st.text(alphabet="ABP<0123456789VI\n", min_size=60, max_size=140),
        st.tuples(*[st.text(alphabet="AP<0179OVI", min_size=44, max_size=44)] * 2).map(lambda t: zone(*t)),
        st.tuples(*[st.text(alphabet="AI<0179O", min_size=30, max_size=30)] * 3).map(lambda t: zone(*t)),
    )
)
def test_no_text_breaks_it(text: str) -> None:
    mrz = parse_mrz(text)
    assert mrz.problems == () or all(str(problem) for problem in mrz.problems)
    if not mrz.problems:
        assert parse_mrz(zone(*mrz.lines)) == mrz
    mrz_answers(mrz, TODAY)


def test_ten_thousand_characters() -> None:
    assert reasons("<" * 10_000) == ["This is far too long for a machine-readable zone."]
