"""Backups and recovery keys of the centre, as an administrator types the commands."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from central.__main__ import main
from central.centre import Centre
from central.database import open_database
from kiosk.actions.terminal import system_clock
from tests.central.machine import Town, entry
from tests.central.typed import keys_in, run
from tests.office import sample_pack
from tests.running import new_centre


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


@pytest.mark.parametrize("beside", ["", "-wal", "-shm"])
def test_a_backup_takes_not_the_place_of_the_database(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, beside: str
) -> None:
    data = tmp_path / "data"
    data.mkdir()
    Centre(open_database(new_centre(data)), sample_pack()).close()
    run(capsys, "backup", "--new-recovery-key", "--data", str(data))
    own = data / f"centre.db{beside}"
    said = run(capsys, "backup", str(own), "--data", str(data), status=2)
    assert said == f"central: {own} is this program's own. Name a file elsewhere.\n"
    run(capsys, "backup", str(data / "monday"), "--data", str(data))  # the database is still one


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
    options = ("--key-file", str(tmp_path), *options[2:])
    assert (
        run(capsys, "restore", new, *options, status=2) == f"central: {tmp_path} is a folder. Name a file.\n"
    )
