"""`central serve`, and what it takes to begin a centre."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.central.typed import keys_in, run


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
        server.send_signal(signal.SIGTERM)  # as a service is ended
    assert server.returncode == 0
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
        (
            "nowhere.invalid:18444",
            "nowhere.invalid is no address of this machine. To listen on all of its own: 0.0.0.0",
        ),
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
    port = said[0].strip().rpartition(":")[2]  # that it was given
    assert int(port) > 0
    assert said[3] == f"Only this machine reaches it. For others: central serve --listen 0.0.0.0:{port}\n"
    invited = run(capsys, "terminals", "invite", *words)
    assert f"127.0.0.1:{port}/" in invited
    assert f"It leads to 127.0.0.1:{port}. Only this machine reaches that" in invited
