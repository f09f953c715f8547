"""Numbers, money, yes and no, lists, countries, and answers of several parts."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.model.fields import FIELD_TYPES, Context, Parsed
from kiosk.model.office import Code
from kiosk.model.text import Translator

CODES = {
    "shop": Code("shop", "Shop"),
    "farm": Code("farm", "Farm"),
    "533102001": Code("533102001", "Mengmao Subdistrict"),
}
CHINESE = Translator(
    "zh", {"Shop": "商店", "Farm": "农场", "{first}, {rest}": "{first}、{rest}", "Yes": "是"}
)


def context(**options: object) -> Context:
    return Context(date(2026, 3, 5), CODES, options)


def parse(kind: str, raw: str, **options: object) -> Parsed:
    return FIELD_TYPES[kind].parse(raw, context(**options))


@pytest.mark.parametrize(
    ("raw", "amount"),
    [
        ("2800", "2800.00"),
        ("2,800.5", "2800.50"),
        ("1,234,567.89", "1234567.89"),
        ("２８００．５０", "2800.50"),
        ("၂၈၀၀", "2800.00"),
        ("¥2800", "2800.00"),
        ("2800元", "2800.00"),
        ("0", "0.00"),
        ("007", "7.00"),
    ],
)
def test_amounts(raw: str, amount: str) -> None:
    assert parse("money", raw).value == amount


@pytest.mark.parametrize("raw", ["-5", "28.005", "2,80", "1,234.5,6", "1e5", "abc", ".", "1" * 11, "28၀၀"])
def test_what_is_no_amount(raw: str) -> None:
    assert parse("money", raw).problem is not None


def test_amounts_are_shown_with_their_thousands() -> None:
    assert FIELD_TYPES["money"].show("1234567.50", Translator("en", {}), context()) == "1,234,567.50 yuan"


@pytest.mark.parametrize(("raw", "number"), [("12", 12), ("၁၂", 12), ("1,200", 1200), ("0", 0)])
def test_whole_numbers(raw: str, number: int) -> None:
    assert parse("integer", raw).value == number


def test_whole_numbers_have_bounds() -> None:
    assert str(parse("integer", "-1").problem) == "The number must be from 0 to 999999999."
    assert parse("integer", "-1", min=-5).value == -1
    assert parse("integer", "6", max=5).problem is not None
    assert parse("integer", "1.5").problem is not None


@pytest.mark.parametrize(("raw", "value"), [("1", True), ("0", False)])
def test_yes_and_no(raw: str, value: bool) -> None:
    assert parse("boolean", raw).value is value
    assert FIELD_TYPES["boolean"].raw(value) == raw


def test_yes_and_no_take_nothing_else() -> None:
    assert parse("boolean", "yes").problem is not None
    assert FIELD_TYPES["boolean"].show(True, CHINESE, context()) == "是"


def test_a_choice_is_a_key_of_its_list() -> None:
    assert parse("choice", " shop ").value == "shop"
    assert str(parse("choice", "mine").problem) == "“mine” is not in the list; choose one that is."
    assert FIELD_TYPES["choice"].show("shop", CHINESE, context()) == "商店"
    assert FIELD_TYPES["choice"].show("gone", CHINESE, context()) == "gone"


def test_choices_are_in_the_order_of_their_list() -> None:
    assert parse("choices", "farm, shop,farm,").value == ["shop", "farm"]
    assert parse("choices", ",").value is None
    assert "“mine”" in str(parse("choices", "shop,mine").problem)
    assert FIELD_TYPES["choices"].show(["shop", "farm"], CHINESE, context()) == "商店、农场"
    assert FIELD_TYPES["choices"].raw(["shop", "farm"]) == "shop,farm"


def test_countries() -> None:
    assert [parse("country", raw).value for raw in ("mmr", "MM", "d", "XXA", "ＭＭＲ")] == [
        "MMR", "MMR", "D", "XXA", "MMR",
    ]  # fmt: skip
    assert "“ZZZ”" in str(parse("country", "zzz").problem)
    assert FIELD_TYPES["country"].show("MMR", CHINESE, context()) == "缅甸"


def test_addresses() -> None:
    value = {"division": "533102001", "text": "Border Street 5"}
    assert parse("address", "533102001   Border Street 5 ").value == value
    assert FIELD_TYPES["address"].raw(value) == "533102001 Border Street 5"
    assert FIELD_TYPES["address"].show(value, CHINESE, context()) == "Mengmao Subdistrict Border Street 5"


@pytest.mark.parametrize("raw", ["Border Street 5", "533102001", "533102999 Street", "5331 Street"])
def test_what_is_no_address(raw: str) -> None:
    assert parse("address", raw).problem is not None


def test_contacts() -> None:
    value = {"name": "Ma Ma San", "phone": "+95912345678"}
    assert parse("contact", "Ma Ma San, 09 1234 5678").value == value
    assert parse("contact", "မမဆန်း၊ 0912345678").value == {"name": "မမဆန်း", "phone": "+95912345678"}
    assert parse("contact", "Ma Ma San").value == {"name": "Ma Ma San", "phone": ""}
    assert FIELD_TYPES["contact"].show(value, CHINESE, context()) == "Ma Ma San +95 9 12 345 678"


@pytest.mark.parametrize("raw", [", 0912345678", "Ma Ma San, 12", "Ma, 0912345678, 0912345679"])
def test_what_is_no_contact(raw: str) -> None:
    assert parse("contact", raw).problem is not None


def test_images_are_references() -> None:
    value = {"blob": "ab" * 32, "key": "00ff", "type": "image/jpeg"}
    kind = FIELD_TYPES["image"]
    assert parse("image", kind.raw(value)).value == value
    assert kind.show(value, CHINESE, context()) == "Picture attached"


@pytest.mark.parametrize(
    "value",
    ["{}", "[]", "nothing", '{"blob":"ab","key":"00","type":"image/jpeg"}', '{"blob":1,"key":2,"type":3}'],
)
def test_what_is_no_image(value: str) -> None:
    assert parse("image", value).problem is not None


def test_phones_are_shown_in_groups() -> None:
    assert FIELD_TYPES["phone"].show("+8613812345678", CHINESE, context()) == "+86 138 1234 5678"
