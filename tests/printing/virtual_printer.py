"""A real IPP printer on the loopback: `ippeveprinter` of CUPS, which keeps what it was sent.

It wants a system D-Bus for DNS-SD; a private bus of its own serves, so nothing of the machine is touched.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.errors import PrintError
from kiosk.printing.printers import look

PACKAGES = {"ippeveprinter": "cups-ipp-utils", "dbus-daemon": "dbus"}
SIZES = {
    "iso_a4_210x297mm": (21000, 29700),
    "iso_a5_148x210mm": (14800, 21000),
    "na_letter_8.5x11in": (21590, 27940),
}
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy>
</busconfig>
"""


@dataclass(frozen=True)
class VirtualPrinter:
    """A running printer and the folder of what it printed."""

    uri: str
    spool: Path
    process: subprocess.Popen[bytes]

    def printed(self) -> list[bytes]:
        """The documents it was sent, oldest first."""
        return [file.read_bytes() for file in sorted(self.spool.rglob("*.pdf"))]

    def switch_off(self) -> None:
        self.process.terminate()
        self.process.wait(10)


@contextmanager
def virtual_printer(
    folder: Path,
    papers: Sequence[str] = ("iso_a4_210x297mm", "iso_a5_148x210mm"),
    formats: str = "application/pdf",
    command: str = "true",
) -> Iterator[VirtualPrinter]:
    """Runs a printer that knows `papers` and takes `formats`; `command` prints a file, and may fail."""
    for program, package in PACKAGES.items():
        assert shutil.which(program), f"{program} is missing: apt-get install {package}"
    spool, bus = folder / "spool", folder / "bus"
    spool.mkdir()
    (folder / "bus.conf").write_text(BUS.format(path=bus))
    (folder / "printer.conf").write_text(_attributes(papers, formats))
    port = _free_port()
    run = ["ippeveprinter", "-r", "off", "-p", str(port), "-n", "localhost", "-d", str(spool), "-k"]
    run += ["-a", str(folder / "printer.conf"), "-c", str(shutil.which(command)), "Test printer"]
    environment = os.environ | {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={bus}"}
    with (folder / "log").open("wb") as log:
        dbus = subprocess.Popen(
            ["dbus-daemon", f"--config-file={folder / 'bus.conf'}", "--nofork", "--nopidfile"],
            stdout=log,
            stderr=log,
        )
        _until(bus.exists, folder)
        printer = subprocess.Popen(run, env=environment, stdout=log, stderr=log)
        try:
            uri = f"ipp://localhost:{port}/ipp/print"
            _until(lambda: _answers(uri), folder)
            yield VirtualPrinter(uri, spool, printer)
        finally:
            for process in (printer, dbus):
                process.terminate()
                process.wait(10)


def _answers(uri: str) -> bool:
    try:
        look(uri)
    except PrintError:
        return False
    return True


def _until(ready: Callable[[], bool], folder: Path) -> None:
    """Waits for something that a process does, at most half a minute."""
    for _ in range(300):
        if ready():
            return
        time.sleep(0.1)
    raise AssertionError((folder / "log").read_text(errors="replace"))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


def _attributes(papers: Sequence[str], formats: str) -> str:
    """The printer's description, in the form of `ippeveprinter -a`."""
    sizes = ",".join(
        f"{{ MEMBER integer x-dimension {SIZES[p][0]} MEMBER integer y-dimension {SIZES[p][1]} }}"
        for p in papers
    )
    names = ",".join(papers)
    return "\n".join(
        [
            f"ATTR mimeMediaType document-format-supported {formats}",
            f"ATTR keyword media-supported {names}",
            f"ATTR keyword media-default {papers[0]}",
            f"ATTR keyword media-ready {names}",
            f"ATTR collection media-size-supported {sizes}",
            "ATTR keyword sides-supported one-sided",
            "ATTR integer copies-default 1",
            "ATTR rangeOfInteger copies-supported 1-99",
            "",
        ]
    )
