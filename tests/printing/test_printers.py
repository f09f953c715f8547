"""Printing for real, to an IPP printer on the loopback; what arrives is the slip, and its seal verifies."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from kiosk.capture.codes import read_codes
from kiosk.errors import PrintError
from kiosk.printing import render
from kiosk.printing.printers import look, print_pdf, printers
from kiosk.seal import verify
from tests.office import sample_pack
from tests.printing.slips import NOW, TRUST, slip
from tests.printing.virtual_printer import virtual_printer

NOBODY = "ipp://localhost:9/ipp/print"  # the discard port: nothing prints there


def test_a_permit_arrives_whole_and_its_seal_verifies(tmp_path: Path) -> None:
    pdf = render(slip("permit"), sample_pack())
    with virtual_printer(tmp_path) as printer:
        assert print_pdf(pdf, printer.uri, size="A5L", title="permit RL01 居留证") == 1
        (arrived,) = printer.printed()
    assert arrived == pdf
    (payload,) = read_codes(arrived)
    assert verify(payload, TRUST, NOW).valid


def test_a_printer_says_what_it_is(tmp_path: Path) -> None:
    with virtual_printer(tmp_path) as printer:
        found = look(printer.uri)
    assert (found.name, found.state, found.accepting) == ("Test printer", "idle", True)
    assert found.papers == ("A4", "A5", "A5L")
    assert found.uri == printer.uri


def test_a_paper_size_that_the_printer_lacks_is_named_and_nothing_is_sent(tmp_path: Path) -> None:
    with virtual_printer(tmp_path, papers=["iso_a4_210x297mm", "na_letter_8.5x11in"]) as printer:
        with pytest.raises(PrintError, match=r"no paper of size A5\. It knows: A4"):
            print_pdf(b"%PDF-1.4", printer.uri, size="A5", title="receipt")
        assert printer.printed() == []


def test_a_printer_that_takes_no_pdf_says_so(tmp_path: Path) -> None:
    with virtual_printer(tmp_path, formats="image/pwg-raster") as printer:
        with pytest.raises(PrintError, match="cannot print PDF"):
            print_pdf(b"%PDF-1.4", printer.uri, size="A5", title="receipt")
        assert printer.printed() == []


def test_a_job_that_fails_is_not_called_printed(tmp_path: Path) -> None:
    pdf = render(slip("receipt"), sample_pack())
    with (
        virtual_printer(tmp_path, command="false") as printer,
        pytest.raises(PrintError, match="did not print"),
    ):
        print_pdf(pdf, printer.uri, size="A5", title="receipt")


def test_a_job_that_never_ends_is_withdrawn(tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nexec sleep 20\n")
    slow.chmod(0o755)
    with (
        virtual_printer(tmp_path, command=str(slow)) as printer,
        pytest.raises(PrintError, match="withdrawn"),
    ):
        print_pdf(b"%PDF-1.4", printer.uri, size="A5", title="receipt", patience=0.5)


def test_a_printer_that_is_off_is_named(tmp_path: Path) -> None:
    with virtual_printer(tmp_path) as printer:
        printer.switch_off()
        with pytest.raises(PrintError, match=r"does not answer\. Is it switched on"):
            print_pdf(b"%PDF-1.4", printer.uri, size="A5", title="receipt")


@pytest.mark.parametrize("address", [NOBODY, "ipp://no-such-host.invalid/ipp/print", "ipp://localhost:0x/"])
def test_an_address_where_no_printer_is_says_so(address: str) -> None:
    with pytest.raises(PrintError, match="does not answer"):
        look(address)


def test_without_a_print_system_no_printer_is_listed() -> None:
    for ask in (lambda: printers(NOBODY), lambda: look("", NOBODY), lambda: look("office", NOBODY)):
        with pytest.raises(PrintError, match="does not answer"):
            ask()


def test_a_wrong_path_on_a_printer_is_no_printer(tmp_path: Path) -> None:
    with virtual_printer(tmp_path) as printer, pytest.raises(PrintError, match="no printer named"):
        look(printer.uri.replace("/ipp/print", "/nowhere"))


def test_a_server_that_speaks_no_ipp_is_a_printer_that_does_not_answer() -> None:
    with HTTPServer(("localhost", 0), BaseHTTPRequestHandler) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        with pytest.raises(PrintError, match="does not answer"):
            look(f"ipp://localhost:{server.server_port}/ipp/print")
        thread.join()
