"""`central readers`: who opened a person's data at any terminal, and to whom the sharing log says it went."""

from __future__ import annotations

from pathlib import Path

import pytest

from central.__main__ import main
from central.asking import Asked, Asking
from central.readers import holders
from kiosk.actions.enrolment import enrol
from kiosk.actions.readers import readings, subjects_of
from kiosk.errors import InvalidInput
from tests.central.machine import Town, entry
from tests.office import PERSON, Office
from tests.running import Running, meet


def test_what_was_opened_and_given_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    centre = Running(tmp_path / "centre")
    offices = []
    for name in ("one", "two", "hall"):
        (tmp_path / name).mkdir()
        offices.append(Office(tmp_path / name, clock=centre.clock))
    one, two, hall = offices
    exchanges = [centre.joined(one), centre.joined(two)]
    enrol(hall.desk.terminal, centre.invitation((), "selfservice", "Hall"))
    case, other = one.register(PERSON), two.register(two.person())
    number = one.desk.case(one.reception, case).number
    centre.clock.forward(minutes=1)
    meet(*exchanges)
    centre.clock.forward(hours=1)
    two.desk.case(two.police, case)
    two.desk.case(two.police, other)
    meet(*exchanges)
    centre.clock.forward(hours=1)
    with centre.database.read() as connection:
        member = centre.centre.registry(connection).members[hall.desk.terminal.code]
    assert Asking(centre.centre).tell(member, Asked(number, "1994-05-17")) is not None
    monkeypatch.setenv("CENTRAL_DATABASE", centre.database.url)
    slip = "to someone who had a slip and the birth date"
    first, given, second, third = (f"2 March 2026 {at}" for at in ("09:00", "09:01", "10:01", "11:01"))
    codes = [office.desk.terminal.code for office in offices]
    assert main(["readers", number]) == 0
    assert capsys.readouterr().out == (
        f"{first}: opened by R001, Reception clerk, at desk ({codes[0]}).\n"
        f"{given}: first given to the terminal desk ({codes[1]}).\n"
        f"{second}: opened by P001, Police officer, at desk ({codes[1]}).\n"
        f"{third}: told at the self-service terminal Hall ({codes[2]}), {slip}.\n"
    )
    assert main(["readers", "nothing"]) == 2
    for exchange in exchanges:
        exchange.client.close()
    for office in offices:
        office.close()
    centre.end()


def test_the_sharing_log_tells_of_feeds_and_of_single_streams(town: Town) -> None:
    author, feed, single, early = (town.machine(code * 4) for code in "ABCD")
    mine = entry()
    author.send(entry())
    early.pull()
    early.rows("AAAA")
    author.send(mine)
    feed.pull()
    single.rows("AAAA", after=1)
    with town.centre.database.read() as connection:
        found = holders(connection, town.centre.office, [mine.subject])
        assert {terminal for terminal, _ in found} == {"BBBB", "CCCC"}
        assert holders(connection, town.centre.office, ["person:x"]) == []


def test_an_opening_is_found_by_its_subject_alone(town: Town) -> None:
    desk = town.machine("AAAA")
    mine = entry()
    desk.send(mine)
    desk.send(
        entry(subject=mine.subject, kind="read", writes={}), entry(kind="read", writes={}), stream="access"
    )
    with town.centre.database.read() as connection:
        found = readings(connection, [mine.subject])
        with pytest.raises(InvalidInput):
            subjects_of(connection, "MM1234567")
    assert [(one.actor, one.role, one.terminal) for one in found] == [("R001", "reception", "AAAA")]
