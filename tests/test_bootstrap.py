"""Starting a terminal: the first time, again, with a bad pack, without its key."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec.structs import replace

from kiosk.__main__ import main
from kiosk.bootstrap import first_start, is_new, open_desk, open_store
from kiosk.errors import KioskError, PackError, Refused, StoreBusy, WrongKey
from kiosk.model.entries import KINDS, Kind
from kiosk.settings import Settings, sample_pack_folder
from kiosk.store import rebuild
from tests.elsewhere import arrives
from tests.office import PERSON, Clock


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data=tmp_path / "data", logs=tmp_path / "logs", slips=tmp_path / "slips")


@pytest.fixture
def started(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A terminal with one registered person, closed again, and the command line looking at it."""
    desk, _ = first_start(settings, sample_pack_folder(), Clock())
    boss = desk.add_staff("S001", "王海宁", ("supervisor", "reception"), "a long passphrase")
    case = desk.open_case(boss, "worker", "my").case
    desk.acknowledge_notice(boss, case)
    desk.record(boss, case, PERSON)
    desk.terminal.store.close()
    monkeypatch.setenv("KIOSK_DATA", str(settings.data))
    return settings


def test_a_first_start_makes_keys_store_and_trust_list(settings: Settings) -> None:
    assert is_new(settings)
    desk, recovery = first_start(settings, sample_pack_folder())
    assert not is_new(settings)
    assert not desk.has_staff()
    assert len(recovery.split("-")) == 11
    trust = json.loads((settings.data / "trust.json").read_text("utf-8"))
    assert [key["terminal"] for key in trust["keys"]] == [desk.terminal.code]
    desk.terminal.store.close()


def test_the_next_start_is_the_same_terminal_with_the_same_pack(started: Settings) -> None:
    desk = open_desk(started)
    code = desk.terminal.code
    assert desk.sign_in("s001", "a long passphrase").roles == ("supervisor", "reception")
    assert [row.name for row in desk.find(desk.sign_in("S001", "a long passphrase"), "ma san")] == [
        "MA MA SAN"
    ]
    desk.terminal.store.close()
    again = open_desk(started)
    assert again.terminal.code == code
    again.terminal.store.close()


def test_a_bad_pack_leaves_nothing_behind(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(PackError):
        first_start(settings, tmp_path / "empty")
    assert is_new(settings)
    assert not settings.data.exists()


def test_a_machine_that_lost_its_key_says_what_opens_the_store(started: Settings) -> None:
    for file in started.data.iterdir():
        if file.name not in ("store.db", "keys.json", "office-pack.txt"):
            file.unlink()
    with pytest.raises(WrongKey, match="recovery key"):
        open_desk(started)


def test_two_programs_on_one_store(started: Settings) -> None:
    desk = open_desk(started)
    with pytest.raises(StoreBusy):
        open_store(started)
    with open_store(started, read_only=True) as reader, reader.read() as connection:
        assert connection.execute("SELECT count(*) FROM entry").fetchone()[0] > 0
    desk.terminal.store.close()


def test_what_only_a_newer_program_knew_is_worked_on_after_the_update(
    started: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(started)
    boss = desk.sign_in("S001", "a long passphrase")
    (row,) = desk.work_list(boss)
    arrives(desk.terminal.store, row.case, {"colour": "blue"}, kind="painted")
    with pytest.raises(Refused, match="newer program"):
        desk.park(boss, row.case)
    desk.terminal.store.close()
    monkeypatch.setitem(KINDS, "painted", Kind(1, "Painted it"))
    monkeypatch.setattr(rebuild, "VERSION", rebuild.version_of(KINDS))  # as the program begins with it
    desk = open_desk(started)
    desk.park(boss, row.case)
    desk.terminal.store.close()


def test_a_terminal_without_a_pack_says_so(started: Settings) -> None:
    (started.data / "office-pack.txt").unlink()
    with pytest.raises(KioskError, match="no office pack"):
        open_desk(started)
    desk = open_desk(replace(started, pack=sample_pack_folder()))
    desk.terminal.store.close()


@pytest.mark.parametrize(
    ("file", "says"), [("nowhere/j", "There is no folder {folder}/nowhere."), ("", "{folder} is a folder.")]
)
def test_a_journal_cannot_be_exported_just_anywhere(
    started: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str, says: str
) -> None:
    assert main(["journal", "export", str(tmp_path / file)]) == 2
    assert says.format(folder=tmp_path) in capsys.readouterr().err


def test_journal_commands(started: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["journal", "verify"]) == 0
    assert "0 findings" in capsys.readouterr().out
    assert main(["journal", "rebuild"]) == 0
    assert main(["journal", "export", str(tmp_path / "out.jsonl")]) == 0
    assert "not encrypted" in capsys.readouterr().out
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o600
    lines = [json.loads(line) for line in (tmp_path / "out.jsonl").read_bytes().splitlines()]
    assert lines[0]["entry"]["kind"] == "opened"
    assert [line["previous"] for line in lines[1:]] == [line["hash"] for line in lines[:-1]]
    with open_store(started) as store, store.write() as connection:
        connection.execute("DROP TRIGGER entry_is_not_changed")
        connection.execute("UPDATE entry SET commitment = zeroblob(32) WHERE rowid = 2")
    assert main(["journal", "verify"]) == 1
    assert "the chain breaks at entry 2" in capsys.readouterr().out
