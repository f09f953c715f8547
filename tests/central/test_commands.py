"""The commands, as an administrator types them, beside a server that runs."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.__main__ import main
from kiosk.actions.terminal import system_clock
from kiosk.model.entries import Write
from kiosk.sync.invitation import read_invitation
from tests.central.machine import Town, entry


@pytest.fixture
def at(town: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Town:
    """The environment of an administrator of this centre."""
    monkeypatch.setenv("CENTRAL_DATABASE", town.centre.database.url)
    monkeypatch.setenv("CENTRAL_DATA", str(tmp_path))
    return town


def run(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> str:
    capsys.readouterr()
    assert main(words) == status
    said = capsys.readouterr()
    return said.out + said.err


def test_a_terminal_is_invited_listed_and_revoked(at: Town, capsys: pytest.CaptureFixture[str]) -> None:
    said = run(capsys, "terminals", "list")
    assert "No terminal" in said
    assert "--address" in run(
        capsys, "terminals", "invite", "--name", "x", "--departments", "police", status=2
    )
    words = ("--name", "Desk 1", "--departments", "reception,police", "--address", at.server.address)
    assert "central system of office RL01. It invites nobody to RL02." in run(
        capsys, "terminals", "invite", "--office", "RL02", *words, status=2
    )
    said = run(capsys, "terminals", "invite", "--office", "rl01", *words)
    (text,) = re.findall(r"^KIOSK-INVITE\S+$", said, re.MULTILINE)
    assert "█" in said
    invitation = read_invitation(text)
    assert invitation.address == at.server.address
    desk = at.machine("AAAA")
    assert "AAAA" in run(capsys, "terminals", "list")
    run(capsys, "terminals", "revoke", "aaaa")
    assert len(desk.send(entry()).set_aside) == 1  # the server noticed
    assert "revoked" in run(capsys, "terminals", "list")
    assert "no terminal ZZZZ" in run(capsys, "terminals", "revoke", "zzzz", status=2)
    said = run(capsys, "terminals", "revoke", "desk aaaa", status=2)
    assert said == "central: A terminal is named by its code. That of desk AAAA is AAAA.\n"
    said = run(capsys, "terminals", "invite", *words, "--name", "", status=2)
    assert said == "central: A terminal needs a name, of up to 60 characters.\n"


def test_an_invitation_that_nobody_used_is_listed_and_withdrawn(
    at: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    invite = ("terminals", "invite", "--departments", "police", "--address", at.server.address)
    marks = []
    for name in ("Window 1", "Window 2"):
        said = run(capsys, *invite, "--name", name)
        marks += re.findall(r"central terminals withdraw (\w{8})\n", said)
    first, second = marks
    secret = read_invitation(re.findall(r"^KIOSK-INVITE\S+$", said, re.MULTILINE)[0]).secret
    listed = run(capsys, "terminals", "list")
    assert re.search(rf"invited {first}  counter      Window 1  \[police\]  good until 20\S+ \S+\n", listed)
    assert "Window 1 is withdrawn" in run(capsys, "terminals", "withdraw", first)
    listed = run(capsys, "terminals", "list")
    assert first not in listed
    assert second in listed
    assert f"No invitation {first} is open" in run(capsys, "terminals", "withdraw", first, status=2)
    stranger = at.stranger("AAAA")
    run(capsys, "terminals", "withdraw", second.upper())
    answer = stranger.http.post("/v1/enrol", json=at.asked(stranger, secret))
    assert (answer.status_code, answer.json()["kind"]) == (403, "invitation")
    at.machine("BBBB")
    assert "invited" not in run(capsys, "terminals", "list")  # it was used


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ((), "Say --departments: reception, health_post, labour, police\n"),
        (
            ("--departments", "market"),
            "The departments of this office are: reception, health_post, labour, police\n",
        ),
        (
            ("--face", "selfservice", "--departments", "police"),
            "A self-service terminal belongs to no department. Leave out --departments.",
        ),
    ],
)
def test_which_departments_an_invitation_needs_is_said(
    at: Town, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], says: str
) -> None:
    invite = ("terminals", "invite", "--name", "x", "--address", at.server.address)
    assert says in run(capsys, *invite, *words, status=2)


def test_a_line_of_successors_is_listed_and_revoked(at: Town, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = at.machine("AAAA"), at.machine("BBBB")
    key = Ed25519PrivateKey.generate()
    asked = at.asked(new, "", code="CCCC", key=key.public_key().public_bytes_raw().hex())
    asked["proof"] = key.sign(b"RL01/AAAA").hex()
    assert old.call("POST", "/v1/successor", json.dumps(asked).encode()).is_success
    assert "successor of AAAA" in run(capsys, "terminals", "list")
    assert "with: CCCC. Say --line" in run(capsys, "terminals", "revoke", "aaaa", status=2)
    assert run(capsys, "terminals", "revoke", "aaaa", "--line").count("is revoked") == 2
    run(capsys, "terminals", "revoke", "bbbb")


def test_what_is_held_back_is_listed_and_released(at: Town, capsys: pytest.CaptureFixture[str]) -> None:
    assert "Nothing" in run(capsys, "quarantine", "list")
    desk, other = at.machine("AAAA"), at.machine("BBBB")
    desk.send(entry(), entry(role="police"))
    said = run(capsys, "quarantine", "list")
    assert said.startswith("AAAA/office/2 ")
    assert "nobody acts as “Police officer”" in said
    pulled, _ = other.pull()
    run(capsys, "quarantine", "release", "AAAA/office/2")
    assert [row.sequence for row in other.pull(pulled.cursor)[1] if row.stream == "office"] == [2]
    assert "Nothing" in run(capsys, "quarantine", "list")
    assert re.search(
        r"AAAA/office/2 .*; released \S+ by admin", run(capsys, "quarantine", "list", "--released")
    )
    assert "Nothing is held back there" in run(capsys, "quarantine", "release", "AAAA/office/2", status=2)
    for place in ("AAAA/office", "x"):
        said = run(capsys, "quarantine", "release", place, status=2)
        assert "TERMINAL/STREAM/NUMBER[-NUMBER]" in said


def test_what_was_mended_since_is_told_from_what_needs_somebody(
    at: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    desk, wrong = at.machine("AAAA"), entry(role="police")
    desk.send(wrong, entry(role="police"))
    mend = {register: Write("mended", (wrong.id,)) for register in wrong.writes}
    desk.send(entry(subject=wrong.subject, writes=mend))
    at.centre.projector.catch_up()
    first, second = run(capsys, "quarantine", "list").splitlines()
    assert first.endswith("; mended since by its author's terminal")
    assert "mended" not in second


def test_operators_come_and_go(
    at: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at.machine("AAAA")
    monkeypatch.setattr("sys.stdin", io.StringIO("a long passphrase\nanother passphrase\nshort\n"))
    run(capsys, "operators", "add", "r001", "--name", "Li", "--roles", "reception")
    assert "R001  Li  [reception]" in run(capsys, "operators", "list")
    run(capsys, "operators", "passphrase", "r001")
    run(capsys, "operators", "passphrase", "r001", status=2)
    run(capsys, "operators", "dismiss", "R001")
    assert "dismissed" in run(capsys, "operators", "list")
    assert [row.subject for row in desk.pull()[1]].count("operator:R001") == 3


def test_who_is_an_operator_is_changed_and_not_added_again(
    at: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long passphrase\nanother passphrase\n"))
    add = ("operators", "add", "r001", "--name", "Li", "--roles", "reception")
    run(capsys, *add, "--lease-days", "3")
    said = run(capsys, *add, status=2)
    assert "R001 is there: Li. Say “change” instead of “add”." in said
    said = run(capsys, "operators", "change", "r001", "--roles", "labour,police")
    known = "R001  Li  [labour police]  3 days without the centre  passphrase given by admin, "
    assert said.startswith(known)
    said = run(capsys, "operators", "change", "r001", status=2)
    assert said == "central: Say what to change: --name, --roles or --lease-days.\n"
    run(capsys, "operators", "dismiss", "r001")
    dismissed = "R001 was dismissed. “central operators add” appoints him anew."
    assert dismissed in run(capsys, "operators", "change", "r001", "--name", "Wang", status=2)
    assert dismissed in run(capsys, "operators", "dismiss", "r001", status=2)
    assert "There is no staff number R002." in run(capsys, "operators", "dismiss", "r002", status=2)
    run(capsys, *add)
    assert "R001  Li  [reception]  14 days" in run(capsys, "operators", "list")


def test_it_is_said_when_the_last_supervisor_goes(
    at: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long passphrase\nanother passphrase\n"))
    for number in ("S001", "S002"):
        run(capsys, "operators", "add", number, "--name", "Li", "--roles", "supervisor", "police")
    assert run(capsys, "operators", "dismiss", "S001") == "S001 is dismissed.\n"
    assert "No supervisor is left: " in run(capsys, "operators", "change", "S002", "--roles", "police")
    assert "No supervisor is left: " in run(capsys, "operators", "dismiss", "S002")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("P-police_officer", "--name", "Li"), "of A to Z, 0 to 9 and the hyphen."),
        (("R001", "--name", " "), "An operator needs a name, of up to 60 characters."),
        (("R001", "--name", "Li", "--lease-days", "99999"), "A lease lasts from 1 to 90 days."),
    ],
)
def test_what_is_wrong_with_an_operator_is_said(
    at: Town,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    says: str,
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long passphrase\n"))
    assert says in run(capsys, "operators", "add", *words, "--roles", "police", status=2)


def test_who_set_a_passphrase_and_where_is_listed(
    at: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at.machine("AAAA")
    monkeypatch.setattr("sys.stdin", io.StringIO("a long passphrase\nanother passphrase\n"))
    said = run(capsys, "operators", "add", "r001", "--name", "Li", "--roles", "reception")
    assert "asked to choose one of his own" in said
    (one,) = at.lists(desk)["staff"]
    assert one["given"]
    said = run(capsys, "operators", "passphrase", "r001", "--lasting")
    assert "his own" not in said
    (one,) = at.lists(desk)["staff"]
    assert not one["given"]
    listed = run(capsys, "operators", "list")
    assert "passphrase given by admin, 20" in listed
    assert listed.endswith(", lasting\n")
    asked = {"number": "R001", "old": "another passphrase", "new": "known to me alone"}
    desk.call("POST", "/v1/passphrase", msgspec.json.encode(asked)).raise_for_status()
    listed = run(capsys, "operators", "list")
    assert "passphrase his own, 20" in listed
    assert listed.endswith(" at AAAA\n")


@pytest.mark.parametrize(("again", "status"), [(b"a long passphrase\n", 0), (b"a lonh passphrase\n", 2)])
def test_who_types_a_passphrase_is_asked_twice(at: Town, again: bytes, status: int) -> None:
    command = [sys.executable, "-m", "central", "operators", "add", "R001", "--name", "Li"]
    ours, its = os.openpty()
    with subprocess.Popen(
        [*command, "--roles", "reception"], stdin=its, stdout=its, stderr=its, start_new_session=True
    ) as asking:
        said = b""
        for question, answer in ((b"characters): ", b"a long passphrase\n"), (b"Once more: ", again)):
            while question not in said:
                said += os.read(ours, 4096)
            os.write(ours, answer)
        os.close(its)
        assert asking.wait(60) == status
    os.close(ours)
    with at.centre.database.read() as connection:
        assert ("R001" in at.centre.registry(connection).operators) is (status == 0)


def test_the_journal_is_verified_and_views_made_anew(at: Town, capsys: pytest.CaptureFixture[str]) -> None:
    at.machine("AAAA").send(entry(), entry())
    assert "Entries: 3. Findings: 0." in run(capsys, "journal", "verify")
    run(capsys, "journal", "rebuild")
    with at.centre.database.write() as connection:
        connection.execute("UPDATE head SET sequence = 1 WHERE terminal = 'AAAA'")
    assert "Findings: 1." in run(capsys, "journal", "verify", status=1)


def keys_in(said: str) -> list[str]:
    """The recovery keys that are shown."""
    return re.findall(r"^(?:[A-Z2-7]{5}-){10}[A-Z2-7]{5}\r?$", said, re.MULTILINE)


def test_a_backup_is_made_while_the_server_works_and_restored(
    at: Town, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    at.centre.clock = lambda: system_clock() - timedelta(seconds=40)  # they joined before the restore
    at.machine("AAAA").send(entry(), entry())
    at.machine("BBBB", (), "selfservice")
    file = str(tmp_path / "backup")
    (key,) = keys_in(run(capsys, "backup", "--new-recovery-key"))
    assert "4 entries" in run(capsys, "backup", file)
    new = f"sqlite:///{tmp_path / 'new.db'}"
    monkeypatch.setattr("sys.stdin", io.StringIO(f"\n{key.lower()}\n"))
    assert "no recovery key was given: --key-file" in run(
        capsys, "restore", file, "--database", new, status=2
    )
    said = run(capsys, "restore", file, "--database", new)
    assert said.startswith("Restored. What was lost since the backup the terminals bring by themselves")
    assert "Invitations from before are void." in said
    awaited = (
        "one of these counters has exchanged: AAAA (desk AAAA)\nIf none will: central journal complete\n"
    )
    assert said.endswith(f"until\n{awaited}")
    said = run(capsys, "terminals", "list", "--database", new)
    assert said.startswith("Restored ")
    assert f"and not complete until {awaited}AAAA  counter " in said
    run(capsys, "terminals", "revoke", "AAAA", "--database", new)
    said = run(capsys, "terminals", "list", "--database", new)
    assert "no counter is left that had joined before: central journal complete\nAAAA  counter " in said
    run(capsys, "journal", "complete", "--database", new)
    assert run(capsys, "terminals", "list", "--database", new).startswith("AAAA")
    run(capsys, "restore", file, "--database", new, status=2)


def test_a_backup_takes_the_place_of_the_one_before_as_its_help_says(
    at: Town, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    file.write_text("an older one")
    run(capsys, "backup", "--new-recovery-key")
    run(capsys, "backup", str(file))
    assert file.stat().st_size > 1000
    with pytest.raises(SystemExit):
        main(["backup", "--help"])
    assert "(replaced when it exists)" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("file", "says"),
    [("nowhere/x", "There is no folder {folder}/nowhere."), ("", "{folder} is a folder. Name a file.")],
)
def test_a_backup_goes_only_where_there_is_a_folder(
    at: Town, capsys: pytest.CaptureFixture[str], tmp_path: Path, file: str, says: str
) -> None:
    said = run(capsys, "backup", str(tmp_path / file), status=2)
    assert said == f"central: {says.format(folder=tmp_path)}\n"
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("words", [("terminals", "list"), ("operators", "list"), ("backup", "{folder}/copy")])
def test_only_the_server_begins_a_centre(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    typed = [word.format(folder=tmp_path) for word in words]
    for name in (
        ("--data", f"{tmp_path}/no/where"),
        ("--database", f"sqlite:///{tmp_path}/no/where/centre.db"),
    ):
        said = run(capsys, *typed, *name, status=2)
        assert said.startswith(f"central: There is no central system in {tmp_path}/no/where/centre.db.")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_data_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    said = run(capsys, "serve", "--data", str(tmp_path / "file"), status=2)
    assert said == f"central: {tmp_path / 'file'} is a file. Name a folder.\n"


def test_the_recovery_key_is_shown_once_and_another_one_is_for_later_backups(
    at: Town, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, new = str(tmp_path / "old"), str(tmp_path / "new")
    said = run(capsys, "backup", old, status=2)  # nobody sits there who would write it down
    assert said.endswith("Make it, and write it down: central backup --new-recovery-key\n")
    assert not Path(old).exists()
    ours, its = os.openpty()
    subprocess.run([sys.executable, "-m", "central", "backup", old], stdout=its, timeout=60, check=True)
    (first,) = keys_in(os.read(ours, 4096).decode())
    os.close(its)
    os.close(ours)
    assert keys_in(run(capsys, "backup", old)) == []
    (second,) = keys_in(run(capsys, "backup", "--new-recovery-key"))
    assert keys_in(run(capsys, "backup", new)) == []
    on_paper = tmp_path / "key"
    on_paper.write_text(f"{first}\n")
    options = ("--key-file", str(on_paper), "--database", f"sqlite:///{tmp_path / 'from-old.db'}")
    assert "does not fit" in run(capsys, "restore", new, *options, status=2)
    run(capsys, "restore", old, *options)
    monkeypatch.setenv("CENTRAL_RECOVERY_KEY", second)
    restored = ("--database", f"sqlite:///{tmp_path / 'from-new.db'}")
    run(capsys, "restore", new, *restored)
    assert keys_in(run(capsys, "backup", new, *restored)) == []  # its backups are sealed to the same key
    options = ("--key-file", str(tmp_path / "nowhere"), "--database", f"sqlite:///{tmp_path / 'third.db'}")
    assert "There is no file" in run(capsys, "restore", new, *options, status=2)


def test_the_first_start_of_the_server_shows_the_recovery_key_to_who_sits_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "central", "serve", "--listen", "127.0.0.1:0", "--data", str(tmp_path)]
    ours, its = os.openpty()
    with subprocess.Popen(command, stdout=its) as server:
        said = b""
        while not keys_in(said.decode("utf-8", "ignore")):
            assert server.poll() is None
            said += os.read(ours, 4096)
        server.send_signal(signal.SIGTERM)
    (key,) = keys_in(said.decode())
    os.close(its)
    os.close(ours)
    file = str(tmp_path / "backup")
    assert keys_in(run(capsys, "backup", file, "--data", str(tmp_path))) == []
    monkeypatch.setenv("CENTRAL_RECOVERY_KEY", key)
    run(capsys, "restore", file, "--database", f"sqlite:///{tmp_path / 'new.db'}")


def test_a_port_that_is_taken_is_neither_announced_nor_remembered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = f"127.0.0.1:{other.getsockname()[1]}"
        command = [sys.executable, "-m", "central", "serve", "--listen", taken, "--data", str(tmp_path)]
        served = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert served.stderr == f"central: Cannot listen on {taken}. Is another server running there?\n"
    assert (served.returncode, served.stdout) == (2, "")
    words = ("--name", "Desk 1", "--departments", "police", "--data", str(tmp_path))
    assert "The server was never started." in run(capsys, "terminals", "invite", *words, status=2)


def test_who_names_a_pack_that_is_not_there_begins_no_centre(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data, pack = tmp_path / "data", tmp_path / "nowhere"
    said = run(capsys, "serve", "--data", str(data), "--pack", str(pack), status=2)
    assert said == f"central: There is no folder {pack}.\n"
    assert not (data / "centre.db").exists()


@pytest.mark.parametrize(
    ("listen", "says"),
    [
        ("192.0.2.1:18444", "192.0.2.1 is no address of this machine. To listen on all of its own: 0.0.0.0"),
        ("127.0.0.1:99999", "A port is a number up to 65535, not 99999."),
        ("127.0.0.1", "An address is written HOST:PORT, not 127.0.0.1"),
    ],
)
def test_where_nobody_can_listen_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], listen: str, says: str
) -> None:
    said = run(capsys, "serve", "--listen", listen, "--data", str(tmp_path / "data"), status=2)
    assert said == f"central: {says}\n"


def test_the_server_starts_with_no_set_up_and_says_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-m", "central", "serve", "--listen", "127.0.0.1:0", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = [server.stdout.readline() for _ in range(5)]
        server.send_signal(signal.SIGINT)  # Ctrl-C
    assert server.returncode == 0
    assert "office RL01" in said[0]
    assert re.fullmatch(r"Its key: [A-Z2-7]{52}\n", said[1])
    assert (data / "centre.db").stat().st_mode & 0o077 == 0
    words = ("--name", "Desk 1", "--departments", "police", "--data", str(data))
    assert said[3].startswith("Only this machine reaches it. For others: central serve --listen 0.0.0.0:0\n")
    invited = run(capsys, "terminals", "invite", *words)
    assert "127.0.0.1:0/" in invited
    assert "It leads to 127.0.0.1:0. Only this machine reaches that" in invited
