"""Every sentence of the program and of the sample pack has its translations, fit to be read."""

from __future__ import annotations

import importlib.util
import re
import sys
import unicodedata
from pathlib import Path
from types import ModuleType

import pytest
from babel.messages.pofile import read_po

from kiosk.definitions.catalogue import Message, read_catalogue
from kiosk.model.burmese import is_zawgyi
from kiosk.settings import sample_pack_folder

ROOT = Path(__file__).parent.parent.parent
CATALOGUES = sample_pack_folder() / "assets/translations"
LANGUAGES = ("zh", "my")


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "tools/translations.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_missing(tool: ModuleType, language: str) -> None:
    """Run tools/translations.py and translate what it lists."""
    assert tool.missing(tool.sentences(), language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_babel_reads_the_file_and_finds_nothing_wrong(language: str) -> None:
    with (CATALOGUES / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language, abort_invalid=True)
    assert catalogue.num_plurals == 1
    assert len(catalogue) > 300


def test_burmese_is_unicode_burmese() -> None:
    for message in read_catalogue(CATALOGUES / "my.po"):
        words = re.sub(r"\{\w+\}", "", message.msgstr)
        assert re.search("[\u1000-\u109f]", words) or not re.search("[A-Za-z]{4}", words), message.msgid
        assert unicodedata.is_normalized("NFC", message.msgstr), message.msgid
        assert not is_zawgyi(message.msgstr), message.msgid


def test_chinese_is_written_in_chinese_signs() -> None:
    for message in read_catalogue(CATALOGUES / "zh.po"):
        assert not re.search("[\u4e00-\u9fff][,;!?]", message.msgstr), message.msgstr


def test_what_stands_in_the_program_is_found(tool: ModuleType) -> None:
    source = (
        'a = say("One {n}", n=1)\nb = Text("Two" if a else "Three")\n'
        'NEXT_STEPS = {"k": "Four"}\nc = SlipKind("Five")\nother("Six")\n'
        'd = say("Seven, "\n        "all of it")\n'
    )
    assert set(tool.program_texts(source)) == {
        "One {n}",
        "Two",
        "Three",
        "Four",
        "Five",
        "Seven, all of it",
    }


def test_what_stands_in_a_page_is_found(tool: ModuleType) -> None:
    source = """{% macro m(say) %}<a title="{{ say('One') }}">{{ say("Two {n}", n="Three") }}</a>
    {{ say("Four") if x else say("Five") }} {{ say(label) }} Six{% endmacro %}"""
    assert list(tool.template_texts(source)) == ["One", "Two {n}", "Four", "Five"]


@pytest.mark.parametrize(
    ("text", "needed"), [("{day}", False), ("{first}\n{rest}", False), ("{a}, {b}", True)]
)
def test_only_words_and_signs_need_a_translation(tool: ModuleType, text: str, needed: bool) -> None:
    assert tool.needs_translation(text) is needed


def test_a_new_sentence_is_listed_and_keeps_the_others(tool: ModuleType) -> None:
    messages = {"Sex": Message("Sex", "性别", 1, draft=False)}
    text = tool.catalogue({"Sex": {"b.yaml"}, 'New "one"\n': {"a.py"}}, messages, "zh")
    assert '#: a.py\nmsgid "New \\"one\\"\\n"\nmsgstr ""\n' in text
    assert '#: b.yaml\nmsgid "Sex"\nmsgstr "性别"\n' in text


def test_what_it_does_not_know_changes_no_file(tool: ModuleType) -> None:
    before = {path: path.read_bytes() for path in CATALOGUES.glob("*.po")}
    with pytest.raises(SystemExit):
        tool.main(["--chekc"])
    assert {path: path.read_bytes() for path in CATALOGUES.glob("*.po")} == before
