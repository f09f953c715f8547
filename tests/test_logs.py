"""Nothing that a person typed reaches the log."""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import log_lines, logs

TYPED = (
    "Aung Kyaw Moe", "မောင်အောင်", "岩温", "MA123456", "12/KaMaYa(N)123456", "13812345678", "1990-05-17",
    "533102199005170012", "aung kyaw", "<b>aung</b>", "'; DROP TABLE journal; --", "no fixed\naddress",
)  # fmt: skip


@pytest.fixture
def folder(log: Path) -> Path:
    return log.parent


def written(folder: Path) -> str:
    return "".join(file.read_text("utf-8") for file in folder.glob("kiosk.log*"))


def test_ids_kinds_and_timings_are_written(folder: Path) -> None:
    act = str(uuid4())
    logs.log.info("act", act=act, kind="decided", stage="permit", ms=12.5, count=3)
    line = json.loads(written(folder))
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "level": "info", "event": "act", "act": act, "kind": "decided", "stage": "permit",
        "ms": 12.5, "count": 3,
    }  # fmt: skip


@pytest.mark.parametrize("typed", TYPED)
def test_what_is_typed_is_dropped_under_every_key(folder: Path, typed: str) -> None:
    keys = (*log_lines.ALLOWED, "name", "answer", "exception", "stack", "error", "where", "level")
    for key in keys:
        if key != "level":  # structlog sets it itself
            logs.log.info("act", **{key: typed})
    logs.log.warning(typed)
    logs.log.info("said %s", typed)
    assert len(written(folder).splitlines()) == len(keys) + 1
    assert typed not in written(folder)
    assert json.dumps(typed).strip('"') not in written(folder)


def test_an_exception_leaves_its_type_and_place_but_not_its_message(folder: Path) -> None:
    try:
        float(TYPED[0])  # its message quotes what it was given
    except ValueError:
        logs.log.exception("failed", kind="import")
    line = json.loads(written(folder))
    assert (line["error"], line["event"], line["kind"]) == ("ValueError", "failed", "import")
    assert line["where"].startswith("test_logs.py:")
    assert TYPED[0] not in written(folder)


def test_a_crash_is_logged_without_its_message(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    error = KeyError(TYPED[1])
    sys.excepthook(KeyError, error, None)
    assert json.loads(written(folder))["error"] == "KeyError"
    assert TYPED[1] not in written(folder)
    assert TYPED[1] in capsys.readouterr().err  # whoever sits at the terminal sees it, as always


@given(
    st.dictionaries(
        st.sampled_from([*log_lines.ALLOWED, "name", "text"]), st.text() | st.integers() | st.none()
    )
)
def test_what_passes_looks_as_its_key_demands(facts: dict[str, object]) -> None:
    kept = log_lines.only_allowed(None, "info", {"level": "info", "event": "act", **facts})
    for key in kept.keys() - {"level", "event"}:
        assert kept[key] == facts[key]
        assert log_lines.ALLOWED[key].fullmatch(str(kept[key]))


def test_nothing_is_written_before_a_folder_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    logs.log.error("act", kind="decided")
    assert capsys.readouterr() == ("", "")


def test_the_file_rotates(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_lines, "FILE_BYTES", 2_000)
    logs.configure(folder)  # opens the file anew, with the smaller limit
    for count in range(500):
        logs.log.info("act", count=count)
    assert len(list(folder.glob("kiosk.log*"))) == log_lines.KEPT_FILES + 1
    assert '"count": 499' in (folder / "kiosk.log").read_text("utf-8")


def test_a_folder_that_cannot_be_made_stops_the_log_not_the_work(folder: Path) -> None:
    (folder / "file").write_text("in the way")
    logs.configure(folder / "file" / "logs")
    logs.log.info("act", count=1)
    assert written(folder) == ""


def test_a_full_disk_stops_the_log_not_the_work(capsys: pytest.CaptureFixture[str]) -> None:
    handler = log_lines.QuietFile("/dev/full")
    handler.handle(logging.makeLogRecord({"msg": "act"}))
    assert capsys.readouterr().err == ""
    with pytest.raises(OSError, match="No space left"):
        handler.close()
