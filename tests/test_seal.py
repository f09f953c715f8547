"""The seal: what is signed is read back; everything else is told apart and never valid."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import base45
import cbor2
import pytest
import segno
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.errors import SealError
from kiosk.model.text import Translator
from kiosk.seal import BEIJING, SealClaims, TrustedKey, TrustList, seal_name, sign, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
NOON = datetime(2026, 4, 1, 12, 0, tzinfo=BEIJING)
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"


def trusted(key: Ed25519PrivateKey, **more: object) -> TrustedKey:
    return TrustedKey(key.public_key().public_bytes_raw(), "RL01", "7K", **more)  # type: ignore[arg-type]


def claims(**more: object) -> SealClaims:
    values: dict[str, object] = {
        "number": "RL01-7K-000012-X",
        "profile": "BORDER_TEMP",
        "name": "MA MA SAN",
        "birth_year": 1990,
        "valid_from": date(2026, 3, 5),
        "valid_to": date(2026, 9, 4),
        "area": ("533102",),
        "office": "RL01",
        "issued_at": datetime(2026, 3, 5, 9, 30, tzinfo=BEIJING),
    }
    return SealClaims(**(values | more))  # type: ignore[arg-type]


TRUST = TrustList.of(trusted(KEY))
SEAL = sign(claims(), KEY)


def test_what_was_signed_is_read_back_and_valid() -> None:
    verdict = verify(SEAL, TRUST, NOON)
    assert verdict.status == "valid"
    assert verdict.valid
    assert verdict.claims == claims()


def test_an_everyday_seal_fits_a_qr_code_of_version_nine() -> None:
    code = segno.make(SEAL, error="m", boost_error=False)
    assert code.mode == "alphanumeric"
    assert isinstance(code.version, int)
    assert code.version <= 9


@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (datetime(2026, 3, 4, 23, 59, tzinfo=BEIJING), "not_yet_valid"),
        (datetime(2026, 3, 5, 0, 0, tzinfo=BEIJING), "valid"),
        (datetime(2026, 9, 4, 23, 59, 59, tzinfo=BEIJING), "valid"),
        (datetime(2026, 9, 5, 0, 0, tzinfo=BEIJING), "expired"),
    ],
)
def test_a_permit_ends_at_midnight_of_beijing(moment: datetime, status: str) -> None:
    assert verify(SEAL, TRUST, moment).status == status


def test_a_void_permit_is_void_and_says_since_when() -> None:
    verdict = verify(SEAL, TrustList.of(trusted(KEY), void={"RL01-7K-000012-X": date(2026, 3, 20)}), NOON)
    assert verdict.status == "void"
    assert str(verdict.text) == "Permit RL01-7K-000012-X is void since 20 March 2026"


def test_a_key_outside_the_list_its_days_or_its_office_is_unknown() -> None:
    for trust in (
        TrustList(),
        TrustList.of(trusted(OTHER_KEY)),
        TrustList.of(trusted(KEY, until=date(2026, 3, 4))),
        TrustList.of(trusted(KEY, from_=date(2026, 3, 6))),
        TrustList.of(trusted(KEY, only=frozenset({"RL01-7K-000012-X"}))),  # anything could stand beside it
        TrustList.of(TrustedKey(KEY.public_key().public_bytes_raw(), "ML01", "7K")),
    ):
        verdict = verify(SEAL, trust, NOON)
        assert verdict.status == "unknown_key"
        assert verdict.claims is None


@given(st.data())
def test_a_changed_character_is_never_valid(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(SEAL) - 1))
    other = data.draw(st.sampled_from(ALPHABET).filter(lambda character: character != SEAL[place]))
    changed = SEAL[:place] + other + SEAL[place + 1 :]
    assert verify(changed, TRUST, NOON).status in ("tampered", "unreadable")


@given(st.data())
def test_a_changed_bit_is_never_valid(data: st.DataObject) -> None:
    seal = data.draw(st.sampled_from([SEAL, sign(claims(name="MAUNG MAUNG " * 10), KEY)]))
    prefix, body = seal.split(":", 1)
    octets = bytearray(base45.b45decode(body))
    octets[data.draw(st.integers(0, len(octets) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    changed = f"{prefix}:{base45.b45encode(bytes(octets)).decode()}"
    assert verify(changed, TRUST, NOON).status in ("tampered", "unreadable")


def test_a_changed_name_of_the_key_is_tampering_not_an_unknown_key() -> None:
    message = cbor2.loads(base45.b45decode(SEAL.removeprefix("SW1:")))
    message.value[1][4] = bytes(8)
    changed = "SW1:" + base45.b45encode(cbor2.dumps(message)).decode()
    assert verify(changed, TRUST, NOON).status == "tampered"


def test_another_spelling_of_the_same_message_is_not_accepted() -> None:
    message = cbor2.loads(base45.b45decode(SEAL.removeprefix("SW1:")))
    message.value[1][99] = "smuggled"
    assert (
        verify("SW1:" + base45.b45encode(cbor2.dumps(message)).decode(), TRUST, NOON).status == "unreadable"
    )


@given(
    st.text(max_size=300)
    | st.text(ALPHABET, max_size=300).map("SW1:".__add__)
    | st.binary().map(lambda b: "SW1:" + base45.b45encode(b).decode())
)
def test_anything_else_is_unreadable(payload: str) -> None:
    assert verify(payload, TRUST, NOON).status == "unreadable"


@given(
    name=st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=120),
    days=st.integers(0, 400),
    areas=st.lists(st.text("0123456789", min_size=6, max_size=9), min_size=1, max_size=4),
)
def test_every_seal_stays_in_the_alphabet_and_reads_back(name: str, days: int, areas: list[str]) -> None:
    said = claims(name=name, valid_to=date(2026, 3, 5) + timedelta(days), area=tuple(areas))
    seal = sign(said, KEY)
    assert set(seal) <= set(ALPHABET)
    assert verify(seal, TRUST, datetime(2026, 3, 5, tzinfo=BEIJING)).claims == said


@given(st.integers(0, 10_000))
def test_a_seal_survives_spaces_cut_off_or_put_around(second: int) -> None:
    said = claims(issued_at=datetime(2026, 3, 5, tzinfo=BEIJING) + timedelta(seconds=second))
    seal = sign(said, KEY)
    assert verify(seal.rstrip(), TRUST, NOON).claims == said
    assert verify(f" {seal}\r\n", TRUST, NOON).claims == said


def test_a_long_name_is_deflated_and_a_short_one_is_not() -> None:
    long = claims(name="MAUNG " * 20)
    assert sign(long, KEY).startswith("SW1Z:")
    assert SEAL.startswith("SW1:")
    assert verify(sign(long, KEY), TRUST, NOON).claims == long


def test_the_seal_holds_no_more_than_it_may() -> None:
    signed = cbor2.loads(cbor2.loads(base45.b45decode(SEAL.removeprefix("SW1:"))).value[2])
    assert set(signed) == {1, 2, 4, 5, 6, -65537}
    assert signed[-65537] == ["BORDER_TEMP", "MA MA SAN", 1990, ["533102"]]


def test_a_permit_that_ends_before_it_begins_is_not_sealed() -> None:
    with pytest.raises(SealError):
        sign(claims(valid_to=date(2026, 3, 4)), KEY)


def test_a_trust_list_is_written_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    trust = TrustList.of(
        trusted(KEY, from_=date(2026, 1, 1)), trusted(OTHER_KEY), void={"RL01-7K-000013-2": date(2026, 3, 20)}
    )
    trust.write(path)
    assert TrustList.read(path) == trust
    assert [entry.name for entry in tmp_path.iterdir()] == ["trust.json"]


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"format": "kiosk-trust", "version": 2, "keys": [], "void": []}', "\x00", "null",
     json.dumps({"format": "kiosk-trust", "version": 1, "keys": [{"public": "zz"}], "void": []})],
)  # fmt: skip
def test_a_wrong_trust_list_is_refused_with_its_name(tmp_path: Path, content: str) -> None:
    path = tmp_path / "trust.json"
    path.write_text(content)
    with pytest.raises(SealError, match=r"trust\.json"):
        TrustList.read(path)


def test_a_revoked_key_vouches_for_what_was_known_before_alone(tmp_path: Path) -> None:
    path = tmp_path / "trust.json"
    known = TrustList.of(trusted(KEY, until=date(2026, 3, 5), only=frozenset({seal_name(SEAL)})))
    known.write(path)
    assert TrustList.read(path) == known
    assert verify(SEAL, known, NOON).valid
    backdated = sign(claims(number="RL01-7K-000099-3"), KEY)
    assert verify(backdated, known, NOON).status == "unknown_key"


def test_a_missing_trust_list_says_so(tmp_path: Path) -> None:
    with pytest.raises(SealError, match="no trust list"):
        TrustList.read(tmp_path / "nowhere.json")


def test_a_verdict_is_said_in_the_language_of_who_asks() -> None:
    chinese = Translator("zh", {"Permit {number} expired on {day}": "证件{number}已于{day}到期"})
    verdict = verify(SEAL, TRUST, datetime(2027, 1, 1, tzinfo=BEIJING))
    assert chinese(verdict.text) == "证件RL01-7K-000012-X已于2026年9月4日到期"


def test_a_key_vouches_for_the_very_seals_that_it_names() -> None:
    known = TrustList.of(trusted(KEY, only=frozenset({seal_name(SEAL)})))
    assert verify(SEAL, known, NOON).valid
    changed = sign(claims(name="KO KO"), KEY)
    assert verify(changed, TRUST, NOON).valid
    assert verify(changed, known, NOON).status == "unknown_key"
    assert seal_name(SEAL).startswith("RL01-7K-000012-X ")
    assert TrustList.from_json(known.to_json()) == known
