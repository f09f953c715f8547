"""The seal of a permit: a signed QR text that anyone with the list of public keys can check offline.

The text is `SW1:` + base45 (RFC 9285) of a CWT (RFC 8392) in a COSE_Sign1 with EdDSA, so it stays in
the alphanumeric alphabet of a QR code. A seal too long for QR version 9 at level M is deflated where that
is shorter: its prefix is `SW1Z:` and the *signed* payload is the deflated claims, for a deflated stream
outside the signature could be changed unseen.

Claims: 1 issuing office, 2 permit number, 4 first second after the permit, 5 first second of it, 6 time
of signing, and -65537 a list of profile, name, year of birth, area codes. Never health, employer,
nationality or NRC. The header names the key by `kid`, the first 8 bytes of the SHA-256 of the public key;
`kid` stands outside the signature, so that a changed `kid` is told apart from an unknown key.

`trust.json`, all that a verifier needs:

    {"format": "kiosk-trust", "version": 1,
     "keys": [{"kid": "16 hex digits", "public": "64 hex digits, the raw Ed25519 key", "office": "RL01",
               "terminal": "7K", "from": "2026-01-01", "until": null}],
     "void": [{"number": "RL01-7K-000012-X", "date": "2026-03-05"}]}

`from` and `until` are days (both included) on which that key may have signed; null is open. A key may also
have `only`: the seals that it vouches for, since whoever has a key can date a seal as he likes. Of a terminal
that was revoked these are the seals that were known before, of one that prints no permits there are none. A
seal is named by its permit's number, a space, and a digest of its signature (`seal_name`): the same number
with another name on it is another seal, and who has the list learns nothing of whom it is about.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import base45
import cbor2
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.errors import SealError
from kiosk.model.text import Text, say

if TYPE_CHECKING:
    from cwt.cose_key_interface import COSEKeyInterface

PLAIN, DEFLATED = "SW1:", "SW1Z:"
BEIJING = timezone(timedelta(hours=8))
ISSUER, SUBJECT, EXPIRES, NOT_BEFORE, ISSUED_AT, DETAILS = 1, 2, 4, 5, 6, -65537
ALGORITHM, KID, EDDSA = 1, 4, -8
COSE_SIGN1 = 18
VERSION_9_M = 262  # characters of the alphanumeric set
LONGEST = 4296  # characters; a QR code cannot hold more
LONGEST_CLAIMS = 10_000  # bytes after inflating


class SealClaims(msgspec.Struct, frozen=True):
    """What a seal says. `name` is the Latin name; `birth_year` 0 is not known."""

    number: str
    profile: str
    name: str
    birth_year: int
    valid_from: date
    valid_to: date
    area: tuple[str, ...]
    office: str
    issued_at: datetime


class TrustedKey(msgspec.Struct, frozen=True):
    """A terminal's public key (32 raw bytes), the days on which it may have signed, and what alone."""

    public: bytes
    office: str
    terminal: str
    from_: date | None = None
    until: date | None = None
    only: frozenset[str] | None = None  # None: any

    def covers(self, claims: SealClaims, signature: bytes) -> bool:
        """Whether this key vouches for a seal of its own."""
        day = _beijing_day(claims.issued_at)
        return (
            (self.from_ is None or self.from_ <= day)
            and (self.until is None or day <= self.until)
            and (self.only is None or _name(claims, signature) in self.only)
        )


class TrustList(msgspec.Struct, frozen=True):
    """Public keys by kid, and permit numbers that are void since a day."""

    keys: Mapping[bytes, TrustedKey] = msgspec.field(default_factory=dict)
    void: Mapping[str, date] = msgspec.field(default_factory=dict)

    @classmethod
    def of(cls, *keys: TrustedKey, void: Mapping[str, date] | None = None) -> TrustList:
        return cls({key_id(key.public): key for key in keys}, void or {})

    @classmethod
    def read(cls, path: Path) -> TrustList:
        """Raises SealError when the file is missing or not a trust list."""
        try:
            return cls.from_json(json.loads(path.read_text(encoding="utf-8")))
        except FileNotFoundError as error:
            raise SealError(say("There is no trust list at {path}", path=path)) from error
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise SealError(say("{path} is not a trust list", path=path)) from error

    @classmethod
    def from_json(cls, content: Any) -> TrustList:
        """Raises ValueError, KeyError, TypeError or AttributeError for anything but a trust list."""
        if content["format"] != "kiosk-trust" or content["version"] != 1:
            raise ValueError(content["version"])
        keys = [
            TrustedKey(
                bytes.fromhex(row["public"]),
                str(row["office"]),
                str(row["terminal"]),
                _day(row.get("from")),
                _day(row.get("until")),
                None if row.get("only") is None else frozenset(map(str, row["only"])),
            )
            for row in content["keys"]
        ]
        return cls.of(
            *keys, void={str(row["number"]): date.fromisoformat(row["date"]) for row in content["void"]}
        )

    def to_json(self) -> dict[str, Any]:
        keys = [
            {
                "kid": kid.hex(),
                "public": key.public.hex(),
                "office": key.office,
                "terminal": key.terminal,
                "from": key.from_ and key.from_.isoformat(),
                "until": key.until and key.until.isoformat(),
                **({} if key.only is None else {"only": sorted(key.only)}),
            }
            for kid, key in self.keys.items()
        ]
        void = [{"number": number, "date": day.isoformat()} for number, day in self.void.items()]
        return {"format": "kiosk-trust", "version": 1, "keys": keys, "void": void}

    def write(self, path: Path) -> None:
        """Replaces the file whole, never half."""
        content = self.to_json()
        beside = path.with_name(path.name + ".new")
        beside.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        beside.replace(path)


class Verdict(msgspec.Struct, frozen=True):
    """`status`: valid, expired, void, not_yet_valid, unknown_key, tampered or unreadable.

    `claims` are there only when the signature held: an unknown key's claims are anybody's words.
    """

    status: str
    text: Text
    claims: SealClaims | None = None

    @property
    def valid(self) -> bool:
        return self.status == "valid"


def key_id(public: bytes) -> bytes:
    """The `kid` of a raw public key."""
    return hashlib.sha256(public).digest()[:8]


def sign(claims: SealClaims, key: Ed25519PrivateKey) -> str:
    """The text of the QR code. Raises SealError when the claims make no sense."""
    from cwt import COSEKey

    if claims.valid_to < claims.valid_from:
        raise SealError(say("The permit ends before it begins"))
    public = key.public_key().public_bytes_raw()
    cose_key = COSEKey.new({1: 1, 3: EDDSA, -1: 6, -2: public, -4: key.private_bytes_raw()})
    body = cbor2.dumps(_to_cbor(claims), canonical=True)
    plain = PLAIN + _signed(body, cose_key, public)
    if len(plain) <= VERSION_9_M:
        return plain
    return min(plain, DEFLATED + _signed(_deflate(body), cose_key, public), key=len)


def _signed(body: bytes, key: COSEKeyInterface, public: bytes) -> str:
    from cwt import COSE

    headers = {"protected": {ALGORITHM: EDDSA}, "unprotected": {KID: key_id(public)}}
    message = COSE.new().encode_and_sign(body, key, **headers)
    return str(base45.b45encode(message), "ascii")


def verify(payload: str, trust: TrustList, now: datetime) -> Verdict:
    """Says what a seal is worth at `now`; never raises for bad input."""
    try:
        prefix, message, kid = _open(payload.strip())
    except Exception:  # anybody's bytes: a CBOR decoder has many ways to say no
        return Verdict("unreadable", say("This is not a seal of a permit, or it cannot be read"))
    known = trust.keys.get(kid)
    if known is None and not any(_holds(message, key.public) for key in trust.keys.values()):
        return Verdict("unknown_key", say("Signed with a key that is not on the trust list"))
    if known is None or not _holds(message, known.public):
        return Verdict("tampered", say("The seal was changed after it was signed"))
    try:
        claims = _from_cbor(_claims_map(prefix, message[2]))
    except Exception:  # a trusted key signed it, but it is no permit
        return Verdict("unreadable", say("This is not a seal of a permit, or it cannot be read"))
    if claims.office != known.office or not known.covers(claims, message[3]):
        return Verdict("unknown_key", say("The key was not allowed to seal this permit"))
    return _in_force(claims, trust, now)


def seals_among(codes: Iterable[str]) -> tuple[str, ...]:
    """Those of the texts on a paper that are seals, or mean to be."""
    return tuple(code for code in codes if code.startswith("SW1"))


def judge(seals: Sequence[str], trust: TrustList, now: datetime) -> Verdict:
    """The verdict on the one seal of a paper; none, or several at once, are not a genuine permit."""
    if not seals:
        return Verdict("unreadable", say("There is no seal here. Only permits carry one, no other slip."))
    if len(seals) > 1:
        return Verdict("unreadable", say("There are {count} seals; check them one by one", count=len(seals)))
    return verify(seals[0], trust, now)


def seal_name(payload: str) -> str:
    """How `TrustedKey.only` names a seal; `payload` is what `sign` wrote."""
    prefix, message, _kid = _open(payload)
    return _name(_from_cbor(_claims_map(prefix, message[2])), message[3])


def _name(claims: SealClaims, signature: bytes) -> str:
    return f"{claims.number} {hashlib.sha256(signature).hexdigest()[:32]}"


def _in_force(claims: SealClaims, trust: TrustList, now: datetime) -> Verdict:
    """The verdict on a seal whose signature holds. A permit ends at 24:00 Beijing time of its last day."""
    today = _beijing_day(now)
    number, name = claims.number, claims.name
    if number in trust.void:
        since = trust.void[number]
        return Verdict(
            "void", say("Permit {number} is void since {since}", number=number, since=since), claims
        )
    if today > claims.valid_to:
        ended = say("Permit {number} expired on {day}", number=number, day=claims.valid_to)
        return Verdict("expired", ended, claims)
    if today < claims.valid_from:
        begins = say("Permit {number} begins only on {day}", number=number, day=claims.valid_from)
        return Verdict("not_yet_valid", begins, claims)
    good = say("Valid: permit {number} of {name}, until {day}", number=number, name=name, day=claims.valid_to)
    return Verdict("valid", good, claims)


def _open(payload: str) -> tuple[str, list[Any], bytes]:
    """Prefix, the COSE_Sign1 array and its kid. Refuses every spelling but the one that `sign` writes."""
    prefix = DEFLATED if payload.startswith(DEFLATED) else PLAIN
    if not payload.startswith(prefix) or len(payload) > LONGEST:
        raise ValueError(prefix)
    data, tag = _message(payload[len(prefix) :])
    message = tag.value
    protected, unprotected, body, signature = message
    kid = unprotected[KID]
    shape = (
        tag.tag == COSE_SIGN1
        and protected == cbor2.dumps({ALGORITHM: EDDSA})
        and set(unprotected) == {KID}
        and isinstance(kid, bytes)
        and isinstance(body, bytes)
        and isinstance(signature, bytes)
    )
    if not shape or cbor2.dumps(tag) != data:
        raise ValueError("not the shape that sign() writes")
    return prefix, list(message), kid


def _message(text: str) -> tuple[bytes, Any]:
    """The bytes and the CBOR in them. A seal may end in spaces, which scanners and people cut off."""
    for cut_off in ("", " ", "  "):
        try:
            data = base45.b45decode((text + cut_off).encode("ascii"))
            return data, cbor2.loads(data)
        except (ValueError, cbor2.CBORError):
            continue
    raise ValueError("no CBOR in base45")


def _holds(message: list[Any], public: bytes) -> bool:
    """True when that key made the signature."""
    from cwt import COSE, COSEKey

    protected, _kid, body, signature = message
    try:
        key = COSEKey.new({1: 1, 3: EDDSA, -1: 6, -2: public})
        COSE.new().decode(cbor2.CBORTag(COSE_SIGN1, [protected, {}, body, signature]), key)
    except Exception:  # whatever the library says, it is not this key's signature
        return False
    return True


def _claims_map(prefix: str, body: bytes) -> dict[int, Any]:
    if prefix == DEFLATED:
        inflater = zlib.decompressobj(wbits=-15)
        body = inflater.decompress(body, LONGEST_CLAIMS)
        if not inflater.eof:
            raise ValueError("too long")
    claims = cbor2.loads(body)
    if not isinstance(claims, dict):
        raise TypeError("not a map of claims")
    return claims


def _deflate(body: bytes) -> bytes:
    deflater = zlib.compressobj(9, wbits=-15)  # raw: no header and no checksum, the signature covers it
    return deflater.compress(body) + deflater.flush()


def _to_cbor(claims: SealClaims) -> dict[int, Any]:
    return {
        ISSUER: claims.office,
        SUBJECT: claims.number,
        NOT_BEFORE: _midnight(claims.valid_from),
        EXPIRES: _midnight(claims.valid_to + timedelta(days=1)),
        ISSUED_AT: int(claims.issued_at.timestamp()),
        DETAILS: [claims.profile, claims.name, claims.birth_year, list(claims.area)],
    }


def _from_cbor(claims: dict[int, Any]) -> SealClaims:
    profile, name, birth_year, area = claims[DETAILS]
    return SealClaims(
        number=str(claims[SUBJECT]),
        profile=str(profile),
        name=str(name),
        birth_year=int(birth_year),
        valid_from=_beijing_day(_time(claims[NOT_BEFORE])),
        valid_to=_beijing_day(_time(claims[EXPIRES] - 1)),
        area=tuple(str(code) for code in area),
        office=str(claims[ISSUER]),
        issued_at=_time(claims[ISSUED_AT]),
    )


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), BEIJING).timestamp())


def _time(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, BEIJING)


def _beijing_day(moment: datetime) -> date:
    return moment.astimezone(BEIJING).date()


def _day(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
