"""`kiosk readers`, as it is typed for a person who asks who has read his data."""

from __future__ import annotations

import pytest

from kiosk.__main__ import main
from kiosk.bootstrap import first_start
from kiosk.settings import Settings, sample_pack_folder
from tests.office import PERSON, Clerks, Clock


def test_each_opening_is_a_sentence(machine: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    clock = Clock()
    desk, _ = first_start(machine, sample_pack_folder(), clock)
    clerks = Clerks(desk)
    desk.add_staff("S001", "王海宁", ("supervisor",), "eight quiet herons")
    case, other = clerks.register(PERSON), clerks.register()
    number = desk.case(clerks.supervisor, case).number
    clock.forward(hours=1)
    desk.case(clerks.labour, case)
    desk.case(clerks.doctor, other)
    code = desk.terminal.code
    desk.terminal.store.close()
    for given in (number.lower(), "mm1234567"):
        assert main(["readers", given]) == 0
        assert capsys.readouterr().out == (
            f"2 March 2026 09:00: opened by 王海宁 (S001), Supervisor, at {code}.\n"
            f"2 March 2026 10:00: opened by L001, Labour clerk, at {code}.\n"
        )
    assert main(["readers", number, "--language", "zh"]) == 0
    assert "2026年3月2日 09:00：王海宁（S001）（主管）" in capsys.readouterr().out
    assert main(["readers", "RL01-ZZZZ-C000001-X"]) == 2
    assert "No case and no document has this number." in capsys.readouterr().err
