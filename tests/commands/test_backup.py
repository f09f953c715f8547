"""`kiosk backup` and `kiosk restore`, as they are typed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from central.__main__ import main as central
from central.backup import backup as back_up
from kiosk.__main__ import main
from kiosk.store import keys
from kiosk.store.database import STORE, Store
from tests.commands.conftest import Say
from tests.running import Running


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KIOSK_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def secret(data: Path) -> str:
    """The recovery key of an office whose terminal has one draft."""
    secret, public = keys.new_recovery()
    with (
        Store.open(data / STORE, keys.make_keys(data, keys.FileProvider(data), public)) as store,
        store.write() as write,
    ):
        write.execute("INSERT INTO draft VALUES ('R001', 'case', x'00', '')")
    return secret


def restore(monkeypatch: pytest.MonkeyPatch, data: Path, typed: str, file: Path) -> int:
    """On a machine with that data folder; `typed` is the recovery key."""
    monkeypatch.setenv("KIOSK_DATA", str(data))
    type_in(monkeypatch, typed)
    return main(["restore", str(file)])


def type_in(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(line + "\n"))


def drafts(data: Path) -> int:
    key = keys.open_keys(data, keys.FileProvider(data))
    with Store.open(data / STORE, key, read_only=True) as store, store.read() as connection:
        return int(connection.execute("SELECT count(*) FROM draft").fetchone()[0])


def test_backup_then_restore_on_another_machine(
    data: Path,
    secret: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file, other = tmp_path / "monday.kiosk", tmp_path / "other"
    assert main(["backup", str(file)]) == 0
    assert "Only this terminal's recovery key opens it." in capsys.readouterr().out
    assert file.stat().st_mode & 0o777 == 0o600
    assert restore(monkeypatch, other, secret.lower(), file) == 0
    said = capsys.readouterr().out
    assert "new terminal" in said
    assert "kiosk enrol INVITATION, with a new invitation" in said
    assert drafts(other) == 1


def test_restoring_over_a_store_or_with_a_wrong_key_says_why(
    data: Path,
    secret: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "monday.kiosk"
    assert main(["backup", str(file)]) == 0
    assert restore(monkeypatch, data, secret, file) == 2
    said = capsys.readouterr().err
    assert "already" in said
    assert "KIOSK_DATA" in said
    assert restore(monkeypatch, tmp_path / "other", "ABCDE", file) == 2
    assert "letter by letter" in capsys.readouterr().err
    assert drafts(data) == 1


def test_another_recovery_key_opens_what_is_backed_up_from_then_on(
    data: Path,
    secret: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "monday.kiosk"
    assert main(["backup", "--new-recovery-key"]) == 0
    new = capsys.readouterr().out.splitlines()[2]
    assert main(["backup", str(file)]) == 0
    assert restore(monkeypatch, tmp_path / "other", secret, file) == 2
    assert "does not fit" in capsys.readouterr().err
    assert restore(monkeypatch, tmp_path / "other", new, file) == 0


def test_a_backup_of_the_centre_and_one_of_a_terminal_name_each_other_s_command(
    data: Path, secret: str, centre: Running, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: Say
) -> None:
    own, its = tmp_path / "own", tmp_path / "its"
    assert main(["backup", str(own)]) == 0
    back_up(centre.database, its, keys.recovery_public(secret))
    assert restore(monkeypatch, tmp_path / "other", secret, its) == 2
    assert said().endswith(f"The file {its} is a backup for another command: central restore\n")
    assert central(["restore", str(own), "--data", str(tmp_path / "new")]) == 2
    assert said() == f"central: The file {own} is a backup for another command: kiosk restore\n"


@pytest.mark.parametrize("file", [STORE, "keys.json", "machine.key", "new.kiosk"])
@pytest.mark.parametrize("command", ["backup", "journal export", "export-unsent"])
def test_nothing_is_written_over_the_store_or_its_keys(
    data: Path, secret: str, command: str, file: str, said: Say
) -> None:
    with (
        Store.open(data / STORE, keys.open_keys(data, keys.FileProvider(data))) as store,
        store.write() as write,
    ):
        write.execute("INSERT INTO identity VALUES ('centre/url', x'00'), ('office', 'RL01')")
        write.execute("INSERT INTO identity VALUES ('terminal', 'XABZ'), ('sync', x'00')")
    before = {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}
    assert main([*command.split(), str(data / file)]) == 2
    assert said() == f"kiosk: {data} is this program's own. Name a file elsewhere.\n"
    assert {path.name: path.read_bytes() for path in data.iterdir() if path.is_file()}.items() >= {
        name: content for name, content in before.items() if name.endswith((".json", ".key"))
    }.items()
    assert drafts(data) == 1


def test_a_machine_that_lost_its_key_gets_it_back(
    data: Path, secret: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "machine.key").unlink()
    assert main(["backup", "never.kiosk"]) == 2
    assert "recovery key" in capsys.readouterr().err
    type_in(monkeypatch, secret)
    assert main(["restore", "--keys"]) == 0
    assert drafts(data) == 1


def test_a_store_whose_keys_are_gone_is_not_said_to_be_new(
    data: Path, secret: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("KIOSK_LOGS", str(data / "logs"))
    kept = (data / "keys.json").read_bytes()
    (data / "keys.json").unlink()
    every = ["backup never.kiosk", "restore --keys", "sync", "sync --status", "journal verify"]
    for words in map(str.split, every):
        assert main(words) == 2
        told = capsys.readouterr().err
        assert f"The file {data / 'keys.json'} is missing;" in told
        assert "kiosk restore FILE" in told
    (data / "keys.json").write_bytes(kept)
    assert drafts(data) == 1


def test_where_there_is_no_store(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KIOSK_PACK", raising=False)
    monkeypatch.setenv("KIOSK_LOGS", str(data / "logs"))
    for words in (["backup", "never.kiosk"], ["readers", "R1"], ["ask", "R1", "1994-05-17"]):
        assert main(words) == 2
        assert "no store" in capsys.readouterr().err


def test_the_help_says_that_a_file_is_replaced(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["backup", "--help"])
    assert "(replaced when it exists)" in " ".join(capsys.readouterr().out.split())


def test_file_or_keys_must_be_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["restore"])
    assert "FILE" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["backup", "{folder}/nowhere/x"], "There is no folder {folder}/nowhere."),
        (["backup", "{folder}"], "{folder} is a folder. Name a file."),
        (["restore", "{folder}/nofile"], "There is no file {folder}/nofile."),
        (["restore", "{folder}"], "{folder} is a folder. Name a file."),
        (["verify", "{folder}/nofile"], "There is no file {folder}/nofile."),
        (["verify", "{folder}"], "{folder} is a folder. Name a file."),
        (["restore", __file__], f"The file {__file__} is not a backup of this program."),
        (
            ["restore", "--keys"],
            (
                "There is no store at {folder}/other. "
                "A terminal begins with kiosk run, or with kiosk enrol INVITATION."
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_said_before_the_key_is_asked_for(
    data: Path,
    secret: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    says: str,
) -> None:
    if words[0] == "restore":
        monkeypatch.setenv("KIOSK_DATA", str(tmp_path / "other"))
    assert main([word.format(folder=tmp_path) for word in words]) == 2
    assert capsys.readouterr().err == f"kiosk: {says.format(folder=tmp_path)}\n"


def test_an_empty_key_is_no_wrong_one(
    data: Path,
    secret: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / "monday.kiosk"
    main(["backup", str(file)])
    assert restore(monkeypatch, tmp_path / "other", "", file) == 2
    assert "No recovery key was given." in capsys.readouterr().err
