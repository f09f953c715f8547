"""A form page: what is asked, the Enter path, drafts, proposals, marks, and the language at any moment."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from kiosk.model.case import Mark, OldValue
from kiosk.ui import theme
from kiosk.ui.forms import FormPage
from kiosk.ui.translations import Translations
from tests.office import EMPLOYER, MONDAY, PERSON, sample_pack

ENTER = Qt.Key.Key_Return

Make = Callable[..., FormPage]


@pytest.fixture
def words(dressed: QApplication) -> Translations:
    return Translations(sample_pack().translators, "en")


@pytest.fixture
def make(qtbot: QtBot, words: Translations) -> Make:
    """A form of the sample pack in a window of its own, as wide as in the counter."""
    kept = []

    def made(key: str = "registration", density: theme.Density = theme.COUNTER) -> FormPage:
        pack = sample_pack()
        page = FormPage(pack.forms[key], pack.codes, MONDAY.date(), words, density)
        kept.append(page)
        page.resize(738, 512)
        qtbot.addWidget(page)
        page.show()
        page.activateWindow()
        qtbot.waitUntil(page.isActiveWindow)
        return page

    return made


def visible(page: FormPage) -> list[str]:
    return [key for key, widget in page.fields.items() if widget.isVisible()]


def type_into(qtbot: QtBot, page: FormPage, key: str, text: str) -> None:
    page.focus_field(key)
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClicks(focus, text)
    qtbot.keyClick(focus, ENTER)


def test_the_main_path_comes_first_and_the_rest_under_more(qtbot: QtBot, make: Make) -> None:
    page = make()
    asked = [field.key for field in page.form.fields if field.main]
    assert visible(page) == asked
    more = page.findChild(QWidget, "form.registration.more")
    assert more is not None
    qtbot.mouseClick(more, Qt.MouseButton.LeftButton)
    assert set(visible(page)) == {field.key for field in page.form.fields}


def test_twelve_fields_stand_without_scrolling(make: Make) -> None:
    """In the 516 px that a case leaves its form at 1366x768, in every language (screens.md)."""
    page = make()
    for language in sample_pack().office.languages:
        page._words.use(language)
        QApplication.processEvents()
        bottoms = sorted(w.geometry().bottom() for w in page.fields.values() if w.isVisible())
        assert bottoms[11] <= 488


def test_rows_are_64_px_apart(make: Make) -> None:
    page = make()
    first, below = page.fields["person.document_type"], page.fields["person.document_issuer"]
    assert below.y() - first.y() == theme.COUNTER.row
    assert page.fields["person.document_number"].y() == first.y()  # two columns


def test_enter_walks_in_the_order_of_the_form_and_past_its_end(qtbot: QtBot, make: Make) -> None:
    page = make()
    page.load(PERSON)
    page.focus_field("person.document_type")
    walked = []
    while True:
        focus = QApplication.focusWidget()
        assert focus is not None
        walked.append(next(key for key, widget in page.fields.items() if widget.isAncestorOf(focus)))
        if walked[-1] == "person.phone":
            break
        qtbot.keyClick(focus, ENTER)
    assert walked == [field.key for field in page.form.fields if field.main]
    with qtbot.waitSignal(page.finished) as finished:
        qtbot.keyClick(QApplication.focusWidget(), ENTER)
    assert finished.args == [1]


def test_a_question_is_asked_only_under_its_condition(qtbot: QtBot, make: Make) -> None:
    page = make("guarantee")
    assert "guarantor.uscc" not in visible(page)
    type_into(qtbot, page, "guarantor.kind", "1")
    assert "guarantor.uscc" in visible(page)
    assert "guarantor.resident_id" not in visible(page)
    type_into(qtbot, page, "guarantor.kind", "3")
    assert "guarantor.uscc" not in visible(page)
    assert "guarantor.resident_id" in visible(page)


def test_what_is_no_longer_asked_is_no_answer(qtbot: QtBot, make: Make) -> None:
    page = make("guarantee")
    type_into(qtbot, page, "guarantor.kind", "1")
    type_into(qtbot, page, "guarantor.uscc", str(EMPLOYER["guarantor.uscc"]))
    assert "guarantor.uscc" in page.answers()
    type_into(qtbot, page, "guarantor.kind", "3")
    assert page.answers() == {"guarantor.kind": "person"}


def test_only_what_changed_is_an_answer(qtbot: QtBot, make: Make) -> None:
    page = make()
    page.load(PERSON)
    assert page.answers() == {}
    type_into(qtbot, page, "person.name", "MA MA SAN")
    assert page.answers() == {}
    type_into(qtbot, page, "person.name", "MA MA SANDA")
    assert page.answers() == {"person.name": "MA MA SANDA"}


def test_fields_are_compared_with_one_another_as_soon_as_they_are_left(qtbot: QtBot, make: Make) -> None:
    page = make()
    page.load({"case.entry_date": "2026-03-01"})
    type_into(qtbot, page, "case.stay_until", "2026-02-01")
    assert page.fields["case.stay_until"].is_wrong
    assert "case.stay_until" not in page.answers()
    type_into(qtbot, page, "case.entry_date", "2026-01-15")
    assert not page.fields["case.stay_until"].is_wrong


def test_missing_answers_are_named_only_when_the_clerk_wants_to_go_on(make: Make) -> None:
    page = make()
    page.load({})
    assert not any(widget.is_wrong for widget in page.fields.values())
    found = page.problems()
    assert page.show_problems(found)
    needed = {field.key for field in page.form.fields if field.required}
    assert {key for key, widget in page.fields.items() if widget.is_wrong} == needed
    focus = QApplication.focusWidget()
    assert focus is not None
    assert page.fields["person.document_type"].isAncestorOf(focus)


def test_the_draft_holds_what_is_typed_right_or_wrong(qtbot: QtBot, make: Make) -> None:
    page = make()
    with qtbot.waitSignal(page.typed):
        type_into(qtbot, page, "case.entry_date", "5/3/2026")
    type_into(qtbot, page, "person.name", "MA MA")
    draft = page.raws()
    assert draft == {"case.entry_date": "5/3/2026", "person.name": "MA MA"}
    other = make()
    other.load({}, draft=draft)
    assert other.fields["case.entry_date"].raw() == "5/3/2026"
    assert other.fields["case.entry_date"].is_wrong
    assert other.answers() == {"person.name": "MA MA"}


def test_the_language_changes_under_the_hands_and_nothing_typed_is_lost(
    qtbot: QtBot, make: Make, words: Translations
) -> None:
    page = make()
    type_into(qtbot, page, "person.document_type", "1")
    type_into(qtbot, page, "case.entry_date", "5/3/2026")
    page.focus_field("person.name")
    focus = QApplication.focusWidget()
    assert focus is not None
    qtbot.keyClicks(focus, "MA M")
    texts = {}
    for language in ("zh", "my", "en"):
        words.use(language)
        assert QApplication.focusWidget() is focus
        texts[language] = {one.text() for one in page.findChildren(QLabel)}
    assert texts["zh"] != texts["my"] != texts["en"]
    qtbot.keyClicks(focus, "A")
    page.commit()
    assert page.fields["person.name"].value == "MA MA"
    assert page.fields["person.document_type"].value == "border_pass"
    assert page.fields["case.entry_date"].raw() == "5/3/2026"


def test_what_a_machine_read_is_tinted_until_somebody_compared(make: Make) -> None:
    page = make()
    page.fill({"person.name": "MA MA SAN", "person.sex": "2"})
    assert page.fields["person.name"].input.property("state") == "fresh"
    assert page.answers() == {"person.name": "MA MA SAN", "person.sex": "2"}
    page.confirm_fresh()
    assert page.fields["person.name"].input.property("state") == ""


def test_fields_of_others_can_be_read_and_not_changed(qtbot: QtBot, make: Make) -> None:
    page = make()
    page.load(PERSON, may_edit=lambda field: field.subject == "case")
    page.focus_field("person.document_number")
    qtbot.keyClicks(QApplication.focusWidget(), "X")
    assert page.answers() == {}
    line = page.fields["person.document_number"].input
    assert line.text() == "••••4567"  # type: ignore[attr-defined]


def test_marks_of_the_last_return_stand_at_their_fields(make: Make, words: Translations) -> None:
    page = make()
    page.load(PERSON)
    page.show_marks([Mark("person.phone", "missing")])
    texts = [one.text() for one in page.fields["person.phone"].findChildren(QLabel)]
    assert "missing" in texts
    words.use("zh")
    assert "missing" not in [one.text() for one in page.fields["person.phone"].findChildren(QLabel)]


def test_old_and_contested_values_are_shown(make: Make) -> None:
    page = make()
    page.load(PERSON)
    old = OldValue("MA MA CHAN", datetime(2026, 3, 1, 10, 0, tzinfo=MONDAY.tzinfo), "Li", "typing error")
    page.show_changes({"person.name": (old,)}, {"person.sex": ("1", "2")})
    said = " ".join(one.text() for one in page.findChildren(QLabel) if one.isVisible())
    assert "MA MA CHAN" in said
    assert "Male / Female" in said


def test_the_touch_density_asks_in_one_column(make: Make) -> None:
    page = make("lodging", theme.TOUCH)
    page.resize(1000, 2400)
    QApplication.processEvents()
    assert len({widget.x() for widget in page.fields.values() if widget.isVisible()}) == 1
