"""What holds for every field type, whatever is typed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.model.entries import Json
from kiosk.model.fields import FIELD_TYPES, OPTIONS, Context, FieldType, Parsed
from kiosk.model.office import Code
from kiosk.model.text import Translator

CODES = {key: Code(key, key.title()) for key in ("farm", "shop", "533102001")}
CONTEXT = Context(date(2026, 3, 5), CODES, {"relative": True})
SAY = Translator("en", {})
TYPES = [pytest.param(kind, id=name) for name, kind in FIELD_TYPES.items()]
EXAMPLES = {
    "text": "Pack O'Brien <b> No. 5",
    "long_text": "one\ntwo",
    "name": "MA MA SAN",
    "name_native": "မမဆန်း",
    "name_han": "麻麻散",
    "date": "20260305",
    "datetime": "2026-03-05 14:30",
    "document_number": "mf-123 456",
    "choice": "shop",
    "choices": "shop,farm",
    "country": "mmr",
    "boolean": "1",
    "phone": "13812345678",
    "nrc": "12/OuKaMa (NAING) 123456",
    "uscc": "91350100m000100y43",
    "resident_id": "11010519491231002x",
    "permanent_id": "953104199001010013",
    "id_or_uscc": "91350100M000100Y43",
    "money": "2,800",
    "integer": "12",
    "address": "533102001 Border Street 5",
    "contact": "Ma Ma San, 0912345678",
    "image": '{"blob":"' + "ab" * 32 + '","key":"00ff","type":"image/jpeg"}',
    "staff": "D-07",
}
RAW = ("1", "abc", "麻", "+1", "+1 14:30", "1990", "533102001 Border Street 5")
HOSTILE = [
    "'; DROP TABLE entries; --",
    "<script>alert(1)</script>",
    "{0} {x!r} %s",
    "\x07",
    "a\x00b",
    "\ud800",
    "\u202e2026",
    "😀",
    "ေအာင္ျမင့္",
    "၁2３",
    "x" * 10_000,
    "\n" * 10_000 + "x",
    "[" * 10_000,
    "\u200d",
]


def settled(kind: FieldType, text: str) -> None:
    """The answer is a value or a problem or nothing; a value stays what it is, and can be shown."""
    parsed = kind.parse(text, CONTEXT)
    if parsed.problem is not None:
        assert parsed.value is None
        assert str(parsed.problem)
        return
    if parsed.value is None:
        return
    assert kind.parse(kind.raw(parsed.value), CONTEXT).value == parsed.value
    assert kind.show(parsed.value, SAY, CONTEXT)
    assert kind.mask(parsed.value)


def test_the_types_are_those_of_the_contract() -> None:
    assert set(FIELD_TYPES) == set(EXAMPLES)
    assert all(kind.name == name for name, kind in FIELD_TYPES.items())


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("text", ["", " ", "\u3000\t", "\u200b"])
def test_nothing_typed_is_no_problem(kind: FieldType, text: str) -> None:
    parsed = kind.parse(text, CONTEXT)
    assert (parsed.value, parsed.problem) == (None, None)


@pytest.mark.parametrize("kind", TYPES)
def test_an_example_of_each(kind: FieldType) -> None:
    assert kind.parse(EXAMPLES[kind.name], CONTEXT).value is not None
    settled(kind, EXAMPLES[kind.name])


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text[:12]))
def test_bad_input_gets_an_answer(kind: FieldType, text: str) -> None:
    settled(kind, text)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("text", ["a\x07b", "a\ud800b", "a\u202eb", "a😀b", "ေအာင္ျမင့္", "x" * 10_000])
def test_no_type_takes_control_characters_pictures_zawgyi_or_a_book(kind: FieldType, text: str) -> None:
    assert kind.parse(text, CONTEXT).problem is not None


@pytest.mark.parametrize("kind", TYPES)
def test_masks_hide_all_but_the_end(kind: FieldType) -> None:
    value = kind.parse(EXAMPLES[kind.name], CONTEXT).value
    mask = kind.mask(value)
    assert mask.startswith("••••")
    assert mask == "••••" or mask == "••••" + kind.raw(value)[-4:]
    assert kind.mask(None) == ""


def test_which_masks_show_the_last_four() -> None:
    shown = {
        name
        for name, kind in FIELD_TYPES.items()
        if kind.mask(kind.parse(EXAMPLES[name], CONTEXT).value) != "••••"
    }
    assert shown == {
        "document_number", "phone", "nrc", "uscc", "resident_id", "permanent_id", "id_or_uscc",
    }  # fmt: skip
    assert FIELD_TYPES["document_number"].mask("AB1234") == "••••", "the last four of six is too much"


@pytest.mark.parametrize("kind", TYPES)
@given(text=st.text())
def test_any_text_is_read_or_refused(kind: FieldType, text: str) -> None:
    settled(kind, text)


ALPHABETS = "0123456789၀၁၇０-/.:+ ,?xX<年月日abMmNN()'·麻散မမဆန်းဥကနိုင်\u0301\u200dßıẗK５Ａ"


@pytest.mark.parametrize("kind", TYPES)
@given(text=st.text(alphabet=ALPHABETS, max_size=24))
def test_text_near_the_forms_is_read_or_refused(kind: FieldType, text: str) -> None:
    settled(kind, text)


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_names_the_options_that_change_it(kind: FieldType) -> None:
    def parsed(options: dict[str, object]) -> list[Parsed]:
        return [kind.parse(raw, Context(CONTEXT.today, CODES, options)) for raw in RAW]

    settings: dict[str, object] = {"max": 0, "min": 10**6, "partial": True, "relative": True}
    assert settings.keys() == OPTIONS.keys()
    changing = {name for name, value in settings.items() if parsed({name: value}) != parsed({})}
    assert changing == set(kind.options)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
ODD = [
    "2026-02-30",
    "2026-13-45",
    "0000-00-00",
    "9999-12-31",
    "",
    True,
    5,
    1.5,
    [],
    [None],
    {},
    {"division": 5},
]


@pytest.mark.parametrize("kind", TYPES)
@given(value=JSON | st.sampled_from(ODD))
def test_whatever_another_program_wrote_can_be_shown_masked_and_corrected(
    kind: FieldType, value: Json
) -> None:
    texts = (kind.show(value, SAY, CONTEXT), kind.mask(value), kind.raw(value))
    assert all(isinstance(text, str) for text in texts)
    assert bool(texts[0]) is bool(texts[2]), "what stands there is neither hidden nor made up"
    kind.parse(texts[2], CONTEXT)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("date", "2026-02-30", "2026-02-30"),
        ("date", "2026-W10-1", "2026-W10-1"),
        ("datetime", "2026-03-05T25:00+08:00", "2026-03-05T25:00+08:00"),
        ("datetime", "2026-03-05T10:00", "2026-03-05T10:00"),
        ("choice", "nowhere", "nowhere"),
        ("choices", ["farm", 5], '["farm",5]'),
        ("country", "XX!", "XX!"),
        ("address", {"division": 5, "text": "x"}, '{"division":5,"text":"x"}'),
        ("contact", "DAW AYE", "DAW AYE"),
        ("image", 5, "5"),
        ("money", "many", "many"),
        ("phone", 13800138000, "13800138000"),
        ("boolean", "yes", "yes"),
        ("integer", "five", "five"),
        ("text", ["a"], '["a"]'),
    ],
)
def test_what_cannot_be_read_is_shown_as_it_stands(name: str, value: Json, shown: str) -> None:
    assert FIELD_TYPES[name].show(value, SAY, CONTEXT) == shown
