"""Every slip, in every language: its facts are on it, what must not be is not, and nothing is cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.errors import PrintError
from kiosk.model.slip import SLIP_KINDS
from kiosk.model.text import Text
from kiosk.printing import check, render
from kiosk.printing.fonts import load_fonts
from kiosk.printing.pictures import PICTURES
from tests.printing.reading import PACK, bare, pages_of, said, text_of
from tests.printing.slips import KINDS, LANGUAGES, LONG, NOW, slip

MM = 72 / 25.4


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_every_slip_says_what_all_slips_must(kind: str, language: str) -> None:
    filled = slip(kind, language, reprint=2)
    text = text_of(render(filled, PACK))
    for spoken in {"zh", language}:
        assert said(filled.title or SLIP_KINDS[kind].title, spoken) in text
        assert said(PACK.office.name, spoken) in text
        assert said(Text("REPRINT {n}", {"n": 2}), spoken) in text
        assert said("PROVISIONAL" if filled.provisional else "FINAL", spoken) in text
        assert said(Text("{day}", {"day": NOW.date()}), spoken) in text
    for fact in (filled.number, filled.name, filled.name_native, filled.name_zh, PACK.office.help_phone):
        assert bare(fact) in text
    assert "••••4567" in text
    assert said(Text("Window {window}", {"window": "3"}), "zh") in text


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_cut_off_in_any_language(kind: str) -> None:
    for language in LANGUAGES:
        assert check(slip(kind, language), PACK) == ()
        assert check(slip(kind, language, reprint=12, **LONG), PACK) == ()


@pytest.mark.parametrize("kind", KINDS)
def test_a_slip_is_on_the_paper_it_is_meant_for(kind: str) -> None:
    sizes = {"A4": (210, 297), "A5": (148, 210), "A5L": (210, 148)}
    for width, height in pages_of(render(slip(kind), PACK)):
        assert (round(width / MM), round(height / MM)) == sizes[SLIP_KINDS[kind].size]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_drawn_outside_the_margins(kind: str) -> None:
    """Four millimetres at every edge stay white; only fold and tear lines may cross them."""
    with pypdfium2.PdfDocument(render(slip(kind, **LONG), PACK)) as document:
        for number in range(len(document)):
            image = document[number].render(scale=2, grayscale=True).to_numpy()
            edge = round(4 * MM * 2)
            inner = image[edge:-edge, :]
            assert (image[:edge] > 250).mean() > 0.995
            assert (image[-edge:] > 250).mean() > 0.995
            assert (inner[:, :edge] > 250).mean() > 0.995
            assert (inner[:, -edge:] > 250).mean() > 0.995


def test_an_application_form_reads_back_every_fact_of_its_forms() -> None:
    text = text_of(render(slip("application_form"), PACK))
    for fact in ("MM1234567", "1994年5月17日", "+86 138 0013 8000", "91533102MA0000015C", "样本路1号宿舍203"):
        assert bare(fact) in text
    assert said("Border pass", "my") in text
    assert said(PACK.office.texts["application_true"], "my") in text


def test_a_box_that_is_not_decided_stays_open_for_a_pen() -> None:
    text = text_of(render(slip("opinions"), PACK))
    assert text.count(said("Signature", "zh")) == 3
    assert text.count("李晓梅R001") == 1


def test_the_same_slip_gives_the_same_bytes() -> None:
    assert render(slip("receipt"), PACK) == render(slip("receipt"), PACK)


def test_every_next_step_has_its_picture() -> None:
    from kiosk.model.slip import NEXT_STEPS

    assert set(NEXT_STEPS) <= set(PICTURES)


def test_a_character_without_a_glyph_is_found_by_the_check() -> None:
    (finding,) = check(slip("receipt", name="MA \U0001f600 SAN"), PACK)
    assert "U+1F600" in str(finding)


def test_a_text_that_cannot_fit_is_found_by_the_check() -> None:
    findings = check(slip("permit", name="W" * 2000), PACK)
    assert any("does not fit" in str(finding) for finding in findings)


@settings(max_examples=25)
@given(
    kind=st.sampled_from(KINDS),
    name=st.text(
        st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_categories=["C"]), max_size=120
    ),
    native=st.text(st.characters(min_codepoint=0x1000, max_codepoint=0x109F), max_size=120),
)
def test_any_name_can_be_printed(kind: str, name: str, native: str) -> None:
    values: dict[str, Any] = {"name": name, "name_native": native}
    assert render(slip(kind, **values), PACK).startswith(b"%PDF")


def test_markup_in_a_name_is_printed_and_not_obeyed() -> None:
    assert "<b>MA</b>&{name}" in text_of(render(slip("receipt", name="<b>MA</b> & {name}"), PACK))


def test_a_missing_font_is_named(tmp_path: Path) -> None:
    from reportlab.pdfbase import pdfmetrics

    known = pdfmetrics._fonts.pop("NotoSans-Regular", None)
    try:
        with pytest.raises(PrintError, match=r"NotoSans-Regular\.ttf"):
            load_fonts(tmp_path)
    finally:
        if known is not None:
            pdfmetrics._fonts["NotoSans-Regular"] = known


def test_no_slip_mixes_two_kinds_of_digits() -> None:
    """Dates and numbers come in the digits of the whole world, so the sentences beside them do too."""
    burmese = {text: PACK.translators["my"](text) for text in PACK.office.texts.values()}
    for codes in PACK.codes.values():
        burmese |= {
            str(c.more["ground"]): PACK.translators["my"](str(c.more["ground"]))
            for c in codes.values()
            if "ground" in c.more
        }
    assert not [text for text, spoken in burmese.items() if set(spoken) & set("၀၁၂၃၄၅၆၇၈၉")]


@pytest.mark.parametrize("kind", KINDS)
def test_the_file_says_what_it_is_when_it_was_issued_and_names_nobody(kind: str) -> None:
    filled = slip(kind)
    with pypdfium2.PdfDocument(render(filled, PACK)) as document:
        about = document.get_metadata_dict()
    title = PACK.translators["zh"](filled.title or SLIP_KINDS[kind].title)
    assert about["Title"] == f"{title} {filled.number}"
    assert PACK.translators["my"](filled.title or SLIP_KINDS[kind].title) in about["Subject"]
    assert about["Author"] == PACK.translators["zh"](PACK.office.name)
    assert about["CreationDate"] == "D:20260305093000+08'00'"
    assert not [value for value in about.values() if filled.name in value or filled.name_zh in value]


@pytest.mark.parametrize("kind", KINDS)
def test_a_slip_names_no_font_that_it_does_not_carry(kind: str) -> None:
    pdf = render(slip(kind), PACK)
    assert b"/BaseFont" in pdf
    assert b"Helvetica" not in pdf
