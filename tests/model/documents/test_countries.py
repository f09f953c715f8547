"""Country codes against the ISO data of pycountry, and names in three languages."""

from __future__ import annotations

import pycountry
import pytest

from kiosk.model.documents import countries, country_code, country_name
from kiosk.model.documents.countries import zone_code
from kiosk.model.text import Translator


def test_the_table_is_iso_3166_but_for_germany() -> None:
    ours = {
        country.alpha2: (country.code, country.numeric) for country in countries().values() if country.alpha2
    }
    theirs = {country.alpha_2: (country.alpha_3, country.numeric) for country in pycountry.countries}
    assert ours == theirs | {"DE": ("D", "276")}


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("MMR", "MMR"),
        ("MM", "MMR"),
        ("104", "MMR"),
        ("BUR", "MMR"),
        ("DEU", "D"),
        ("DE", "D"),
        ("XXA", "XXA"),
    ],
)
def test_codes_that_are_typed(typed: str, code: str) -> None:
    assert country_code(typed) == code


@pytest.mark.parametrize("typed", ["ZZZ", "", "Myanmar", "000", "mmr"])
def test_codes_that_are_none(typed: str) -> None:
    assert country_code(typed) is None


@pytest.mark.parametrize(("field", "code"), [("D<<", "D"), ("MMR", "MMR"), ("MM<", None), ("<<<", None)])
def test_codes_of_a_zone(field: str, code: str | None) -> None:
    assert zone_code(field) == code


def test_names() -> None:
    names = {lang: country_name("MMR", Translator(lang, {})) for lang in ("en", "zh", "my")}
    assert names == {"en": "Myanmar (Burma)", "zh": "缅甸", "my": "မြန်မာ"}
    assert country_name("D", Translator("zh", {})) == "德国"
    assert country_name("XXA", Translator("zh", {"Stateless person": "无国籍人"})) == "无国籍人"
    assert country_name("MMR", Translator("tlh-none", {})) == "Myanmar (Burma)"
    assert country_name("ZZZ", Translator("en", {})) == "ZZZ"


@pytest.mark.parametrize("language", ["en", "zh", "my"])
def test_every_code_has_a_name(language: str) -> None:
    say = Translator(language, {})
    assert all(country_name(code, say) not in ("", code) for code in countries() if code != "INTERPOL")
