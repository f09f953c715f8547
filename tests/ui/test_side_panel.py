"""Actions beside the page: their letters, why one is closed; and the digits of the fields."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from tests.office import Office
from tests.ui.clerk import Sit


def test_an_action_keeps_its_letter_whatever_else_may_be_done(clerk: Sit, office: Office) -> None:
    """Alt and a letter means the same thing at every stage and in every state."""
    found: dict[str, set[str]] = {}
    stages = ("registered", "confirmed", "work_registered", "accepted", "approved")
    cases = [office.worker(until) for until in stages]
    for operator in (office.reception, office.labour, office.police):
        one = clerk(operator)
        for case in cases:
            one.open(case)
            for stage in one.view.stages:
                one.page.choose(stage.key)
                QApplication.processEvents()
                letters = [button.text().partition("&")[2][:1].upper() for button in one.page.side.buttons]
                assert len({*letters}) == len(letters)
                for button, letter in zip(one.page.side.buttons, letters, strict=True):
                    key = button.action.definition.kind
                    if key in ("advance", "private"):
                        key = f"{button.action.stage}.{button.action.key}"
                    found.setdefault(key, set()).add(letter)
        one.window.close()
    assert found["return"] == {"R"}
    assert found["refuse"] == {"F"}
    assert {key: letters for key, letters in found.items() if len(letters) > 1} == {}


def test_reasons_why_an_action_is_closed_stand_under_one_another(clerk: Sit, office: Office) -> None:
    case = office.begin()
    one = clerk(case=case)
    one.window.words.use("zh")
    one.press(Qt.Key.Key_F1)
    closed = one.page.main()
    assert closed is not None
    assert len(closed.closed) > 1
    first, *reasons = one.strip.split("\n")
    assert "登记" in first
    assert reasons == [one.window.words(reason) for reason in closed.closed]


def test_alt_and_a_digit_lead_to_a_field(clerk: Sit, office: Office) -> None:
    case = office.begin()
    one = clerk(case=case)
    page = one.form()
    one.press(Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert page.fields["person.sex"].isAncestorOf(focus)
