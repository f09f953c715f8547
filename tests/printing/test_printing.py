"""Every slip, in every language: its facts are on it, what must not be is not, and nothing is cut off."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.capture.codes import read_codes
from kiosk.errors import PrintError
from kiosk.model.slip import SLIP_KINDS
from kiosk.model.text import Text
from kiosk.printing import check, render
from kiosk.printing.fonts import load_fonts
from kiosk.printing.pictures import PICTURES
from kiosk.seal import verify
from tests.office import EMPLOYER, PERSON, sample_pack
from tests.printing.slips import CLAIMS, KINDS, LANGUAGES, LONG, NOW, TRUST, slip

PACK = sample_pack()
MM = 72 / 25.4


def bare(text: str) -> str:
    """Without spaces: where a line breaks, a PDF has none or one too many."""
    return "".join(text.split())


def text_of(pdf: bytes) -> str:
    """The words of a PDF, without spaces."""
    with pypdfium2.PdfDocument(pdf) as document:
        pages = [document[number].get_textpage().get_text_range() for number in range(len(document))]
    return bare("".join(pages))


def pages_of(pdf: bytes) -> list[tuple[float, float]]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [document[number].get_size() for number in range(len(document))]


def said(text: Text | str, language: str) -> str:
    """A text in one language, without spaces, as `text_of` gives it."""
    return bare(PACK.translators[language](text))


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_permit_says_its_facts_in_three_languages(language: str) -> None:
    text = text_of(render(slip("permit", language), PACK))
    for spoken in {"zh", language, "en"}:
        assert said("Ruili City", spoken) in text
        assert said("Female", spoken) in text
        assert said("Work", spoken) in text
        assert said(Text("{day}", {"day": CLAIMS.valid_to}), spoken) in text


def test_the_permit_never_says_health_nrc_employer_or_phone() -> None:
    secret = {
        "person.nrc": "13/MASATA(N)000001",
        "health.conclusion": "FIT_WITH_FOLLOW_UP",
        "person.father_name": "U SAMPLE FATHER",
    }
    filled = slip("permit")
    text = text_of(render(replace(filled, facts={**filled.facts, **secret}), PACK))
    must_not = [
        *secret.values(),
        EMPLOYER["guarantor.name"],
        EMPLOYER["guarantor.uscc"],
        PERSON["person.phone"],
    ]
    must_not += [
        "138 0013",
        PERSON["person.document_number"],
        said("Fit, with follow-up", "zh"),
        said("Valid", "my"),
    ]
    assert not [secret for secret in must_not if str(secret) in text]
    assert not {"person.nrc", "person.phone"} & set(SLIP_KINDS["permit"].facts)


def test_the_health_certificate_says_no_result_and_no_employer() -> None:
    filled = slip("health_certificate")
    secret = {"health.conclusion": "FIT_WITH_FOLLOW_UP", "health.follow_up_date": "2026-05-01"}
    text = text_of(render(replace(filled, facts={**filled.facts, **secret}), PACK))
    assert said(Text("{day}", {"day": "2026年9月2日"}), "zh") in text
    assert str(EMPLOYER["guarantor.name"]) not in text
    assert "2026年5月1日" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_seal_on_the_printed_permit_is_read_and_verifies(language: str) -> None:
    (payload,) = read_codes(render(slip("permit", language), PACK))
    assert payload == slip("permit").seal
    assert verify(payload, TRUST, NOW).claims == CLAIMS


def test_the_seal_is_at_least_thirty_millimetres_across() -> None:
    with pypdfium2.PdfDocument(render(slip("permit", portrait=None), PACK)) as document:
        image = document[0].render(scale=300 / 72, grayscale=True).to_numpy()
    from pyzbar import pyzbar

    (code,) = pyzbar.decode(image, symbols=[pyzbar.ZBarSymbol.QRCODE])
    assert min(code.rect.width, code.rect.height) / 300 * 25.4 >= 30


def test_a_refusal_says_reason_law_remedy_and_officer() -> None:
    filled = slip("refusal")
    text = text_of(render(filled, PACK))
    for spoken in ("zh", "my"):
        for part in (filled.items[0], filled.ground, filled.remedy):
            assert part is not None
            assert said(part, spoken) in text
    assert "陈志远P001" in text


def test_a_notice_of_what_is_missing_runs_on_to_a_second_page() -> None:
    filled = slip("missing")
    many = filled.items * 5
    pdf = render(replace(filled, items=many), PACK)
    assert len(pages_of(pdf)) > 1
    text = text_of(pdf)
    assert f"{len(many)}." in text
    for language in ("zh", "my"):
        assert text.count(said(many[0], language)) == 5


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_when_to_come_back_stands_on_the_first_page(language: str) -> None:
    """Whatever was received: a list that goes on to a second page leaves the date on the first."""
    pdf = render(slip("progress", language, items=(Text("Passport or border pass"),) * 20), PACK)
    with pypdfium2.PdfDocument(pdf) as document:
        assert len(document) > 1
        first = bare(document[0].get_textpage().get_text_range())
    for spoken in {"zh", language}:
        assert said("Come back after", spoken) in first
