"""A case that does not go on now: returned, parked, withdrawn."""

from __future__ import annotations

from PySide6.QtCore import Qt

from tests.office import Office
from tests.ui.clerk import CONTROL, ENTER, Sit


def test_a_return_is_marked_by_keys_and_shown_at_its_fields(clerk: Sit, office: Office) -> None:
    case = office.begin()
    office.desk.record(office.reception, case, office.person())
    one = clerk(case=case)
    one.click("action.return_registration")
    one.type("1")  # the first paper is missing
    for _ in range(4):
        one.press(Qt.Key.Key_Down)
    one.type("2")  # a field cannot be read
    one.press(ENTER, CONTROL)
    assert one.state("registration") == "returned"
    assert len(one.view.items) == 2
    one.close_sheets()  # the notice of what is missing
    one.open(case)
    marks = [mark.key for mark in one.view.items]
    field = next(key for key in marks if not key.startswith("paper."))
    page = one.form("registration")
    assert page.fields[field]._hint.text() == "unclear"


def test_a_return_needs_a_mark(clerk: Sit, office: Office) -> None:
    case = office.begin()
    office.desk.record(office.reception, case, office.person())
    one = clerk(case=case)
    one.click("action.return_registration")
    one.press(ENTER, CONTROL)
    assert one.sheet() is not None
    assert one.state("registration") == "draft"


def test_parking_and_taking_up_again(clerk: Sit, office: Office) -> None:
    case = office.begin()
    one = clerk(case=case)
    one.press(Qt.Key.Key_F7)
    assert not one.bench.in_case
    assert one.office.desk.counts(office.reception)["parked"] == 1
    one.open(case)
    one.press(Qt.Key.Key_F7)
    assert one.view.parked_by == ""


def test_doctors_and_the_others_park_apart(clerk: Sit, office: Office) -> None:
    """A doctor's rail names nobody whom reception parked, and the other way round."""
    cases = [office.worker("registered") for _ in range(2)]
    for case in cases:
        office.order_health(case)
    for operator, case in ((office.reception, cases[0]), (office.doctor, cases[1])):
        one = clerk(operator, case)
        one.press(Qt.Key.Key_F7)
        one.click("list.parked")
        assert [row.case for row in one.bench.list.rows()] == [case]
        one.window.close()
    for operator, parked in ((office.labour, cases[0]), (office.doctor, cases[1])):
        one = clerk(operator)
        assert office.desk.counts(operator)["parked"] == 1
        one.click("list.parked")
        assert [row.case for row in one.bench.list.rows()] == [parked]
        one.window.close()


def test_withdrawing_at_the_workers_word(clerk: Sit, office: Office) -> None:
    case = office.worker("registered")
    one = clerk(case=case)
    one.click("action.withdraw")
    one.type("1")
    one.press(ENTER, CONTROL)
    assert one.office.desk.case(office.reception, case, opened=False).status == "withdrawn"
