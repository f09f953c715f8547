"""Only `serve` and `restore` begin a centre; what was refused leaves nothing behind, in any database."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg
import pytest

from central.__main__ import main
from central.backup import backup
from central.centre import Centre
from central.database import open_database
from kiosk.store.keys import new_recovery

COMMANDS = (
    ("terminals", "list"), ("operators", "list"), ("packs", "list"), ("quarantine", "list"),
    ("journal", "verify"), ("backup", "{folder}/copy"), ("import", "{folder}/copy"),
)  # fmt: skip


@pytest.mark.parametrize("words", COMMANDS)
def test_no_other_command_begins_one_in_an_empty_database(
    postgres_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    typed = [word.format(folder=tmp_path) for word in words]
    place = postgres_url.rpartition("@")[2]
    assert main([*typed, "--database", postgres_url, "--data", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said == f"central: There is no central system in {place}. `central serve` begins one.\n"
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT 1 FROM pg_tables WHERE schemaname = 'public'").fetchall() == []


def test_nor_in_tables_that_a_refused_restore_left(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    open_database(database_url).close()
    assert main(["terminals", "list", "--database", database_url, "--data", str(tmp_path)]) == 2
    assert "There is no central system" in capsys.readouterr().err
    with open_database(database_url) as database, database.read() as connection:
        assert connection.execute("SELECT count(*) FROM identity").fetchone() == (0,)


@pytest.mark.parametrize("wrong", ["nowhere", "no backup", "another key", "cut"])
def test_a_refused_restore_leaves_no_file(
    centre: Centre, tmp_path: Path, capsys: pytest.CaptureFixture[str], wrong: str
) -> None:
    secret, public = new_recovery()
    kept, file, key, into = (tmp_path / name for name in ("kept", "backup", "key", "into"))
    backup(centre.database, kept, public)
    key.write_text(secret if wrong != "another key" else new_recovery()[0])
    if wrong == "no backup":
        file.write_text("something else")
    elif wrong != "nowhere":
        shutil.copy(kept, file)
    if wrong == "cut":
        file.write_bytes(kept.read_bytes()[:-100])
    words = ["restore", str(file), "--key-file", str(key), "--data", str(into)]
    assert main(words) == 2
    assert not into.exists() or list(into.iterdir()) == []
    shutil.copy(kept, file)
    key.write_text(secret)
    assert main(words) == 0
    assert main(words) == 2  # what is in use stays
    assert "in use" in capsys.readouterr().err
    assert main(["terminals", "list", "--data", str(into)]) == 0
