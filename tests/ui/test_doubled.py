"""Numbers that a copy of this terminal gave, too: said at a counter until somebody has checked the slips."""

from __future__ import annotations

from kiosk.store import exchange as remembered
from kiosk.ui.parts import Button
from tests.ui.joined import WAIT, Counter
from tests.ui.test_held import said_in, sheet_of


def test_a_number_given_twice_is_named_until_its_slips_are_checked(counter: Counter) -> None:
    here = counter.here
    first = here.register()
    with here.store.write() as connection:  # as two copies of this disk go on counting
        remembered.forget_keys(connection, remembered.keys_of(connection, "counter."))
    second = here.register()
    number = here.desk.case(here.reception, first, opened=False).number
    with here.store.write() as connection:
        remembered.watch(connection, [number, "RL01-AAAA-C000099-X"])
    counter.bridge.exchanging.tell()
    counter.qtbot.waitUntil(lambda: counter.button.text() == "Given twice: 1", timeout=WAIT)
    for case in (first, second):
        counter.bench.open_case(case)
        assert number in said_in(counter.bench.page.banner)
        assert "Check the slips of both cases." in said_in(counter.bench.page.banner)
    sheet = sheet_of(counter)
    assert f"a copy of this terminal: {number}." in said_in(sheet)
    next(one for one in sheet.findChildren(Button) if one.objectName() == "doubled.checked").click()
    counter.qtbot.waitUntil(lambda: counter.button.text() == "Connected", timeout=WAIT)
    assert number not in said_in(sheet_of(counter))
