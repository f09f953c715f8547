"""`kiosk verify`: a sentence, a JSON object, an exit status, from text, picture, PDF and stdin."""

from __future__ import annotations

import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import cv2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec.structs import replace

from kiosk.__main__ import main
from kiosk.capture.codes import images
from kiosk.printing import render
from kiosk.seal import BEIJING, SealClaims, TrustedKey, TrustList, sign
from tests.office import sample_pack
from tests.printing.slips import CLAIMS, KEY, slip

TODAY = datetime.now(BEIJING).date()
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))


def in_force(**changes: Any) -> SealClaims:
    """Claims of a permit that is valid today, whenever today is."""
    week = timedelta(7)
    signed = datetime.now(BEIJING) - week
    return replace(CLAIMS, valid_from=TODAY - week, valid_to=TODAY + week, issued_at=signed, **changes)


SEAL = sign(in_force(), KEY)
PDF = render(slip("permit", seal=SEAL), sample_pack())


@pytest.fixture
def trust(tmp_path: Path) -> Path:
    path = tmp_path / "trust.json"
    TrustList.of(TrustedKey(KEY.public_key().public_bytes_raw(), "RL01", "7KQ2")).write(path)
    return path


def verify(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, dict[str, Any]]:
    """Exit status, sentence and JSON."""
    status = main(["verify", *map(str, arguments)])
    sentence, line = capsys.readouterr().out.splitlines()
    answer = json.loads(line)
    assert set(answer) == {"status", "valid", "text", "claims"}
    assert answer["text"] == sentence
    assert answer["valid"] is (status == 0) is (answer["status"] == "valid")
    return status, sentence, answer


def test_a_valid_seal_as_text(capsys: pytest.CaptureFixture[str], trust: Path) -> None:
    status, sentence, answer = verify(capsys, "--trust", trust, SEAL)
    assert status == 0
    assert sentence.startswith("Valid: permit RL01-7KQ2-P000012-X of MA MA SAN")
    assert answer["claims"]["valid_to"] == (TODAY + timedelta(7)).isoformat()
    assert set(answer["claims"]) == {
        "number", "profile", "name", "birth_year", "valid_from", "valid_to", "area", "office", "issued_at",
    }  # fmt: skip


@pytest.mark.parametrize("kind", ["pdf", "png", "jpg", "txt"])
def test_a_valid_seal_in_a_file(
    capsys: pytest.CaptureFixture[str], trust: Path, tmp_path: Path, kind: str
) -> None:
    path = tmp_path / f"permit.{kind}"
    if kind == "pdf":
        path.write_bytes(PDF)
    elif kind == "txt":
        path.write_text(f"{SEAL}\n")
    else:
        path.write_bytes(bytes(cv2.imencode(f".{kind}", next(iter(images(PDF))))[1]))
    assert verify(capsys, "--trust", trust, path)[0] == 0


@pytest.mark.parametrize("content", [PDF, f"  {SEAL}\r\n".encode()])
def test_a_valid_seal_through_stdin(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, trust: Path, content: bytes
) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert verify(capsys, "--trust", trust, "-")[0] == 0


def test_each_fault_is_told_apart(capsys: pytest.CaptureFixture[str], trust: Path, tmp_path: Path) -> None:
    void = tmp_path / "void.json"
    TrustList(TrustList.read(trust).keys, {CLAIMS.number: date(2026, 3, 20)}).write(void)
    changed = SEAL[:60] + ("A" if SEAL[60] != "A" else "B") + SEAL[61:]
    expired = sign(replace(CLAIMS, valid_from=date(2020, 1, 1), valid_to=date(2020, 2, 1)), KEY)
    faults = {
        (trust, sign(in_force(), OTHER_KEY)): "unknown_key",
        (trust, changed): "tampered",
        (void, SEAL): "void",
        (trust, expired): "expired",
        (trust, "SW1:NOTHING"): "unreadable",
    }
    for (listed, seal), status in faults.items():
        code, _sentence, answer = verify(capsys, "--trust", listed, seal)
        assert (code, answer["status"]) == (1, status)


def test_a_paper_without_a_seal_or_with_two_is_no_permit(
    capsys: pytest.CaptureFixture[str], trust: Path, tmp_path: Path
) -> None:
    path = tmp_path / "slip.pdf"
    path.write_bytes(render(slip("receipt"), sample_pack()))
    assert verify(capsys, "--trust", trust, path)[2]["text"].startswith("There is no seal here.")
    page = next(iter(images(PDF)))
    other = next(iter(images(render(slip("permit"), sample_pack()))))
    both = tmp_path / "both.png"
    both.write_bytes(bytes(cv2.imencode(".png", cv2.vconcat([page, other]))[1]))
    assert verify(capsys, "--trust", trust, both)[2]["status"] == "unreadable"


def test_without_trust_the_terminals_own_list_is_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, trust: Path
) -> None:
    monkeypatch.setenv("KIOSK_DATA", str(trust.parent))
    assert verify(capsys, SEAL)[0] == 0


def test_a_seal_on_a_picture_of_a_screen_is_read(
    capsys: pytest.CaptureFixture[str], trust: Path, tmp_path: Path
) -> None:
    """There a module of the code is two pixels wide."""
    page = next(iter(images(PDF)))
    small = cv2.resize(page, None, fx=0.27, fy=0.27, interpolation=cv2.INTER_AREA)
    path = tmp_path / "screen.png"
    path.write_bytes(bytes(cv2.imencode(".png", small)[1]))
    assert verify(capsys, "--trust", trust, path)[0] == 0


def test_a_file_that_is_no_picture_and_an_empty_word_are_told_apart(
    capsys: pytest.CaptureFixture[str], trust: Path
) -> None:
    assert main(["verify", "--trust", str(trust), __file__]) == 2
    assert f"{__file__}: This is no picture and no PDF" in capsys.readouterr().err
    assert main(["verify", "--trust", str(trust), ""]) == 2
    assert "Nothing was given." in capsys.readouterr().err


@pytest.mark.parametrize("given", ["nowhere.pdf", "a\0b", "x" * 5000])
def test_what_cannot_be_read_is_status_2(capsys: pytest.CaptureFixture[str], trust: Path, given: str) -> None:
    assert main(["verify", "--trust", str(trust), given]) == 2
    said = "cannot be read" if len(given) > 255 else "There is no file"
    assert said in capsys.readouterr().err


def test_a_terminal_without_a_trust_list_says_how_to_name_one(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("KIOSK_DATA", str(tmp_path))
    assert main(["verify", SEAL]) == 2
    assert "--trust FILE" in capsys.readouterr().err


def test_a_missing_trust_list_is_status_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert main(["verify", "--trust", str(tmp_path / "none.json"), SEAL]) == 2
    assert "no trust list" in capsys.readouterr().err


def test_the_sentence_is_said_in_the_language_asked_for(
    capsys: pytest.CaptureFixture[str], trust: Path
) -> None:
    _status, sentence, answer = verify(capsys, "--trust", trust, "--language", "zh", SEAL)
    assert sentence == sample_pack().translators["zh"](
        "Valid: permit {number} of {name}, until {day}",
        number=CLAIMS.number, name=CLAIMS.name, day=TODAY + timedelta(7),
    )  # fmt: skip
    assert answer["status"] == "valid"
    assert "有效" in sentence
