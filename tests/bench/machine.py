"""The machine that was measured, in words."""

from __future__ import annotations

import os
import platform
import time
from pathlib import Path

from sqlcipher3 import dbapi2 as driver

from tests.bench.figures import Spread, timed


def describe(folder: Path) -> dict[str, str]:
    """What a reader of the figures must know; `folder` lies on the disk that was written to."""
    cipher = driver.connect(":memory:").execute("PRAGMA cipher_version").fetchone()
    flush = flushing(folder)
    return {
        "at": time.strftime("%Y-%m-%d %H:%M %z"),
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "memory": f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "store": f"SQLite {driver.sqlite_version}, SQLCipher {cipher[0] if cipher else 'unknown'}",
        "load": " ".join(f"{load:.1f}" for load in os.getloadavg()),
        "disk": f"4 KiB written and flushed in {flush.median:.2f} ms (median of 50)",
    }


def flushing(folder: Path) -> Spread:
    """How long the disk takes to keep one page: what every commit waits for at least."""
    path = folder / "flush"
    with path.open("wb", buffering=0) as file:

        def flush() -> None:
            file.write(bytes(4096))
            os.fdatasync(file.fileno())

        spread = Spread.ms([timed(flush) for _ in range(50)])
    path.unlink()
    return spread


def _processor() -> str:
    with Path("/proc/cpuinfo").open(encoding="utf-8") as lines:
        named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
        return next(named, platform.machine())
