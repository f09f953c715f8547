"""Slips as PDF files in the folder of the settings."""

from __future__ import annotations

from pathlib import Path

from kiosk.errors import KioskError
from kiosk.model.slip import Slip
from kiosk.model.text import say


def file_name(slip: Slip) -> str:
    """`permit-NUMBER.pdf`; a reprint says which."""
    again = f"-reprint-{slip.reprint}" if slip.reprint else ""
    return f"{slip.kind.replace('_', '-')}-{slip.number}{again}.pdf"


def save(folder: Path, slip: Slip, pdf: bytes) -> Path:
    """Writes the PDF and returns its path. Raises KioskError when the folder cannot be written to."""
    path = folder / file_name(slip)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_bytes(pdf)
    except OSError as error:
        raise KioskError(
            say("The slip could not be saved as {file}: {error}", file=path, error=error.strerror or error)
        ) from error
    return path
