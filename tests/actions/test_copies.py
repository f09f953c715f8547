"""Portraits and copies of papers, as a case keeps them."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from kiosk.errors import Refused
from tests.office import Office, portrait

MAKER = 0x010F  # the tag of a camera's maker


def test_pictures_are_kept_without_what_the_camera_noted(office: Office) -> None:
    taken = Image.open(io.BytesIO(portrait()))
    notes = Image.Exif()
    notes[MAKER] = "MADE AT HOME"
    out = io.BytesIO()
    taken.save(out, "JPEG", exif=notes, quality="keep")
    case = office.register()
    paper = ("registration", "identity_document")
    office.desk.attach_portrait(office.reception, case, out.getvalue())
    office.desk.attach_paper(office.reception, case, *paper, out.getvalue(), "image/jpeg")
    copy = next(one.copy for one in office.view(case).papers if one.key == paper[1])
    for reference in (office.view(case).facts["case.portrait"], copy):
        kept = office.desk.blob(reference)
        assert kept is not None
        assert b"MADE AT HOME" not in kept
        assert Image.open(io.BytesIO(kept)).tobytes() == taken.tobytes()
    with pytest.raises(Refused, match="damaged"):
        office.desk.attach_paper(office.reception, case, *paper, b"%PDF-1.4", "image/png")


def test_a_copy_is_reused_by_a_later_case(office: Office) -> None:
    answers = office.person()
    first = office.register(answers)
    office.sign(first)
    office.desk.attach_paper(
        office.labour, first, "guarantee", "business_licence", b"%PDF", "application/pdf"
    )
    office.desk.perform(office.reception, first, "", "withdraw", reason="own_wish")
    second = office.register(answers)
    office.sign(second)
    paper = next(p for p in office.view(second).papers if p.key == "business_licence")
    assert paper.reusable_from == office.view(first).number
    office.desk.reuse_paper(office.labour, second, "guarantee", "business_licence")
    paper = next(p for p in office.view(second).papers if p.key == "business_licence")
    assert paper.copy is not None
    assert office.desk.blob(paper.copy) == b"%PDF"
