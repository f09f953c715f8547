"""Codes are read in a process of its own, which may fall or take too long."""

from __future__ import annotations

import os
import resource
import subprocess
import zlib
from pathlib import Path

import pytest

from kiosk.capture.apart import MEMORY, command, read_codes_apart
from kiosk.capture.codes import LARGEST
from kiosk.errors import KioskError
from kiosk.printing import render
from tests.capture.test_codes import PDF, SEAL, page, png
from tests.office import sample_pack
from tests.printing.slips import slip


def bomb(width: int, height: int) -> bytes:
    """A small file that unpacks to a black picture of that size."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    packer = zlib.compressobj(9)
    lines = b"".join(packer.compress(bytes(1 + width // 8)) for _ in range(height)) + packer.flush()
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x01\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", lines) + chunk(b"IEND", b"")


@pytest.mark.parametrize("source", [PDF, png(page())])
def test_the_same_is_read_there(source: bytes) -> None:
    assert read_codes_apart(source) == (SEAL,)


def test_a_page_without_a_code_gives_none() -> None:
    assert read_codes_apart(render(slip("receipt"), sample_pack())) == ()


def test_what_is_no_picture_is_refused_in_the_same_words() -> None:
    for source in (b"", b"no picture", PDF[:20], png(page())[:20]):
        with pytest.raises(KioskError, match="no picture"):
            read_codes_apart(source)


def test_a_picture_that_unpacks_to_too_much_is_refused() -> None:
    side = int(LARGEST**0.5) // 8 * 8
    assert read_codes_apart(bomb(side, side)) == ()
    small = bomb(side + 8, side + 8)
    assert len(small) < 20_000
    with pytest.raises(KioskError, match="more than 40 million points"):
        read_codes_apart(small)


def test_what_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.capture.apart.SECONDS", 0.001)
    assert read_codes_apart(PDF) == ()


@pytest.mark.parametrize("program", ["/bin/false", "/nowhere/python"])
def test_a_process_that_falls_takes_nobody_with_it(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    monkeypatch.setattr("sys.executable", program)
    with pytest.raises(KioskError, match="cannot be read here"):
        read_codes_apart(Path(__file__).read_bytes())


def test_what_needs_more_memory_falls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kiosk.capture.apart.MEMORY", 30 << 20)
    with pytest.raises(KioskError, match="cannot be read here"):
        read_codes_apart(PDF)


@pytest.mark.parametrize(
    ("given", "memory"), [((), MEMORY), (("prlimit", "--data=1000000000"), 1_000_000_000)]
)
def test_it_has_little_memory_no_file_and_a_low_claim(given: tuple[str, ...], memory: int) -> None:
    """Memory no more than a service is given; a file's end and a core are of no byte."""
    with subprocess.Popen([*given, *command()], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        process.stdin.write(bytes(1 << 20))  # more than a pipe holds: it has begun to read
        limits = [
            resource.prlimit(process.pid, limit)
            for limit in (resource.RLIMIT_DATA, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)
        ]
        claim = os.getpriority(os.PRIO_PROCESS, process.pid)
        process.communicate()
    assert limits == [(memory, memory), (0, 0), (0, 0)]
    assert claim == os.getpriority(os.PRIO_PROCESS, 0) + 10


def test_nothing_is_imported_from_the_folder_where_it_was_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "cv2.py").write_text("raise SystemExit(1)", "utf-8")
    monkeypatch.chdir(tmp_path)
    assert read_codes_apart(PDF) == (SEAL,)
