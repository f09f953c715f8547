"""A request proves its terminal; one that was touched anywhere proves nothing."""

from __future__ import annotations

import base64
import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.sync.signing import BadSignature, Signed, sign
from tests.sync.proving import proved

KEY = Ed25519PrivateKey.generate()
KEYID = "RL01/7K2M"
BODY = b"what was entered"
TARGET = "/v1/push?a=1"


def find_key(keyid: str) -> bytes | None:
    return KEY.public_key().public_bytes_raw() if keyid == KEYID else None


def signed(method: str = "POST", target: str = TARGET, body: bytes = BODY) -> dict[str, str]:
    return sign(method, target, body, KEY, KEYID, 1_770_000_000, "nonce1")


def test_what_was_signed_verifies() -> None:
    headers = signed()
    said = Signed(KEYID, 1_770_000_000, "nonce1", headers["Content-Digest"])
    assert proved("POST", TARGET, headers, BODY, find_key) == said


@pytest.mark.parametrize("created", [-1_000_000_000, 0, 915_148_800, 4_070_908_800])
def test_the_signature_judges_no_time(created: int) -> None:
    headers = sign("GET", "/v1/heads", b"", KEY, KEYID, created, "n")
    assert proved("GET", "/v1/heads", headers, b"", find_key).created == created


def test_the_headers_are_those_of_the_standard() -> None:
    headers = signed()
    digest = base64.b64encode(hashlib.sha256(BODY).digest()).decode()
    assert headers["Content-Digest"] == f"sha-256=:{digest}:"
    assert headers["Signature-Input"] == (
        'kiosk=("@method" "@path" "@query" "content-digest" "kiosk-protocol");created=1770000000;'
        'keyid="RL01/7K2M";alg="ed25519";nonce="nonce1";tag="kiosk"'
    )


def test_the_signature_is_made_over_the_base_of_the_standard() -> None:
    """RFC 9421, section 2.5, written out by hand."""
    headers = signed()
    base = (
        f'"@method": POST\n"@path": /v1/push\n"@query": ?a=1\n"content-digest": {headers["Content-Digest"]}\n'
        f'"kiosk-protocol": 1\n"@signature-params": {headers["Signature-Input"].removeprefix("kiosk=")}'
    )
    signature = base64.b64decode(headers["Signature"].removeprefix("kiosk=:").removesuffix(":"))
    KEY.public_key().verify(signature, base.encode())


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_another_body_is_refused(body: bytes, other: bytes) -> None:
    headers = signed(body=body)
    proved("POST", TARGET, headers, body, find_key)
    if other != body:
        with pytest.raises(BadSignature):
            proved("POST", TARGET, headers, other, find_key)


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("PUT", TARGET),
        ("post", TARGET),
        ("POST", "/v1/pull?a=1"),
        ("POST", "/v1/push"),
        ("POST", "/v1/push?a=2"),
        ("POST", "/v1/push?a=1&b=2"),
        ("POST", "/v1/push?a=1#b"),
        ("POST", "/v1/../v1/push?a=1"),
        ("POST", "/v1/pus%68?a=1"),
        ("POST", "@elsewhere/v1/push?a=1"),
        ("POST", ""),
    ],
)
def test_another_request_is_refused(method: str, target: str) -> None:
    with pytest.raises(BadSignature):
        proved(method, target, signed(), BODY, find_key)


@pytest.mark.parametrize("name", ["Content-Digest", "Signature-Input", "Signature"])
def test_a_missing_header_is_refused(name: str) -> None:
    headers = signed()
    del headers[name]
    with pytest.raises(BadSignature):
        proved("POST", TARGET, headers, BODY, find_key)


def test_the_digest_of_another_body_is_not_signed() -> None:
    headers = signed() | {"Content-Digest": signed(body=b"other")["Content-Digest"]}
    with pytest.raises(BadSignature):
        proved("POST", TARGET, headers, b"other", find_key)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("RL01/7K2M", "RL01/ZZZZ"),
        ("1770000000", "1770000001"),
        ("nonce1", "nonce2"),
        ('tag="kiosk"', 'tag="other"'),
        ('"@query" ', ""),
        (' "content-digest"', ""),
        (' "kiosk-protocol"', ""),
        (';nonce="nonce1"', ""),
        ('alg="ed25519"', 'alg="hmac-sha256"'),
        ("kiosk=", "other="),
    ],
)
def test_changed_parameters_are_refused(old: str, new: str) -> None:
    headers = signed()
    assert old in headers["Signature-Input"]
    headers["Signature-Input"] = headers["Signature-Input"].replace(old, new)
    with pytest.raises(BadSignature):
        proved("POST", TARGET, headers, BODY, find_key)


def without(component: str) -> dict[str, str]:
    """The headers with a signature that holds, over all parts but one."""
    headers = signed()
    params = headers["Signature-Input"].removeprefix("kiosk=").replace(f' "{component}"', "")
    parts = {"content-digest": headers["Content-Digest"], "kiosk-protocol": headers["Kiosk-Protocol"]}
    lines = [f'"{name}": {value}' for name, value in parts.items() if name != component]
    base = "\n".join(
        ['"@method": POST', '"@path": /v1/push', '"@query": ?a=1', *lines, f'"@signature-params": {params}']
    )
    signature = base64.b64encode(KEY.sign(base.encode())).decode()
    return headers | {"Signature-Input": f"kiosk={params}", "Signature": f"kiosk=:{signature}:"}


@pytest.mark.parametrize("component", ["content-digest", "kiosk-protocol"])
def test_a_signature_over_fewer_parts_is_refused_even_where_it_holds(component: str) -> None:
    with pytest.raises(BadSignature):
        proved("POST", TARGET, without(component), BODY, find_key)


def test_a_request_may_name_no_version() -> None:
    headers = without("kiosk-protocol")
    del headers["Kiosk-Protocol"]
    assert proved("POST", TARGET, headers, BODY, find_key).keyid == KEYID
    headers = signed()
    del headers["Kiosk-Protocol"]
    with pytest.raises(BadSignature):
        proved("POST", TARGET, headers, BODY, find_key)


def test_another_key_is_refused() -> None:
    other = Ed25519PrivateKey.generate()
    headers = sign("POST", TARGET, BODY, other, KEYID, 1, "n")
    with pytest.raises(BadSignature):
        proved("POST", TARGET, headers, BODY, find_key)
    headers = sign("POST", TARGET, BODY, other, "RL01/ZZZZ", 1, "n")
    with pytest.raises(BadSignature):
        proved("POST", TARGET, headers, BODY, find_key)


def test_two_signatures_are_refused() -> None:
    headers = signed()
    for name in ("Signature-Input", "Signature"):
        headers[name] += ", " + headers[name].replace("kiosk=", "again=", 1)
    with pytest.raises(BadSignature):
        proved("POST", TARGET, headers, BODY, find_key)


@given(
    st.sampled_from(["Content-Digest", "Signature-Input", "Signature"]),
    st.one_of(st.text(max_size=60), st.text('kios=();":,*-_/0123456789aZ \t', max_size=80)),
)
def test_garbage_in_a_header_is_refused(name: str, garbage: str) -> None:
    headers = signed()
    if garbage.strip(" \t") != headers[name]:
        with pytest.raises(BadSignature):
            proved("POST", TARGET, headers | {name: garbage}, BODY, find_key)


@given(st.data())
def test_a_touched_character_is_refused(data: st.DataObject) -> None:
    """The label and white space stand outside the signature; base64 has spare bits in its last letter."""
    headers = signed()
    name = data.draw(st.sampled_from(["Content-Digest", "Signature-Input"]))
    value = headers[name]
    start = value.index("=") + 1
    at = data.draw(st.integers(start, len(value) - 4))
    new = data.draw(st.sampled_from('aB7/("').filter(lambda letter: letter != value[at]))
    with pytest.raises(BadSignature):
        proved("POST", TARGET, headers | {name: value[:at] + new + value[at + 1 :]}, BODY, find_key)
