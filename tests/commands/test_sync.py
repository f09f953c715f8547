"""`kiosk enrol` and `kiosk sync`, as an administrator types them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest

from central import admin, packs, quarantine
from central.backup import backup
from central.notes import contacts
from kiosk.__main__ import main
from kiosk.actions.act import Operator
from kiosk.actions.exchange import Exchange
from kiosk.actions.terminal import system_clock
from kiosk.bootstrap import PACK_NAME, first_start, open_desk, open_store
from kiosk.commands import doctor
from kiosk.definitions import read_pack
from kiosk.settings import Settings, load_settings, sample_pack_folder
from kiosk.store import exchange
from kiosk.store.keys import new_recovery
from tests.commands.conftest import Say
from tests.office import PERSON, Office
from tests.packing import changed_pack, give_out_unread
from tests.running import Running, meet, until

RECEPTION = Operator("R001", "李晓梅", ("reception", "labour"))


@pytest.fixture
def terminal(machine: Settings, centre: Running) -> Settings:
    """A terminal that was started once, with one case begun; its clock is the machine's."""
    desk, _ = first_start(machine, sample_pack_folder(), centre.clock)
    case = desk.open_case(RECEPTION, "worker", "my").case
    desk.acknowledge_notice(RECEPTION, case, heard=True)
    desk.record(RECEPTION, case, PERSON)
    desk.terminal.store.close()
    return machine


def test_a_terminal_joins_and_exchanges(
    terminal: Settings, centre: Running, tmp_path: Path, said: Say
) -> None:
    assert main(["sync"]) == 2
    assert "has joined no central system" in said()
    assert main(["sync", "--status"]) == 2
    assert main(["enrol", "KIOSK-INVITE/1/x"]) == 2
    assert "not an invitation" in said()
    assert main(["enrol", centre.invitation()]) == 0
    assert "has joined the central system" in said()
    assert main(["enrol", centre.invitation()]) == 2
    assert "joined a central system already" in said()
    assert main(["sync", "--status"]) == 0
    assert said() == "4 entries wait to be sent.\nNo exchange yet.\n"
    (tmp_path / "other").mkdir()
    other = Office(tmp_path / "other", clock=centre.clock)
    far = centre.joined(other)
    case = other.register(PERSON | {"person.document_number": "MM7654321"})
    meet(far)
    assert main(["sync"]) == 0
    shown = said()
    assert " entries sent, " in shown
    assert "0 entries wait to be sent." in shown
    assert "Last exchange: " in shown
    meet(far)
    assert len(other.desk.find(other.reception, "MA MA SAN")) == 2
    desk = open_desk(terminal)
    assert desk.case(RECEPTION, case, opened=False).row.name == "MA MA SAN"
    desk.terminal.store.close()
    far.client.close()
    other.close()


def test_what_is_given_back_to_a_restored_centre_is_counted(
    terminal: Settings, centre: Running, tmp_path: Path, said: Say
) -> None:
    assert main(["enrol", centre.invitation()]) == 0
    (tmp_path / "other").mkdir()
    other = Office(tmp_path / "other", clock=centre.clock)
    far = centre.joined(other)
    meet(far)
    secret, public = new_recovery()
    backup(centre.database, tmp_path / "backup", public)
    other.register(PERSON | {"person.document_number": "MM7654321"})
    meet(far)
    assert main(["sync"]) == 0
    before = rows_of(centre, far.own[1])
    centre.restore(tmp_path / "backup", secret)
    lost = before - rows_of(centre, far.own[1])
    assert lost > 0
    said()
    assert main(["sync"]) == 0
    assert f"{lost} entries of others given back to the central system.\n" in said()
    assert rows_of(centre, far.own[1]) == before
    far.client.close()
    other.close()


def rows_of(centre: Running, code: str) -> int:
    """How many entries of a terminal the centre has."""
    with centre.database.read() as connection:
        found = connection.execute("SELECT count(*) FROM entry WHERE terminal = ?", (code,))
        return int(found.fetchone()[0])


def test_a_new_terminal_is_filled_where_it_joins(
    terminal: Settings, centre: Running, tmp_path: Path, said: Say
) -> None:
    (tmp_path / "other").mkdir()
    other = Office(tmp_path / "other", clock=centre.clock)
    far = centre.joined(other)
    case = other.register(PERSON | {"person.document_number": "MM7654321"})
    meet(far)
    centre.end()
    centre.packing = True
    centre.begin()
    assert main(["enrol", centre.invitation()]) == 0
    shown = said()
    assert "has written: 100%" in shown
    assert " entries are here. Ready: kiosk run" in shown
    desk = open_desk(terminal)
    assert desk.case(RECEPTION, case, opened=False).row.name == "MA MA SAN"
    assert len(desk.work_list(RECEPTION)) == 2  # its own from before is there, too
    desk.terminal.store.close()
    assert main(["sync"]) == 0
    assert main(["enrol", centre.invitation()]) == 2
    far.client.close()
    other.close()


def test_a_start_that_was_cut_goes_on_with_the_same_command(
    terminal: Settings, centre: Running, said: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre.end()
    centre.packing = True
    centre.begin()
    invitation = centre.invitation()
    with monkeypatch.context() as patch:
        patch.setattr("central.newcomers._piece", lambda *_: b"another piece")
        assert main(["enrol", invitation]) == 1
    shown = said()
    assert "has joined the central system" in shown
    assert "does not verify. kiosk run takes every entry by itself" in shown
    assert main(["sync"]) == 0


def test_what_is_held_back_is_printed_and_told_by_the_exit_status(
    terminal: Settings, centre: Running, said: Say
) -> None:
    assert main(["enrol", centre.invitation(("labour",))]) == 0
    why = "At this terminal nobody acts as “Reception clerk”."
    for words in (["sync"], ["sync", "--status"]):
        assert main(words) == 1
        told = said()
        assert "Held back: office 1, case:" in told
        assert why in told


def test_a_revoked_terminal_says_so_and_hands_in_what_waits(
    terminal: Settings, centre: Running, said: Say
) -> None:
    centre.clock.now = system_clock()
    assert [line.state for line in doctor.central(terminal)] == ["absent"]
    assert main(["enrol", centre.invitation()]) == 0
    assert main(["sync"]) == 0
    assert [line.state for line in doctor.central(terminal)] == ["works"]
    desk = open_desk(terminal)
    admin.revoke(centre.centre, desk.terminal.code, "S001")
    case = desk.open_case(RECEPTION, "worker", "my").case
    desk.terminal.store.close()
    for words in (["sync"], ["sync"], ["sync", "--status"]):
        assert main(words) == 1
        told = said()
        assert "0 entries wait to be sent." in told  # the first one handed it in
        assert "This terminal was revoked." in told
        assert f"Held back: office 5, {case}" in told
    with centre.database.read() as connection:
        held = quarantine.listed(connection, centre.centre.office, words=centre.centre.pack.office)
    assert [(one.place[1], one.sequences) for one in held] == [(desk.terminal.code, (5,))]
    works, refused, held_back = doctor.central(terminal)
    assert "last exchange 2" in works.words
    assert held_back.words == "1 entry held back there: kiosk sync --status"
    assert (refused.state, refused.words.split(".")[0]) == ("missing", "This terminal was revoked")
    admin.release(centre.centre, held[0].place, 5, 5, "S001")
    assert main(["sync"]) == 1
    told = said()
    assert "This terminal was revoked." in told
    assert "Held back" not in told


def test_a_terminal_that_is_revoked_in_the_middle_of_an_exchange_says_so(
    terminal: Settings, centre: Running, said: Say, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["enrol", centre.invitation()]) == 0
    send = Exchange.send

    def revoked_meanwhile(exchange: Exchange) -> int:
        sent = send(exchange)
        if sent:
            admin.revoke(centre.centre, exchange.own[1], "S001")
        return sent

    monkeypatch.setattr(Exchange, "send", revoked_meanwhile)
    assert main(["sync"]) == 1
    told = said()
    assert "4 entries sent" in told
    assert "This terminal was revoked." in told
    assert main(["sync", "--status"]) == 1
    assert "This terminal was revoked." in said()


def test_the_last_exchange_is_one_time_also_when_nothing_was_sent(
    terminal: Settings, centre: Running, said: Say
) -> None:
    assert main(["enrol", centre.invitation()]) == 0
    assert main(["sync"]) == 0
    with open_store(terminal) as store, store.write() as connection:  # it sent long ago
        connection.execute("UPDATE acknowledged SET at = '2026-01-01T08:00:00+08:00'")
    assert main(["sync"]) == 0
    *_, last = (line for line in said().splitlines() if line.startswith("Last exchange: "))
    assert main(["sync", "--status"]) == 0
    assert last in said()
    assert "2026-01-01" not in last


@pytest.mark.parametrize(
    ("hours", "off"), [(20_000 * 24 + 12, "20000 days"), (-200_000, "8333 days"), (3, "180 minutes"), (0, "")]
)
def test_a_wrong_clock_is_said_here_and_at_the_centre(
    terminal: Settings, centre: Running, said: Say, hours: int, off: str
) -> None:
    centre.clock.now = system_clock() + timedelta(hours=hours)
    assert main(["enrol", centre.invitation()]) == 0
    sentence = "The clock of this terminal is wrong by "
    assert (sentence in said()) is False
    for words in (["sync"], ["sync", "--status"], ["doctor"]):
        main(words)
        shown = re.findall(sentence + r"(\d+ \w+)\.", said())
        assert shown == [off] * bool(off), words

    def seen() -> bool:
        with centre.database.read() as connection:
            found = [one.skew for one in contacts(connection, centre.centre.office).values()]
        return [round(skew / 3600) for skew in found] == [-hours]

    until(seen)


def test_a_fork_is_said_and_put_right_at_the_next_start(
    terminal: Settings, centre: Running, said: Say
) -> None:
    assert main(["enrol", centre.invitation()]) == 0
    image = (terminal.data / "store.db").read_bytes()
    desk = open_desk(terminal)
    code = desk.terminal.code
    desk.open_case(RECEPTION, "worker", "my")
    desk.terminal.store.close()
    assert main(["sync"]) == 0
    (terminal.data / "store.db").write_bytes(image)
    desk = open_desk(terminal)
    mine = desk.open_case(RECEPTION, "worker", "my").case
    desk.terminal.store.close()
    said()
    assert main(["sync"]) == 2
    assert "put back to an older state, or copied" in said()
    assert main(["sync"]) == 1
    assert f"Given twice, here and by a copy of this terminal: RL01-{code}-C00000" in said()
    desk = open_desk(terminal)
    assert desk.terminal.code != code
    assert desk.case(RECEPTION, mine, opened=False).status == "open"
    with desk.terminal.store.read() as connection:
        assert exchange.known(connection, exchange.FORKED) is None
        assert connection.execute("SELECT count(*) FROM view_case").fetchone() == (3,)
    desk.terminal.store.close()
    assert (terminal.data / "store.db.forked").exists()


def test_a_new_terminal_without_a_pack_gets_the_office_s_from_the_centre(
    centre: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    for name in ("DATA", "LOGS", "SLIPS"):
        monkeypatch.setenv(f"KIOSK_{name}", str(tmp_path / "new" / name.lower()))
    monkeypatch.delenv("KIOSK_PACK", raising=False)
    assert main(["enrol", centre.invitation()]) == 2
    assert "has no office pack to give" in said()
    assert main(["enrol", "KIOSK-INVITE/1/x"]) == 2
    folder = changed_pack(tmp_path / "pack", 2)
    packs.publish(centre.centre, folder, date(2026, 3, 2), "admin")
    admin.appoint(centre.centre, "R001", "李晓梅", ["reception"], "long enough", "admin")
    assert main(["enrol", centre.invitation()]) == 0
    assert "recovery key" in said()
    desk = open_desk(load_settings())
    try:
        assert desk.pack.office.version == 2
        assert desk.pack.digests == read_pack(folder).digests
        assert desk.sign_in("R001", "long enough").roles == ("reception",)
    finally:
        desk.terminal.store.close()


def test_a_restored_terminal_gets_the_pack_with_its_invitation(
    terminal: Settings, centre: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    monkeypatch.delenv("KIOSK_PACK")
    (terminal.data / PACK_NAME).unlink(missing_ok=True)
    for words in (["sync"], ["sync", "--status"], ["ask", "R1", "1994-05-17"]):
        assert main(words) == 2
        assert "This terminal has joined no central system." in said()
    packs.publish(centre.centre, changed_pack(tmp_path / "pack", 2), date(2026, 3, 2), "admin")
    assert main(["enrol", centre.invitation()]) == 0
    desk = open_desk(load_settings())
    assert desk.pack.office.version == 2
    desk.terminal.store.close()


def test_the_commands_say_which_pack_a_terminal_cannot_work_by(
    terminal: Settings, centre: Running, tmp_path: Path, said: Say
) -> None:
    assert main(["enrol", centre.invitation()]) == 0
    packs.publish(centre.centre, changed_pack(tmp_path / "second", 2), date(2026, 3, 2), "admin")
    change = ("forms/registration.yaml", "type: phone", "type: hologram")
    give_out_unread(centre.centre, changed_pack(tmp_path / "third", 3, [change], ()), 3, {})
    said()
    main(["sync"])
    assert "version 3, needs a newer program" in said()
    main(["sync", "--status"])
    assert "version 3, needs a newer program" in said()
    lines = list(doctor.pack(terminal))
    assert [line.state for line in lines] == ["works", "missing"]
    assert "version 2, from the central system" in lines[0].words
    assert "version 3, needs a newer program" in lines[1].words
    desk = open_desk(terminal)
    assert desk.pack.office.version == 2
    desk.terminal.store.close()
