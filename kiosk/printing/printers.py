"""Puts a PDF on paper, and says clearly when it did not come out.

A printer is named as the local print system (CUPS) knows it, or by its own address (`ipp://…`). A job is
watched until it is done: a paper size that the printer lacks would otherwise be dropped without a word.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

import msgspec

from kiosk.errors import PrintError
from kiosk.model.text import Text, say
from kiosk.printing import ipp

CUPS = "ipp://localhost:631/"
PAPERS = {"A4": "iso_a4_210x297mm", "A5": "iso_a5_148x210mm", "A5L": "iso_a5_148x210mm"}
STATES = {3: "idle", 4: "processing", 5: "stopped"}
COMPLETED, ENDED = 9, (7, 8, 9)  # job states; 7 is cancelled, 8 aborted
PAUSE = 0.25  # seconds between two looks at a job
REASONS: Mapping[str, Text] = {
    "media-empty": say("the paper is used up"),
    "media-needed": say("paper must be put in"),
    "media-jam": say("the paper is jammed"),
    "toner-empty": say("the toner is used up"),
    "marker-supply-empty": say("the ink is used up"),
    "cover-open": say("a cover is open"),
    "door-open": say("a cover is open"),
    "offline": say("it is switched off or not connected"),
    "connecting-to-device": say("it is switched off or not connected"),
    "paused": say("it was stopped by hand"),
}


class Printer(msgspec.Struct, frozen=True):
    """A printer as it says of itself. `state` is idle, processing or stopped; `papers` keys of PAPERS."""

    name: str
    uri: str
    state: str
    accepting: bool
    papers: tuple[str, ...]
    formats: tuple[str, ...]
    reasons: tuple[str, ...]  # keywords of RFC 8011 without their severity
    message: str = ""  # what the print system says of it, in its own words


def printers(server: str = CUPS) -> tuple[Printer, ...]:
    """The printers of the print system; raises PrintError when there is none to ask."""
    answer = _asked(server, ipp.CUPS_GET_PRINTERS, server)
    found = [_printer(attributes) for attributes in answer.of(ipp.PRINTER)]
    return tuple(sorted(found, key=lambda printer: printer.name))


def look(printer: str, server: str = CUPS) -> Printer:
    """One printer by name or address; "" is the system's default. Raises PrintError."""
    if "://" in printer:
        answer = _asked(printer, ipp.GET_PRINTER, printer)
    elif printer:
        answer = _asked(printer, ipp.GET_PRINTER, f"{server}printers/{printer}")
    else:
        answer = _asked(server, ipp.CUPS_GET_DEFAULT, server)
    found = answer.of(ipp.PRINTER)
    if not answer.good or not found:
        if not printer:
            raise PrintError(say("No printer is set up. Choose one in the settings."))
        raise PrintError(say("There is no printer named {printer}", printer=printer))
    return _printer(found[0], printer if "://" in printer else "")


def print_pdf(
    pdf: bytes,
    printer: str = "",
    *,
    size: str,
    title: str,
    copies: int = 1,
    patience: float = 60,
    server: str = CUPS,
) -> int:
    """Prints, waits until the paper is out, and returns the job's number.

    `size` is a key of PAPERS; `patience` in seconds, after which the job is withdrawn. Raises PrintError.
    """
    found = look(printer, server)
    _ready(found, size)
    job: list[ipp.Attribute] = [
        (ipp.INTEGER, "copies", copies),
        (ipp.KEYWORD, "media", PAPERS[size]),
        (ipp.KEYWORD, "sides", "one-sided"),
    ]
    about: list[ipp.Attribute] = [
        (ipp.NAME, "requesting-user-name", "kiosk"),
        (ipp.NAME, "job-name", title),
        (ipp.BOOLEAN, "ipp-attribute-fidelity", True),
        (ipp.MIME, "document-format", "application/pdf"),
    ]
    answer = _asked(found.name, ipp.PRINT_JOB, found.uri, about, job, pdf)
    numbers = [group["job-id"][0] for group in answer.of(ipp.JOB) if "job-id" in group]
    if not answer.good or not numbers:
        status = f"{answer.status:#06x}"
        raise PrintError(
            say("The printer {printer} refuses the slip ({status})", printer=found.name, status=status)
        )
    _wait(found, int(numbers[0]), patience)
    return int(numbers[0])


def _ready(printer: Printer, size: str) -> None:
    """Raises PrintError when a job would not come out."""
    name = printer.name
    if printer.state == "stopped" or not printer.accepting:
        raise PrintError(say("The printer {printer} is stopped: {why}", printer=name, why=_why(printer)))
    if "application/pdf" not in printer.formats:
        raise PrintError(
            say("The printer {printer} cannot print PDF; add it to the print system", printer=name)
        )
    if size not in printer.papers:
        raise PrintError(
            say(
                "The printer {printer} has no paper of size {size}. It knows: {known}",
                printer=name,
                size=size.removesuffix("L"),
                known=", ".join(paper for paper in printer.papers if paper != "A5L") or "–",
            )
        )


def _wait(printer: Printer, job: int, patience: float) -> None:
    """Until the job is done; one that ends otherwise, or never, is a PrintError."""
    about: list[ipp.Attribute] = [
        (ipp.INTEGER, "job-id", job),
        (ipp.NAME, "requesting-user-name", "kiosk"),
    ]
    end = time.monotonic() + patience
    while True:
        answer = _asked(printer.name, ipp.GET_JOB, printer.uri, about)
        attributes = (answer.of(ipp.JOB) or [{}])[0]
        state = int(attributes.get("job-state", [0])[0])
        if state == COMPLETED:
            return
        if state in ENDED or not answer.good:
            why = _said(_keywords(attributes, "job-state-reasons")) or _why(look(printer.uri))
            raise PrintError(say("{printer} did not print: {why}", printer=printer.name, why=why))
        if time.monotonic() > end:
            why = _why(look(printer.uri))  # before the job goes: afterwards the printer is merely idle
            _asked(printer.name, ipp.CANCEL_JOB, printer.uri, about)
            late = say("{printer} was too slow; the job was withdrawn: {why}", printer=printer.name, why=why)
            raise PrintError(late)
        time.sleep(PAUSE)


def _asked(
    name: str,
    operation: int,
    uri: str,
    about: Sequence[ipp.Attribute] = (),
    job: Sequence[ipp.Attribute] = (),
    document: bytes = b"",
) -> ipp.Answer:
    """The answer, or a PrintError that says in words that nobody answers."""
    try:
        return ipp.ask(operation, uri, about, job, document)
    except (OSError, ipp.IppError, ValueError) as error:
        if uri.startswith(CUPS):
            raise PrintError(say("The print system of this machine does not answer")) from error
        text = say("The printer {printer} does not answer. Is it switched on and connected?", printer=name)
        raise PrintError(text) from error


def _printer(attributes: Mapping[str, list[ipp.Value]], uri: str = "") -> Printer:
    def first(key: str, otherwise: ipp.Value) -> ipp.Value:
        return attributes.get(key, [otherwise])[0]

    supported = set(_keywords(attributes, "media-supported"))  # a queue just made does not know yet
    return Printer(
        name=str(first("printer-name", uri)),
        uri=uri or str(first("printer-uri-supported", "")),
        state=STATES.get(int(first("printer-state", 5)), "stopped"),
        accepting=bool(first("printer-is-accepting-jobs", True)),
        papers=tuple(paper for paper, name in PAPERS.items() if name in supported or not supported),
        formats=_keywords(attributes, "document-format-supported"),
        reasons=_keywords(attributes, "printer-state-reasons"),
        message=str(first("printer-state-message", "")),
    )


def _keywords(attributes: Mapping[str, list[ipp.Value]], key: str) -> tuple[str, ...]:
    """The keywords of an attribute; "media-empty-error" loses its severity, "none" is nothing."""
    words = [str(value) for value in attributes.get(key, [])]
    for severity in ("-error", "-warning", "-report"):
        words = [word.removesuffix(severity) for word in words]
    return tuple(word for word in words if word != "none")


def _why(printer: Printer) -> Text | str:
    """Why nothing comes out; CUPS says of a printer that is off only in a sentence that it is unavailable."""
    if any(word in printer.message for word in ("unavailable", "not responding")):
        return REASONS["offline"]
    return _said(printer.reasons) or printer.message or printer.state


def _said(reasons: tuple[str, ...]) -> Text | str:
    """The first reason that can be said in words, else the keywords as they are."""
    return next((REASONS[reason] for reason in reasons if reason in REASONS), ", ".join(reasons))
