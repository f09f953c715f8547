"""Things that go wrong while somebody works: each is said in the language of the screen, nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from tests.office import Office
from tests.ui.clerk import CONTROL, ENTER, Sit


@contextmanager
def full_disk(office: Office) -> Iterator[None]:
    """The store can grow by no page more."""
    store = office.store.raw
    (pages,) = store.execute("PRAGMA page_count").fetchone()
    store.execute(f"PRAGMA max_page_count = {pages}")
    try:
        yield
    finally:
        store.execute(f"PRAGMA max_page_count = {2**30}")


@pytest.mark.parametrize("language", ["zh", "my", "en"])
def test_a_full_disk_stops_an_action_and_keeps_the_form(clerk: Sit, office: Office, language: str) -> None:
    case = office.begin()
    one = clerk(case=case)
    one.window.words.use(language)
    page = one.form("registration")
    for key, value in office.person().items():
        page.fields[key].put_value(value)
    page.changed.emit("person.name")
    one.page.flush()
    with full_disk(office):
        for _ in range(20):  # until the free space inside the last pages is used up
            one.press(ENTER, CONTROL)
            if one.strip:
                break
        said = one.strip
        assert said
        assert said.isascii() == (language == "en")
        assert one.state("registration") == "draft"
        assert page.fields["person.name"].value == "MA MA SAN"
    one.press(ENTER, CONTROL)
    assert office.state(case, "registration") == "done"


def test_typing_on_a_full_disk_is_told_and_kept_until_there_is_room(clerk: Sit, office: Office) -> None:
    """The draft cannot be written, far from any button: the window says so and goes on."""
    case = office.begin()
    one = clerk(case=case)
    page = one.form("registration")
    page.focus_field("person.document_number")
    with full_disk(office):
        QGuiApplication.clipboard().setText("MM42" * 10_000)  # more than the free space in the last pages
        one.press(Qt.Key.Key_V, CONTROL)
        one.qtbot.waitUntil(lambda: bool(one.status))
        assert "disk is full" in one.status
        assert one.window.isVisible()
    typed = page.fields["person.document_number"].raw()
    one.page.flush()
    draft = office.desk.draft(office.reception, f"{case}/registration")
    assert draft["person.document_number"] == typed


def test_a_clock_set_back_a_year_is_no_reason_to_stop(clerk: Sit, office: Office) -> None:
    case = office.worker("registered")
    office.clock.forward(days=-365)
    one = clerk(case=case)
    one.order_health()
    assert office.state(case, "health") == "ordered"


BAD_NAMES = {
    "digits": "MA 7",
    "two scripts": "MA မ",
    "ten thousand letters": "A" * 10_000,
    "an emoji": "MA 🙂",
    "code": "<script>alert(1)</script>",
    "sql": "'; DROP TABLE entry; --",
}


@pytest.mark.parametrize("what", sorted(BAD_NAMES))
def test_bad_input_is_told_at_its_field_and_registers_nobody(clerk: Sit, office: Office, what: str) -> None:
    case = office.begin()
    one = clerk(case=case)
    one.window.words.use("my")
    page = one.form("registration")
    for key, value in office.person().items():
        page.fields[key].put_value(value)
    page.fields["person.name"].put_raw(BAD_NAMES[what])
    page.changed.emit("person.name")
    one.press(ENTER, CONTROL)
    QApplication.processEvents()
    assert office.state(case, "registration") == "draft"
    assert page.fields["person.name"].is_wrong
    message = page.fields["person.name"]._message
    assert message.isVisible()
    assert not message.text().isascii()
    assert page.fields["person.name"].raw() == BAD_NAMES[what]
