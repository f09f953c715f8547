"""`kiosk export-unsent` and `central import`: a file takes the way of the line, and changes nothing twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central import admin
from central.__main__ import main as central
from central.centre import Centre
from central.database import open_database
from kiosk.__main__ import main as kiosk
from kiosk.actions import parcel
from kiosk.actions.act import Operator
from kiosk.bootstrap import open_desk, open_store
from kiosk.settings import Settings
from kiosk.store import exchange as store
from kiosk.store.keys import new_recovery, recovery_public
from tests.commands.conftest import Say
from tests.office import PERSON, Clerks, Office, portrait, sample_pack
from tests.running import Running, exchange_of, meet

RECEPTION = Operator("R001", "李晓梅", ("reception", "labour"))


@pytest.fixture
def centre(centre: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Running:
    """Which this machine's `central` works at, too."""
    monkeypatch.setenv("CENTRAL_DATABASE", centre.database.url)
    monkeypatch.setenv("CENTRAL_DATA", str(tmp_path))
    return centre


def join(centre: Running, *departments: str) -> None:
    """The terminal joins and exchanges once: from then on it knows what to seal files to."""
    invitation = centre.invitation(departments) if departments else centre.invitation()
    assert kiosk(["enrol", invitation]) == 0
    assert kiosk(["sync"]) == 0


def work(settings: Settings, number: str = "MM1234567") -> str:
    """One case, with a portrait."""
    desk = open_desk(settings)
    case = desk.open_case(RECEPTION, "worker", "my").case
    desk.acknowledge_notice(RECEPTION, case, heard=True)
    desk.record(RECEPTION, case, PERSON | {"person.document_number": number})
    desk.attach_portrait(RECEPTION, case, portrait())
    desk.terminal.store.close()
    return case


@pytest.fixture
def file(terminal: Settings, centre: Running, tmp_path: Path) -> Path:
    """What waits at a terminal that has joined: one case, with a portrait."""
    join(centre)
    work(terminal)
    assert kiosk(["export-unsent", str(tmp_path / "unsent")]) == 0
    return tmp_path / "unsent"


def everything(centre: Running) -> list[list[tuple[object, ...]]]:
    """What the centre holds of the journal."""
    tables = ("entry", "head", "feed", "quarantine", "blob", "blob_part")
    with centre.database.read() as connection:
        return [sorted(connection.execute(f"SELECT * FROM {table}").fetchall()) for table in tables]  # noqa: S608


def code(settings: Settings) -> str:
    desk = open_desk(settings)
    desk.terminal.store.close()
    return desk.terminal.code


def test_what_a_file_brought_is_there_once_and_the_terminal_hears_of_it(
    terminal: Settings, centre: Running, tmp_path: Path, said: Say
) -> None:
    file = tmp_path / "stick" / "unsent"
    file.parent.mkdir()
    join(centre)
    case = work(terminal)
    said()
    assert kiosk(["export-unsent", str(file)]) == 0
    assert said().startswith(f"5 entries and 1 picture in {file}.")
    assert [file.name for file in file.parent.iterdir()] == ["unsent"]
    assert file.stat().st_mode & 0o077 == 0
    assert kiosk(["sync", "--status"]) == 0
    assert said().startswith("5 entries wait to be sent.")
    content = file.read_bytes()
    assert b"MA MA SAN" not in content
    assert case.partition(":")[2].encode() not in content
    assert central(["import", str(file)]) == 0
    assert said() == f"Terminal {code(terminal)}: entries 5, new 5; pictures 1, new 1.\n"
    once = everything(centre)
    assert central(["import", str(file)]) == 0
    assert said() == f"Terminal {code(terminal)}: entries 5, new 0; pictures 1, new 0.\n"
    assert everything(centre) == once
    assert kiosk(["sync"]) == 0
    assert said().startswith("0 entries sent, ")
    assert kiosk(["sync", "--status"]) == 0
    assert said().startswith("0 entries wait to be sent.")
    assert everything(centre)[:2] == once[:2]
    other = Office(tmp_path, clock=centre.clock)
    far = centre.joined(other)
    meet(far)
    far.blobs()
    view = other.desk.case(other.reception, case, opened=False)
    assert view.row.name == "MA MA SAN"
    assert (other.desk.blob(view.facts["case.portrait"]) or b"")[:2] == b"\xff\xd8"
    far.client.close()
    other.close()


def test_after_the_line_came_back_an_old_file_changes_nothing(
    terminal: Settings, centre: Running, file: Path, said: Say
) -> None:
    work(terminal, "MM7654321")
    assert kiosk(["sync"]) == 0
    there = everything(centre)
    said()
    assert central(["import", str(file)]) == 0
    assert "entries 5, new 0; pictures 1, new 0." in said()
    assert everything(centre) == there
    file.unlink()
    assert kiosk(["export-unsent", str(file)]) == 0
    assert said() == "Nothing waits to be sent; no file was written.\n"
    assert not file.exists()


def test_a_picture_that_was_cut_off_behind_its_entries_is_in_the_file(
    terminal: Settings, centre: Running, tmp_path: Path, said: Say
) -> None:
    file = tmp_path / "unsent"
    join(centre)
    work(terminal)
    desk = open_desk(terminal)
    exchange = exchange_of(Clerks(desk))
    exchange.begin()
    assert exchange.send() == 5
    exchange.client.close()
    desk.terminal.store.close()
    said()
    assert kiosk(["export-unsent", str(file)]) == 0
    assert said().startswith("0 entries and 1 picture in ")
    assert central(["import", str(file)]) == 0
    assert "entries 0, new 0; pictures 1, new 1." in said()


def test_what_may_not_be_written_there_is_held_back_as_on_the_line(
    terminal: Settings, centre: Running, tmp_path: Path, said: Say
) -> None:
    file = tmp_path / "unsent"
    join(centre, "labour")
    work(terminal)
    assert kiosk(["export-unsent", str(file)]) == 0
    said()
    assert central(["import", str(file)]) == 1
    assert "See: central quarantine list" in said()
    there = everything(centre)
    assert central(["import", str(file)]) == 1
    assert everything(centre) == there
    said()
    assert kiosk(["sync"]) == 1
    assert "0 entries sent" in (told := said())
    assert "Held back: office 1, case:" in told


def test_a_revoked_terminals_file_is_kept_and_passed_to_nobody(
    terminal: Settings, centre: Running, file: Path, said: Say
) -> None:
    admin.revoke(centre.centre, code(terminal), "S001")
    said()
    assert central(["import", str(file)]) == 1
    assert "Held back: entries 5." in said()


def test_a_file_that_is_not_whole_takes_nothing_in(
    centre: Running, file: Path, tmp_path: Path, said: Say
) -> None:
    bad = tmp_path / "bad"
    good, there = file.read_bytes(), everything(centre)
    at = len(parcel.NAME)
    first = at + 4 + int.from_bytes(good[at : at + 4], "big")
    second = first + 4 + int.from_bytes(good[first : first + 4], "big")
    for content, sentence in (
        (b"", "was not made by: kiosk export-unsent"),
        (b"\x00" * 10_000, "was not made by: kiosk export-unsent"),
        (parcel.NAME, "cut short or damaged"),
        (parcel.NAME + b"\xff" * 10_000, "cut short or damaged"),
        (parcel.NAME + parcel.END + bytes(64), "or it is damaged"),
        (good[:-1], "cut short or damaged"),
        (good[: len(good) // 2], "cut short or damaged"),
        (good + b"\x00", "cut short or damaged"),
        (good[: at + 20] + bytes([good[at + 20] ^ 1]) + good[at + 21 :], "or it is damaged"),
        (good[:-200] + bytes([good[-200] ^ 1]) + good[-199:], "cut short or damaged"),
        (good[:first] + good[second:], "cut short or damaged"),
        (good[:first] + good[first:second] + good[first:], "cut short or damaged"),
    ):
        bad.write_bytes(content)
        said()
        assert central(["import", str(bad)]) == 2
        told = said()
        assert told.startswith("central: This file ")
        assert sentence in told
        assert told.count("\n") == 1
    assert everything(centre) == there
    for path, sentence in ((tmp_path, "is a folder"), (tmp_path / "none", "cannot be used")):
        assert central(["import", str(path)]) == 2
        assert sentence in said()
    assert central(["import", str(file)]) == 0


def test_a_file_of_or_for_somebody_else_is_refused(
    terminal: Settings,
    centre: Running,
    file: Path,
    tmp_path: Path,
    said: Say,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    there, mine = everything(centre), recovery_public(centre.centre.seal_secret)
    stranger = Ed25519PrivateKey.generate()
    for office, name, seal_to, sentence in (
        ("RL01", code(terminal), mine, "cut short or damaged"),
        ("RL01", "ZZZZ", mine, "There is no terminal ZZZZ."),
        ("XX99", code(terminal), mine, "This is the central system of RL01."),
        ("RL01", code(terminal), new_recovery()[1], "for another central system"),
    ):
        with (tmp_path / "forged").open("wb") as out:
            parcel.write(out, parcel.Sender(office, name), seal_to, stranger, [(parcel.BLOB, b"x")])
        said()
        assert central(["import", str(tmp_path / "forged")]) == 2
        assert sentence in said()
    assert everything(centre) == there
    another = f"sqlite:///{tmp_path / 'another.db'}"
    Centre(open_database(another), sample_pack()).database.close()
    monkeypatch.setenv("CENTRAL_DATABASE", another)
    assert central(["import", str(file)]) == 2
    assert "for another central system" in said()


def test_a_file_behind_which_the_centre_was_put_back_says_what_is_missing(
    terminal: Settings, centre: Running, tmp_path: Path, said: Say
) -> None:
    file = tmp_path / "unsent"
    join(centre)
    centre.back_up()
    work(terminal)
    assert kiosk(["sync"]) == 0
    work(terminal, "MM7654321")
    assert kiosk(["export-unsent", str(file)]) == 0
    centre.put_back()
    there = everything(centre)
    said()
    assert central(["import", str(file)]) == 2
    assert f"RL01/{code(terminal)}/office: entry 1 is missing." in said()
    assert everything(centre) == there


def test_a_terminal_that_cannot_seal_or_write_says_so(
    terminal: Settings, centre: Running, tmp_path: Path, said: Say
) -> None:
    file = tmp_path / "unsent"
    assert kiosk(["export-unsent", str(file)]) == 2
    assert "has joined no central system" in said()
    assert kiosk(["enrol", centre.invitation()]) == 0
    work(terminal)
    with open_store(terminal) as kept, kept.write() as connection:  # as one that was never given it
        connection.execute("DELETE FROM identity WHERE key = 'centre/seal_to'")
    said()
    assert kiosk(["export-unsent", str(file)]) == 2
    assert "An exchange brings it." in said()
    assert kiosk(["sync"]) == 0
    work(terminal, "MM7654321")
    said()
    for path, sentence in ((tmp_path, "is a folder"), (tmp_path / "none" / "unsent", "There is no folder")):
        assert kiosk(["export-unsent", str(path)]) == 2
        assert sentence in said()
    assert not file.exists()
    desk = open_desk(terminal)  # it runs, and its file is written beside it
    with desk.terminal.store.read() as connection:
        assert len(store.known(connection, "centre/seal_to") or b"") == 32
    assert kiosk(["export-unsent", str(file)]) == 0
    desk.terminal.store.close()
    assert file.exists()
