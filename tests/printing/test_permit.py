"""The permit: its facts, its seal, what it must never say."""

from __future__ import annotations

import pypdfium2
import pytest
from msgspec.structs import replace

from kiosk.capture.codes import read_codes
from kiosk.model.slip import SLIP_KINDS
from kiosk.model.text import Text
from kiosk.printing import render
from kiosk.seal import verify
from tests.office import EMPLOYER, PERSON
from tests.printing.reading import PACK, said, text_of
from tests.printing.slips import CLAIMS, LANGUAGES, NOW, TRUST, slip


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_permit_says_who_issued_it_and_has_room_for_the_stamp(language: str) -> None:
    text = text_of(render(slip("permit", language), PACK))
    for spoken in {"zh", language, "en"}:
        assert said(Text("Issued by: {office}", {"office": Text(PACK.office.name)}), spoken) in text
        assert said("Stamp", spoken) in text
        assert said("Nationality", spoken) in text
    assert "缅甸" in text
    assert "Myanmar" in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_permit_says_duties_and_how_to_check_it_in_the_same_two_languages(language: str) -> None:
    """Duties, the next step, and what stands at the seal: all in two languages, none in three."""
    text = text_of(render(slip("permit", language), PACK))
    second = "en" if language == "zh" else language
    for key in ("permit_move", "permit_check"):
        assert said(PACK.office.texts[key], "zh") in text
        assert said(PACK.office.texts[key], second) in text
        assert second == "en" or said(PACK.office.texts[key], "en") not in text
    assert said("Always carry it with you", second) in text
