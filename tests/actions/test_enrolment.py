"""Desks join, and leave: what their seals are worth then, and where a permit may be printed."""

from __future__ import annotations

from pathlib import Path

import pytest

from central import admin
from central.backup import backup
from kiosk.__main__ import main
from kiosk.actions.enrolment import _own_key, asked, enrol, is_enrolled
from kiosk.actions.exchange import open_exchange
from kiosk.errors import InvalidInput, Refused
from kiosk.seal import verify
from kiosk.store import exchange as remembered
from kiosk.store.keys import new_recovery
from kiosk.sync import client
from kiosk.sync.invitation import read_invitation
from kiosk.sync.refusals import Refusal
from tests.actions.exchanged import Make, rows
from tests.office import Office
from tests.running import Running, exchange_of, meet
from tests.store.compared import views


def test_an_invitation_is_taken_once(desk: Make, centre: Running, tmp_path: Path) -> None:
    one, _ = desk()
    assert is_enrolled(one.desk.terminal)
    with pytest.raises(Refused, match="already"):
        enrol(one.desk.terminal, centre.invitation())
    text = centre.invitation()
    folders = [tmp_path / name for name in ("x", "y")]
    offices = []
    for folder in folders:
        folder.mkdir()
        offices.append(Office(folder))
    with pytest.raises(InvalidInput):
        enrol(offices[0].desk.terminal, text[:-1])
    enrol(offices[0].desk.terminal, text)
    with pytest.raises(Refusal) as found:
        enrol(offices[1].desk.terminal, text)
    assert found.value.problem.kind == "invitation"
    assert not is_enrolled(offices[1].desk.terminal)
    assert open_exchange(offices[1].desk.terminal) is None
    for office in offices:
        office.close()


def test_who_joined_after_the_backup_of_a_restored_centre_joins_again(
    desk: Make, centre: Running, tmp_path: Path
) -> None:
    """When nobody else has heard of it meanwhile; others would have brought what the centre wrote of it."""
    (one, up) = desk()
    meet(up)
    recovery_key, public = new_recovery()
    backup(centre.database, tmp_path / "backup", public)
    (late, also) = desk()
    case = late.register()
    meet(also)
    centre.restore(tmp_path / "backup", recovery_key)
    with pytest.raises(Refusal) as found:
        also.begin()
    assert found.value.problem.kind == "unknown_terminal"
    code = late.desk.terminal.code
    assert enrol(late.desk.terminal, centre.invitation()).terminal == code
    again = exchange_of(late)
    meet(again, up)
    meet(again, up)
    assert one.state(case, "registration") == "done"
    assert rows(one.store) == rows(late.store) == rows(centre.database)
    assert views(one.store) == views(late.store)
    with pytest.raises(Refused, match="already"):
        enrol(late.desk.terminal, centre.invitation())
    again.client.close()


def test_an_answer_to_the_invitation_that_was_lost_is_asked_for_again(
    centre: Running, tmp_path: Path
) -> None:
    office = Office(tmp_path)
    text = centre.invitation()
    invitation, terminal = read_invitation(text), office.desk.terminal
    client.enrol(invitation, asked(terminal, _own_key(terminal), invitation.secret))  # the answer is lost
    assert enrol(terminal, text).terminal == terminal.code
    office.close()


def test_a_taken_code_is_drawn_again_before_anything_was_written(
    centre: Running, desk: Make, tmp_path: Path
) -> None:
    one, _ = desk()
    (tmp_path / "twin").mkdir()
    twin = Office(tmp_path / "twin", clock=centre.clock)
    with twin.store.write() as connection:
        remembered.remember(connection, {"terminal": one.desk.terminal.code.encode()})
    twin.desk.terminal.code = one.desk.terminal.code
    exchange = centre.joined(twin)
    assert twin.desk.terminal.code != one.desk.terminal.code
    case = twin.register()
    meet(exchange)
    assert any(terminal == twin.desk.terminal.code for terminal, *_ in rows(centre.database))
    assert twin.desk.case(twin.reception, case).number.split("-")[1] == twin.desk.terminal.code
    exchange.client.close()
    twin.close()


def test_a_revoked_desk_sends_into_the_quarantine_and_receives_nothing(desk: Make, centre: Running) -> None:
    (one, up), (other, down) = desk(), desk()
    case = other.worker("approved")  # decided at one desk, printed at another
    meet(down, up)
    seal = one.desk.slip(one.reception, case, "permit").seal
    one.desk.printed(one.reception, case, "permit")
    meet(up, down)
    admin.revoke(centre.centre, one.desk.terminal.code, "S001")
    one.counter = 100  # another worker
    late = one.worker("approved", **{"person.name": "KO KO"})
    backdated = one.desk.slip(one.reception, late, "permit").seal
    one.desk.printed(one.reception, late, "permit")
    one.desk.record(one.supervisor, case, {"person.name": "MA MA"}, reason="typed wrongly")
    changed = one.desk.slip(one.reception, case, "permit").seal
    for ask in (up.begin, up.fetch, up.lists):
        with pytest.raises(Refusal, match="revoked") as found:
            ask()
        assert found.value.problem.kind == "revoked"
    up.send()
    assert up.status().set_aside
    meet(down)
    down.lists()
    assert other.desk.find(other.reception, "KO KO") == []
    trust = other.desk.terminal.trust()
    assert verify(seal, trust, centre.clock()).valid
    assert verify(backdated, trust, centre.clock()).status == "unknown_key"
    assert verify(changed, trust, centre.clock()).status == "unknown_key"


def test_a_permit_is_printed_where_its_seal_holds(desk: Make, centre: Running) -> None:
    (front, up), (labour, down) = desk(), desk("labour")
    case = front.worker("approved")
    meet(up, down)
    for print_it in (labour.desk.slip, labour.desk.printed):
        with pytest.raises(Refused, match="Permits are printed at"):
            print_it(labour.supervisor, case, "permit")
    assert labour.desk.slip(labour.labour, case, "progress").seal == ""
    assert front.desk.slip(front.supervisor, case, "permit").seal


def test_a_void_permit_is_void_at_every_desk(
    desk: Make, centre: Running, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (one, up), (other, down) = desk(), desk()
    other.desk.terminal.trust_file = tmp_path / "trust.json"
    case = one.worker("handed_over")
    seal = one.desk.slip(one.reception, case, "permit").seal
    meet(up, down)
    down.lists()
    assert verify(seal, other.desk.terminal.trust(), centre.clock()).valid
    one.desk.perform(one.police, case, "permit", "void", reason="permit_lost")
    meet(up, down)
    assert verify(seal, other.desk.terminal.trust(), centre.clock()).status == "void"
    # the command has only that terminal's file, and no line
    assert main(["verify", "--trust", str(tmp_path / "trust.json"), seal]) == 1
    assert "is void since" in capsys.readouterr().out
