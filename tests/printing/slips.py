"""One slip of each kind, filled with invented facts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.model.slip import SLIP_KINDS, Opinion, Slip
from kiosk.model.text import Text, say
from kiosk.seal import BEIJING, SealClaims, TrustedKey, TrustList, sign
from tests.office import DECISION, EMPLOYER, LODGING, PERSON, portrait, sample_pack

NOW = datetime(2026, 3, 5, 9, 30, tzinfo=BEIJING)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TRUST = TrustList.of(TrustedKey(KEY.public_key().public_bytes_raw(), "RL01", "7KQ2"))
NUMBER = "RL01-7KQ2-P000012-X"
CLEARANCE = {"clearance.valid_from": "2026-03-03", "clearance.valid_to": "2026-09-02"}
FACTS = PERSON | EMPLOYER | LODGING | DECISION | CLEARANCE
CLAIMS = SealClaims(
    number=NUMBER,
    profile="BORDER_TEMP",
    name="MA MA SAN",
    birth_year=1994,
    valid_from=date(2026, 3, 2),
    valid_to=date(2026, 8, 28),
    area=("533102",),
    office="RL01",
    issued_at=NOW,
)
LONG = {
    "name": ("MAUNG MAUNG THEIN HLAING WIN AUNG KYAW ZIN MYO NAING OO SOE " * 2)[:120],
    "name_native": ("မောင်မောင်သိန်းလှိုင်ဝင်းအောင်ကျော်ဇင်မျိုးနိုင်ဦးစိုးမိုးဖြိုး" * 3)[:120],
    "name_zh": "貌貌登莱温昂觉辛妙乃乌梭莫漂" * 4,
}


def slip(kind: str, language: str = "my", **changes: Any) -> Slip:
    """A filled slip; `facts` holds every fact of the case, more than the kind may print."""
    values = COMMON | {"kind": kind, "language": language, **_own(kind), **changes}
    return Slip(**values)


COMMON: dict[str, Any] = {
    "number": NUMBER,
    "issued_at": NOW,
    "name": "MA MA SAN",
    "name_native": "မမစံ",
    "name_zh": "麻麻散",
    "document_tail": "4567",
    "case_number": "RL01-7KQ2-C000031-4",
    "facts": FACTS,
    "operator_name": "李晓梅",
    "window": "3",
}


def _own(kind: str) -> dict[str, Any]:
    """What only this kind says."""
    office, codes = sample_pack().office, sample_pack().codes
    marks = codes["item_marks"]
    reason = next(iter(codes["permit_refusal"].values()))
    values: dict[str, dict[str, Any]] = {
        "application_form": {"forms": ("registration", "lodging", "guarantee"), "provisional": True},
        "opinions": {"opinions": _opinions(), "provisional": True},
        "receipt": {"received_at": NOW, "decide_by": date(2026, 3, 26)},
        "progress": {
            "items": (Text("Passport or border pass"), Text("Proof of lodging")),
            "collect_after": datetime(2026, 3, 9, 9, 0, tzinfo=BEIJING),
            "next_step": "health",
            "next_text": Text(
                "Go to the health post for the health check. Take this slip and your document along."
            ),
            "provisional": True,
        },
        "missing": {
            "items": (
                Text(marks["missing"].label, {"item": Text("Business licence")}),
                Text(marks["unclear"].label, {"item": Text("Passport or border pass")}),
                Text(marks["differs"].label, {"item": Text("Birth date")}),
            )
        },
        "refusal": {
            "items": (Text(reason.label),),
            "ground": Text(str(reason.more["ground"])),
            "remedy": Text(office.texts["remedy_permit_border"]),
            "officer": "陈志远 P001",
        },
        "permit": {
            "title": sample_pack().profiles["BORDER_TEMP"].title,
            "portrait": portrait(),
            "seal": sign(CLAIMS, KEY),
        },
    }
    return values.get(kind, {})


def _opinions() -> tuple[Opinion, ...]:
    return (
        Opinion("Reception", "Registration", Text("Registered"), (), "李晓梅 R001", NOW),
        Opinion("Health post", "Health check", Text("Valid"), (say("{n}", n="2026"),), "周文清 D001", NOW),
        Opinion("Labour department", "Guarantee and work registration"),
    )


KINDS = tuple(SLIP_KINDS)
LANGUAGES = ("zh", "my", "en")
