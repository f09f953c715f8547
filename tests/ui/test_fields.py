"""Field widgets: every type has one, digits and parts of labels choose, problems stand beside the field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QListWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from kiosk.model.fields import FIELD_TYPES, Context
from kiosk.model.forms import FieldDefinition
from kiosk.model.office import Code
from kiosk.ui import theme
from kiosk.ui.fields.choice import ChoiceInput
from kiosk.ui.fields.compound import PairInput
from kiosk.ui.fields.field import FieldWidget
from kiosk.ui.fields.inputs import INPUTS, make_field
from kiosk.ui.fields.line import LineInput
from kiosk.ui.translations import Translations
from tests.office import sample_pack

TODAY = date(2026, 3, 2)
KINDS = {
    key: Code(key, label) for key, label in (("pass", "Border pass"), ("book", "Passport"), ("x", "Other"))
}
ENTER, SHIFT = Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier

Make = Callable[..., FieldWidget]


@pytest.fixture
def words(dressed: QApplication) -> Translations:
    return Translations(sample_pack().translators, "en")


@pytest.fixture
def make(qtbot: QtBot, words: Translations) -> Make:
    """Puts one field into a window that is shown, and goes to it."""
    windows = []

    def made(type_: str, density: theme.Density = theme.COUNTER, **definition: object) -> FieldWidget:
        field = FieldDefinition("person.it", type_, "Label", **definition)  # type: ignore[arg-type]
        codes = KINDS if type_ in ("choice", "choices") else {}
        widget = make_field(field, Context(TODAY, codes, field.options), words, density)
        window = QWidget()
        layout = QVBoxLayout(window)
        layout.addWidget(widget)
        layout.addWidget(QLineEdit())
        window.resize(600, 500)
        windows.append(window)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        widget.focus()
        return widget

    return made


def message(field: FieldWidget) -> str:
    """What stands under the input."""
    return next(
        (
            one.text()
            for one in field.findChildren(QLabel)
            if one.property("role") == "message" and one.isVisible()
        ),
        "",
    )


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def test_every_field_type_has_a_widget() -> None:
    assert set(INPUTS) == set(FIELD_TYPES)


@pytest.mark.parametrize("density", [theme.COUNTER, theme.TOUCH], ids=lambda density: density.name)
@pytest.mark.parametrize("type_", sorted(FIELD_TYPES))
def test_a_widget_of_every_type_takes_and_gives_its_raw_value(
    make: Make, type_: str, density: theme.Density
) -> None:
    raws = {
        "choice": "book", "choices": "pass,x", "boolean": "1", "date": "1994-05-17", "country": "MMR",
        "datetime": "2026-03-05T14:30+08:00", "address": "533102001 Road 1",
        "contact": "U Ba, +8613800138000", "uscc": "91533102MA0000015C", "phone": "+8613800138000",
        "money": "2800.00", "integer": "7",
    }  # fmt: skip
    raw = raws.get(type_, "")
    field = make(type_, density)
    field.put_raw(raw)
    assert FIELD_TYPES[type_].parse(field.raw(), field.context).value == field.value
    assert bool(raw) == (field.value is not None)


def test_touch_targets_are_twenty_millimetres(make: Make) -> None:
    """81 px on a screen of 21.5 inches and 1920 points (public-screen 6.1)."""
    field = make("text", theme.TOUCH)
    assert field.input.height() >= 81
    choice = make("choice", theme.TOUCH)
    assert all(
        one.height() >= 81 for one in choice.findChildren(QWidget) if one.property("kind") == "segment"
    )


def test_a_digit_and_enter_choose(qtbot: QtBot, make: Make) -> None:
    field = make("choice")
    with qtbot.waitSignal(field.moved) as moved:
        qtbot.keyClicks(focus(), "2")
        qtbot.keyClick(focus(), ENTER)
    assert moved.args == ["person.it", 1]
    assert field.value == "book"
    assert isinstance(field.input, ChoiceInput)
    assert field.input.text() == "Passport"


def test_a_part_of_the_label_chooses_in_any_language(qtbot: QtBot, make: Make, words: Translations) -> None:
    field = make("choice")
    qtbot.keyClicks(focus(), "sspo")
    qtbot.keyClick(focus(), ENTER)
    assert field.value == "book"
    words.use("zh")
    assert isinstance(field.input, ChoiceInput)
    assert field.input.text() == words.translator("Passport")
    field.load(None)
    field.focus()
    qtbot.keyClicks(focus(), "border")
    qtbot.keyClick(focus(), ENTER)
    assert field.value == "pass"


def test_what_is_in_no_list_is_said_beside_the_field(qtbot: QtBot, make: Make) -> None:
    field = make("choice")
    qtbot.keyClicks(focus(), "zebra")
    qtbot.keyClick(focus(), ENTER)
    assert field.value is None
    assert "zebra" in message(field)


def test_the_list_of_choices_lies_inside_the_window(qtbot: QtBot, make: Make) -> None:
    field = make("choice")
    assert isinstance(field.input, ChoiceInput)
    assert field.input.is_open()
    windows = [one for one in QApplication.topLevelWidgets() if one.isVisible()]
    assert windows == [field.window()]
    qtbot.keyClick(focus(), Qt.Key.Key_Escape)
    assert not field.input.is_open()


def test_an_open_list_closes_when_another_case_is_shown(make: Make) -> None:
    field = make("choice")
    assert isinstance(field.input, ChoiceInput)
    assert field.input.is_open()
    field.load("book")
    assert not field.input.is_open()
    assert field.input.text() == "Passport"
    field.load(None)
    field.window().findChildren(QLineEdit)[-1].setFocus()
    field.focus()
    assert field.input.is_open()
    field.load(None)  # another case in which nothing is answered either
    assert not field.input.is_open()


def test_an_open_list_speaks_the_language_of_the_screen(make: Make, words: Translations) -> None:
    field = make("choice")
    assert isinstance(field.input, ChoiceInput)
    words.use("zh")
    rows = field.window().findChild(QListWidget)
    assert rows is not None
    assert field.input.is_open()
    assert rows.item(1).text() == words.translator("Passport")


def test_enter_takes_a_proposal_and_typing_replaces_it(qtbot: QtBot, make: Make) -> None:
    field = make("date")
    field.propose("2026-03-30")
    assert field.value is None  # offered, not entered
    qtbot.keyClick(focus(), ENTER)
    assert field.value == "2026-03-30"
    field.load(None)
    qtbot.keyClicks(focus(), "20260401")
    qtbot.keyClick(focus(), ENTER)
    assert field.value == "2026-04-01"


def test_shift_enter_goes_back_and_takes_no_proposal(qtbot: QtBot, make: Make) -> None:
    field = make("date")
    field.propose("2026-03-30")
    with qtbot.waitSignal(field.moved) as moved:
        qtbot.keyClick(focus(), ENTER, SHIFT)
    assert moved.args == ["person.it", -1]
    assert field.value is None


def test_a_problem_holds_enter_once(qtbot: QtBot, make: Make) -> None:
    """A new problem is looked at; a person who cannot mend it now is not held for ever."""
    field = make("date")
    qtbot.keyClicks(focus(), "5/3/2026")
    with qtbot.assertNotEmitted(field.moved):
        qtbot.keyClick(focus(), ENTER)
    assert "5/3/2026" in message(field)
    with qtbot.waitSignal(field.moved):
        qtbot.keyClick(focus(), ENTER)
    assert field.raw() == "5/3/2026"  # nothing typed is thrown away


def test_the_problem_goes_when_it_is_mended_and_speaks_the_language_of_the_screen(
    qtbot: QtBot, make: Make, words: Translations
) -> None:
    field = make("date")
    qtbot.keyClicks(focus(), "20260231")
    qtbot.keyClick(focus(), ENTER)
    english = message(field)
    words.use("my")
    assert message(field) not in ("", english)
    assert field.raw() == "20260231"
    qtbot.keyClick(focus(), Qt.Key.Key_Backspace)
    qtbot.keyClick(focus(), Qt.Key.Key_Backspace)
    qtbot.keyClicks(focus(), "28")
    assert message(field) == ""


def test_a_value_is_shown_for_reading_and_given_back_for_typing(qtbot: QtBot, make: Make) -> None:
    field = make("date")
    line = field.input
    assert isinstance(line, LineInput)
    qtbot.keyClicks(focus(), "20260228")
    field.window().findChildren(QLineEdit)[-1].setFocus()
    assert line.text() == "28 February 2026"
    field.focus()
    assert line.text() == "2026-02-28"


def test_masked_values_show_their_end_until_somebody_types(make: Make) -> None:
    field = make("document_number")
    field.load("MM1234567")
    field.set_editable(False)
    field.set_masked(True)
    line = field.input
    assert isinstance(line, LineInput)
    field.window().findChildren(QLineEdit)[-1].setFocus()
    assert line.text() == "••••4567"


def test_yes_and_no_by_digits(qtbot: QtBot, make: Make) -> None:
    field = make("boolean")
    qtbot.keyClicks(focus(), "0")
    qtbot.keyClick(focus(), ENTER)
    assert field.value is False
    field.focus()
    qtbot.keyClicks(focus(), "1")
    assert field.raw() == "1"


def test_several_of_a_list_by_digits(qtbot: QtBot, make: Make) -> None:
    field = make("choices")
    qtbot.keyClicks(focus(), "3")
    qtbot.keyClicks(focus(), "1")
    qtbot.keyClick(focus(), ENTER)
    assert field.value == ["pass", "x"]


def test_enter_walks_through_both_parts_of_an_address(qtbot: QtBot, make: Make, words: Translations) -> None:
    pack = sample_pack()
    field = make("address")
    field.context = Context(TODAY, pack.codes["divisions"])
    field.retranslate()
    assert isinstance(field.input, PairInput)
    qtbot.keyClicks(focus(), "1")
    qtbot.keyClick(focus(), ENTER)
    assert focus() is field.input.second
    qtbot.keyClicks(focus(), "Sample road 1")
    with qtbot.waitSignal(field.moved):
        qtbot.keyClick(focus(), ENTER)
    assert field.value == {"division": next(iter(pack.codes["divisions"])), "text": "Sample road 1"}


def test_the_input_method_is_off_outside_chinese_fields(make: Make) -> None:
    """The pinyin input method eats single keys, and a reader's."""
    on = Qt.WidgetAttribute.WA_InputMethodEnabled
    assert make("name_han").input.testAttribute(on)
    for type_ in ("document_number", "date", "name", "choice", "phone"):
        assert not make(type_).input.testAttribute(on)


def test_burmese_has_its_own_font_first_where_it_is_typed(make: Make) -> None:
    """A QLineEdit takes its height from the first family: with a Latin one Burmese is clipped."""
    for type_ in ("name_native", "nrc", "document_number"):
        assert make(type_).input.font().families()[0] == theme.BURMESE


BAD = {
    "control characters": "A\x07B",
    "an emoji": "MA 🙂 SAN",
    "ten thousand characters": "x" * 10_000,
    "zawgyi": "ျမန္မာႏိုင္ငံ",
    "mixed digits": "12၃4",
}
HARMLESS = {"sql": "'; DROP TABLE entry; --", "html": "<b>MA</b> <script>alert(1)</script>"}


# Notes and streets are free text: digits of two scripts may stand in one.
CASES = [
    (type_, what)
    for type_ in sorted(set(FIELD_TYPES) - {"image", "choices", "boolean"})
    for what in sorted(BAD)
    if what != "mixed digits" or type_ not in ("text", "long_text", "address", "contact")
]


@pytest.mark.parametrize(("type_", "what"), CASES)
def test_bad_input_is_told_and_kept_in_every_text_field(make: Make, type_: str, what: str) -> None:
    """Each gets a message in every language of the office; what was typed stands as it was typed."""
    field = make(type_)
    field.put_raw(BAD[what])
    assert field.value is None
    assert field.raw() == BAD[what]
    assert field.problem is not None
    pack = sample_pack()
    for language in pack.office.languages:
        assert pack.translators[language](field.problem)


@pytest.mark.parametrize("what", sorted(HARMLESS))
@pytest.mark.parametrize("type_", ["text", "long_text"])
def test_code_is_taken_as_plain_text(make: Make, type_: str, what: str) -> None:
    """No label of the window reads it as rich text."""
    field = make(type_)
    field.put_raw(HARMLESS[what])
    assert field.value == HARMLESS[what]
    assert all(one.textFormat() is Qt.TextFormat.PlainText for one in field.findChildren(QLabel))
