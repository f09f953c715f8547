"""`kiosk check KIND VALUE`: one JSON object and an exit status."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from kiosk.__main__ import main
from kiosk.commands.check import KINDS

TD3 = r"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def check(capsys: pytest.CaptureFixture[str], kind: str, value: str) -> tuple[int, dict[str, Any]]:
    status = main(["check", kind, value])
    answer = json.loads(capsys.readouterr().out)
    assert set(answer) == {"kind", "valid", "normal", "parts", "reasons", "warnings"}
    assert answer["valid"] is (status == 0) is (answer["normal"] is not None) is (answer["reasons"] == [])
    return status, answer


@pytest.mark.parametrize(
    ("kind", "value", "normal"),
    [
        ("uscc", "91350100m000100y43", "91350100M000100Y43"),
        ("resident-id", "11010519491231002x", "11010519491231002X"),
        ("permanent-id", "953104199001010013", "953104199001010013"),
        ("nrc", "12/OuKaMa (NAING) 123456", "12/OUKAMA(N)123456"),
        ("nrc", "၁၂/ဉကမ(နိုင်)၁၂၃၄၅၆", "၁၂/ဥကမ(နိုင်)၁၂၃၄၅၆"),
        ("phone", "138 1234 5678", "+8613812345678"),
        ("date", "1990.5", "1990-05"),
        ("date", "20260305", "2026-03-05"),
        ("name", "MA  MA SAN", "MA MA SAN"),
        ("name", "မမဆန်း", "မမဆန်း"),
        ("name", "麻麻散", "麻麻散"),
        ("mrz", TD3, TD3.replace(r"\n", "\n")),
        ("mrz", TD3.replace(r"\n", "\r\n"), TD3.replace(r"\n", "\n")),
    ],
)
def test_valid_values(capsys: pytest.CaptureFixture[str], kind: str, value: str, normal: str) -> None:
    status, answer = check(capsys, kind, value)
    assert (status, answer["kind"], answer["normal"]) == (0, kind, normal)
    assert answer["parts"]


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("uscc", "91350203M0001QAY9B", "The check digit is B; it should be 9."),
        ("resident-id", "11010219840506970X", "The check digit is X; it should be 1."),
        ("permanent-id", "832682198501010017", "A permanent resident's number begins with 9"),
        ("nrc", "15/OUKAMA(N)123456", "The state is “15”"),
        ("phone", "12", "no complete phone number"),
        ("date", "5/3/2026", "type the year first"),
        ("name", "MA 3", "The name has the digit 3"),
        ("name", "ေအာင္ျမင့္", "Zawgyi"),
        ("name", "😀", "picture"),
        ("name", "\udcff", "control character"),
        ("name", "", "Nothing was given."),
        ("mrz", "", "two lines of 44"),
        ("mrz", TD3.lower(), "Caps Lock"),
    ],
)
def test_refused_values(capsys: pytest.CaptureFixture[str], kind: str, value: str, reason: str) -> None:
    status, answer = check(capsys, kind, value)
    assert status == 1
    assert reason in answer["reasons"][0]


def test_parts_of_a_zone(capsys: pytest.CaptureFixture[str]) -> None:
    _, answer = check(capsys, "mrz", TD3)
    parts = answer["parts"]
    assert (parts["kind"], parts["number"], parts["name"]) == ("TD3", "L898902C3", "ERIKSSON ANNA MARIA")
    assert (parts["birth_date"], parts["expiry_date"], parts["sex"]) == ("1974-08-12", "2012-04-15", "2")
    assert [digit["field"] for digit in parts["checks"]] == [
        "number",
        "birth",
        "expiry",
        "optional",
        "composite",
    ]


def test_which_check_digits_of_a_zone_are_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    _, answer = check(capsys, "mrz", TD3.replace("7408122", "7408129"))
    wrong = [digit["field"] for digit in answer["parts"]["checks"] if not digit["right"]]
    assert wrong == ["birth", "composite"]
    assert answer["reasons"][0] == "The check digit of the birth date is 9; it should be 2."


def test_an_override_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    _, answer = check(capsys, "uscc", "91350203m0001qay9b")
    assert (answer["parts"]["overridable"], answer["parts"]["normal"]) == (True, "91350203M0001QAY9B")


def test_a_number_of_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert check(capsys, "document-number", "mb 329-5844")[1]["normal"] == "MB3295844"


def test_each_kind_is_explained_and_can_be_checked(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    page = " ".join(capsys.readouterr().out.split())
    for kind, words in KINDS.items():
        assert f"{kind}: {words}" in page
        assert check(capsys, kind, "")[0] == 1


def test_letters_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "name", "မမဆန်း"])
    assert "မမဆန်း" in capsys.readouterr().out


def test_a_value_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a number need not stand in the history of a shell."""
    monkeypatch.setattr("sys.stdin", io.StringIO(TD3.replace(r"\n", "\n") + "\n"))
    status, _ = check(capsys, "mrz", "-")
    assert status == 0


def test_an_unknown_kind_is_a_mistake_of_use() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["check", "shoe-size", "43"])
    assert caught.value.code == 2
