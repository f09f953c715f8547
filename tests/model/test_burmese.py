"""Zawgyi told from Unicode, in words short and long."""

from __future__ import annotations

import pytest

from kiosk.model.burmese import is_zawgyi, to_unicode

PAIRS = [
    ("ေအာင္ျမင့္", "အောင်မြင့်"),
    ("မဂၤလာပါ", "မင်္ဂလာပါ"),
    ("၁၂/ဥကမ(ႏိုင္)၁၂၃၄၅၆", "၁၂/ဥကမ(နိုင်)၁၂၃၄၅၆"),
    ("ဦးေအာင္ေက်ာ္", "ဦးအောင်ကျော်"),
    ("ျမန္မာ", "မြန်မာ"),
    ("ႏွင္းႏွင္းေအး", "နှင်းနှင်းအေး"),
    ("မျမျမဝင္း", "မမြမြဝင်း"),
    ("သီရိစႏၵာ", "သီရိစန္ဒာ"),
    ("ေဒၚၾကည္ၾကည္သန္း", "ဒေါ်ကြည်ကြည်သန်း"),
    ("ဗုဒၶဟူး", "ဗုဒ္ဓဟူး"),
    ("ၿဖိဳးေ၀", "ဖြိုးဝေ"),
    ("ရွင္းသန္႔", "ရှင်းသန့်"),
    ("ထြန္း", "ထွန်း"),
]
# Burmese words that the likelihood model alone takes for Zawgyi, and other languages of its code points
UNICODE = [
    *(unicode for _, unicode in PAIRS),
    "ဘာသာစကား", "မကာဆာ", "ကစဥ", "ကဖစ", "မမဆန်း", "ကျော်", "အမ", "သာသနာ", "ယာယီ",
    "မၤဘျုး", "တၢ်ဘၣ်", "စီၤဖၢ်", "နီၢ်ကလုာ်",  # Karen
    "ၸၢႆးၶမ်းလႅင်း", "ၼၢင်းသႅင်", "လိၵ်ႈတႆး",  # Shan
    "မူဝ်", "မောန်", "ပၟိက်ၟ",  # Mon
    "", "MA MA SAN", "麻麻散", "၁၂၃၄၅၆",
]  # fmt: skip


@pytest.mark.parametrize(("zawgyi", "unicode"), PAIRS)
def test_zawgyi_is_detected_and_converted(zawgyi: str, unicode: str) -> None:
    assert is_zawgyi(zawgyi)
    assert to_unicode(zawgyi) == unicode


@pytest.mark.parametrize("text", UNICODE)
def test_unicode_is_left_alone(text: str) -> None:
    assert not is_zawgyi(text)
