"""Phones of China, Myanmar and the rest of the world in E.164."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.documents import phone
from kiosk.model.documents.phones import grouped


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("13812345678", "+8613812345678"),
        ("138 1234 5678", "+8613812345678"),
        ("+86 138-1234-5678", "+8613812345678"),
        ("008613812345678", "+8613812345678"),
        ("８６１３８１２３４５６７８", "+8613812345678"),
        ("19912345678", "+8619912345678"),
        ("0912345678", "+95912345678"),
        ("09 123 4567", "+9591234567"),
        ("09123456789", "+959123456789"),
        ("+959123456789", "+959123456789"),
        ("+95 (0)9 123456789", "+959123456789"),
        ("၀၉၁၂၃၄၅၆၇၈၉", "+959123456789"),
        ("0692-4141234", "+866924141234"),
        ("+66 81 234 5678", "+66812345678"),
    ],
)
def test_normal_forms(typed: str, normal: str) -> None:
    parsed = phone(typed)
    assert (parsed.value, parsed.problem) == (normal, None)


@pytest.mark.parametrize(
    "typed",
    [
        "12012345678",  # no such Chinese range
        "1381234567",
        "138123456789",
        "09123456",  # 09 and six digits
        "091234567890",  # 09 and ten digits
        "110",
        "+",
        "()",
        "13812345678a",
        "1381234567O",
        "138+12345678",
        "138၁၂၃၄5678",
        "<script>",
        "😀",
        "1" * 10_000,
    ],
)
def test_what_is_no_phone(typed: str) -> None:
    parsed = phone(typed)
    assert parsed.value is None
    assert str(parsed.problem)


def test_parts_and_reasons() -> None:
    assert phone("13812345678").parts == {"country": "CHN", "kind": "mobile"}
    assert phone("0912345678").parts["country"] == "MMR"
    assert phone("+66812345678").parts["country"] == "THA"
    assert "“a”" in str(phone("138a").problem)
    assert "Digits of two scripts" in str(phone("138၁").problem)


def test_grouped_for_reading() -> None:
    assert grouped("+8613812345678") == "+86 138 1234 5678"
    assert grouped("+959123456789") == "+95 9 123 456 789"
    assert grouped("+66812345678") == "+66812345678"


@given(st.one_of(st.text(), st.text(alphabet="+0123456789 -()၀၁", max_size=20)))
def test_no_text_breaks_it_and_normal_forms_stay(text: str) -> None:
    parsed = phone(text)
    assert (parsed.value is None) == (parsed.problem is not None)
    if parsed.value:
        assert phone(parsed.value).value == parsed.value
        assert phone(grouped(parsed.value)).value == parsed.value
