"""The commands, as an administrator types them, beside a server that runs."""

from __future__ import annotations

import io
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.__main__ import main
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
    said = run(capsys, "terminals", "invite", *words)
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
    assert "“police”" in said
    pulled, _ = other.pull()
    run(capsys, "quarantine", "release", "AAAA/office/2")
    assert [row.sequence for row in other.pull(pulled.cursor)[1] if row.stream == "office"] == [2]
    assert "Nothing" in run(capsys, "quarantine", "list")
    assert re.search(
        r"AAAA/office/2 .*; released \S+ by admin", run(capsys, "quarantine", "list", "--released")
    )
    for place in ("AAAA/office/2", "AAAA/office", "x"):
        run(capsys, "quarantine", "release", place, status=2)


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


def test_the_journal_is_verified_and_views_made_anew(at: Town, capsys: pytest.CaptureFixture[str]) -> None:
    at.machine("AAAA").send(entry(), entry())
    assert "Entries: 3. Findings: 0." in run(capsys, "journal", "verify")
    run(capsys, "journal", "rebuild")
    with at.centre.database.write() as connection:
        connection.execute("UPDATE head SET sequence = 1 WHERE terminal = 'AAAA'")
    assert "Findings: 1." in run(capsys, "journal", "verify", status=1)


def test_a_backup_is_made_while_the_server_works_and_restored(
    at: Town, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    at.machine("AAAA").send(entry(), entry())
    file = str(tmp_path / "backup")
    assert "3 entries" in run(capsys, "backup", file)
    new = f"sqlite:///{tmp_path / 'new.db'}"
    assert "Invitations from before are void." in run(capsys, "restore", file, "--database", new)
    said = run(capsys, "terminals", "list", "--database", new)
    assert said.startswith("Restored ")
    assert "AAAA" in said
    run(capsys, "journal", "complete", "--database", new)
    assert run(capsys, "terminals", "list", "--database", new).startswith("AAAA")
    run(capsys, "restore", file, "--database", new, status=2)


def test_the_server_starts_with_no_set_up_and_says_where_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    command = [sys.executable, "-m", "central", "serve", "--listen", "127.0.0.1:0", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        said = [server.stdout.readline() for _ in range(4)]
        server.send_signal(signal.SIGTERM)
    assert "office RL01" in said[0]
    assert re.fullmatch(r"Its key: [A-Z2-7]{52}\n", said[1])
    assert (data / "centre.db").stat().st_mode & 0o077 == 0
    words = ("--name", "Desk 1", "--departments", "police", "--data", str(data))
    assert "127.0.0.1:0/" in run(capsys, "terminals", "invite", *words)
