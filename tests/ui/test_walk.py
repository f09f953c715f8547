"""The way of the keys through a form: what goes on by itself, what waits for Enter, and an Enter too many."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from kiosk.ui.counter.wedge import WedgeReader
from kiosk.ui.fields.choice import ChoiceInput, Option
from kiosk.ui.forms import FormPage
from kiosk.ui.parts import scrolled
from kiosk.ui.theme import COUNTER
from kiosk.ui.translations import Translations
from tests.office import MONDAY, sample_pack

ENTER, SHIFT = Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier
SLIP = "1K3F-7K3F-P000123-X"  # of an office whose code begins with a digit

Make = Callable[..., FormPage]


@pytest.fixture
def make(qtbot: QtBot, dressed: QApplication) -> Make:
    """A form of the sample pack in an area that scrolls, as in the counter."""
    words, kept = Translations(sample_pack().translators, "en"), []

    def made(key: str = "registration", height: int = 900) -> FormPage:
        page = FormPage(sample_pack().forms[key], sample_pack().codes, MONDAY.date(), words)
        area = scrolled(page)
        kept.append(area)
        area.resize(738, height)
        qtbot.addWidget(area)
        area.show()
        area.activateWindow()
        qtbot.waitUntil(area.isActiveWindow)
        return page

    return made


def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    QTest.keyClick(focus(), key, modifiers)


def type_keys(text: str) -> None:
    """Each key goes to whoever has the focus then."""
    for character in text:
        pressed = QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character)
        QApplication.sendEvent(focus(), pressed)


def focus() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def here(page: FormPage) -> str:
    """The key of the field that has the focus."""
    return next((key for key, widget in page.fields.items() if widget.holds_focus()), "")


@pytest.mark.parametrize(
    ("key", "typed", "value", "following"),
    [
        ("person.document_type", "1", "border_pass", "person.document_number"),
        ("person.sex", "2", "2", "person.birth_date"),
        ("person.document_expiry", "20280517", "2028-05-17", "person.name"),
        ("person.birth_date", "၁၉၉၄၀၅၁၇", "1994-05-17", "person.nationality"),
    ],
)
def test_what_is_whole_goes_on_by_itself(
    make: Make, key: str, typed: str, value: str, following: str
) -> None:
    page = make()
    page.focus_field(key)
    type_keys(typed)
    assert page.fields[key].value == value
    assert here(page) == following


@pytest.mark.parametrize(
    ("key", "typed"),
    [
        ("person.document_issuer", "1"),  # a long list
        ("person.document_type", "pass"),  # a part of a label may go on
        ("person.birth_date", "1994"),
        ("person.birth_date", "1994-05-17"),
        ("case.entry_date", "1"),  # yesterday, or the beginning of a year
        ("person.phone", "13800138"),
    ],
)
def test_what_may_go_on_waits_for_enter(make: Make, key: str, typed: str) -> None:
    page = make()
    page.focus_field(key)
    type_keys(typed)
    assert here(page) == key


def test_a_digit_that_may_mean_two_options_waits_for_enter(qtbot: QtBot, dressed: QApplication) -> None:
    choice = ChoiceInput(COUNTER)
    qtbot.addWidget(choice)
    choice.set_options(lambda: [Option("a", "One week"), Option("b", "30 days"), Option("c", "A year")])
    assert choice.is_whole("1")
    assert not choice.is_whole("3")  # the third, or the beginning of "30 days"
    assert not choice.is_whole("4")
    choice.set_options(lambda: [Option(f"k{n}", "Option") for n in range(10)])
    assert not choice.is_whole("1")  # or the beginning of 10


def test_a_correction_is_never_thrown_forward(make: Make) -> None:
    page = make()
    page.focus_field("person.sex")
    type_keys("1")
    press(ENTER, SHIFT)
    assert here(page) == "person.sex"
    type_keys("2")
    assert here(page) == "person.sex"
    press(ENTER)
    assert here(page) == "person.birth_date"
    assert page.fields["person.sex"].value == "2"
    type_keys("19940517")
    press(Qt.Key.Key_Backtab, SHIFT)
    type_keys("19940518")
    assert here(page) == "person.birth_date"


def test_what_no_key_typed_goes_nowhere(make: Make) -> None:
    """Pasted, or put in from a draft."""
    page = make()
    page.focus_field("person.document_expiry")
    QGuiApplication.clipboard().setText("20280517")
    press(Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert page.fields["person.document_expiry"].raw() == "20280517"
    assert here(page) == "person.document_expiry"
    page.focus_field("person.sex")
    page.fields["person.sex"].put_raw("2")
    assert here(page) == "person.sex"


def test_a_reader_in_a_choice_leaves_every_field_and_the_focus_as_they_were(qtbot: QtBot, make: Make) -> None:
    """Its first digit chooses and goes on; the next keys land in the next field."""
    page = make()
    reader = WedgeReader(page.window())
    page.focus_field("person.document_type")
    with qtbot.waitSignal(reader.scanned) as scanned:
        type_keys(SLIP)
        press(ENTER)
    assert scanned.args == [SLIP]
    assert here(page) == "person.document_type"
    assert not any(page.raws().values())
    reader.deleteLater()


def test_what_is_wrong_stays_and_is_looked_at(make: Make) -> None:
    page = make()
    page.focus_field("person.document_expiry")
    type_keys("20280231")  # no such day
    assert here(page) == "person.document_expiry"
    page.load({})
    page.focus_field("person.document_expiry")
    type_keys("20200101")  # a day, but the document has expired
    assert here(page) == "person.document_expiry"
    assert page.fields["person.document_expiry"].is_wrong
    press(ENTER)  # out of habit: the problem is still looked at
    assert here(page) == "person.document_expiry"


def test_an_enter_too_many_skips_no_question(make: Make) -> None:
    """Who always gives Enter loses nothing: neither the field that comes next nor one after a proposal."""
    page = make()
    page.propose({"person.nationality": "MMR"})
    page.focus_field("person.document_expiry")
    type_keys("20280517")
    press(ENTER)
    assert here(page) == "person.name"
    press(ENTER)
    assert here(page) == "person.sex"  # a second one is meant
    page.focus_field("person.birth_date")
    type_keys("19940517")
    press(ENTER)
    assert page.fields["person.nationality"].value == "MMR"
    press(ENTER)  # meant for the nationality
    assert here(page) == "case.entry_date"


def test_an_enter_after_typing_moves_on(make: Make) -> None:
    page = make()
    page.focus_field("person.document_expiry")
    type_keys("20280517")
    type_keys("MA SAN")
    press(ENTER)
    assert here(page) == "person.sex"


def test_nothing_goes_out_of_the_form_by_itself(qtbot: QtBot, make: Make) -> None:
    """There a button would have the focus, and an Enter too many would press it."""
    page = make("permit_decision")
    page.propose({"permit.area": "533102", "permit.biometrics": "not_needed"})
    page.focus_field("permit.biometrics")
    type_keys("3")
    assert here(page) == "permit.biometrics"
    page.load({})
    page.focus_field("permit.valid_to")
    type_keys("20270101")
    press(ENTER)  # meant for the date: takes the area
    with qtbot.assertNotEmitted(page.finished):
        press(ENTER)  # meant for the area: takes the fingerprints
    with qtbot.waitSignal(page.finished):
        press(ENTER)  # meant for them


def test_the_keys_never_lead_out_of_sight(make: Make) -> None:
    page = make(height=240)
    page.focus_first()
    for _ in range(12):
        press(ENTER)
        QApplication.processEvents()
        assert page.fields[here(page)].in_sight
    assert here(page) == "person.phone"
