"""`kiosk ask`, as it is typed at a self-service terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from central import admin
from kiosk.__main__ import main
from kiosk.settings import Settings
from tests.office import Office
from tests.running import Running, meet


@pytest.fixture
def number(tmp_path: Path, terminal: Settings, centre: Running) -> str:
    """Of a case at the centre, written at another terminal."""
    (tmp_path / "counter").mkdir()
    counter = Office(tmp_path / "counter", clock=centre.clock)
    exchange = centre.joined(counter)
    case = counter.worker("registered")
    meet(exchange)
    exchange.client.close()
    found = counter.desk.case(counter.supervisor, case, opened=False).number
    counter.close()
    return found


def test_a_case_is_said_in_the_persons_language(
    number: str, centre: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ask", number, "1994-05-17"]) == 2
    assert "has joined no central system" in capsys.readouterr().err
    assert main(["enrol", centre.invitation((), "selfservice")]) == 0
    assert "Face: selfservice" in capsys.readouterr().out
    assert main(["sync"]) == 0
    capsys.readouterr()
    assert main(["ask", number, "1994-05-17"]) == 0
    assert "နောက်တစ်ဆင့် - " in capsys.readouterr().out
    assert main(["ask", number, "19940517", "--language", "en"]) == 0
    out = capsys.readouterr().out
    assert "Registration: Registered\nHealth check: Not started\n" in out
    assert "Next step: Go to the reception window." in out
    assert main(["ask", number, "1994-05-18", "--language", "en"]) == 1
    assert "No case has this number and this birth date." in capsys.readouterr().out


def test_a_counter_is_told_where_it_sees_a_case(
    number: str, centre: Running, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["enrol", centre.invitation()]) == 0
    assert main(["ask", number, "1994-05-17"]) == 2
    assert "Only a self-service terminal asks for a case." in capsys.readouterr().err


SAID = {  # of a number, a date, a touchscreen that was revoked, a line that is down
    "zh": ("有部分输错", "日期", "本终端已停用，请到窗口询问。", "无法连接中心系统。"),
    "my": ("မှားရိုက်ထားသည်", "ရက်စွဲ", "ကောင်တာတွင် မေးပါ။", "ဗဟိုစနစ်ကို ဆက်သွယ်၍မရပါ။"),
    "en": ("mistyped", "This is not a date", "Ask at a window.", "cannot be reached"),
}


@pytest.mark.parametrize("language", SAID)
def test_a_refusal_is_said_in_the_language_asked_for(
    number: str, centre: Running, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    def refused(number: str, birth_date: str = "1994-05-17") -> str:
        capsys.readouterr()
        assert main(["ask", number, birth_date, "--language", language]) == 2
        return capsys.readouterr().err

    assert main(["enrol", centre.invitation((), "selfservice")]) == 0
    mistyped, date, revoked, down = SAID[language]
    assert mistyped in refused(number[:-1])
    assert date in refused(number, "x")
    with centre.database.read() as connection:
        members = centre.centre.registry(connection).members.values()
    (hall,) = (one.code for one in members if one.face == "selfservice")
    admin.revoke(centre.centre, hall, "S001")
    assert revoked in refused(number)
    centre.end()
    assert down in refused(number)
    centre.begin()
