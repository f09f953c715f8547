"""The letters: what they say, and what stays together when they run over a page."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from kiosk.model.text import Text
from kiosk.printing import draw, render
from tests.office import EMPLOYER
from tests.printing.reading import PACK, pages_of, said, text_of, words_of_pages
from tests.printing.slips import LANGUAGES, slip


def test_the_health_certificate_says_no_result_and_no_employer() -> None:
    filled = slip("health_certificate")
    secret = {"health.conclusion": "FIT_WITH_FOLLOW_UP", "health.follow_up_date": "2026-05-01"}
    text = text_of(render(replace(filled, facts={**filled.facts, **secret}), PACK))
    assert said(Text("{day}", {"day": "2026年9月2日"}), "zh") in text
    assert str(EMPLOYER["guarantor.name"]) not in text
    assert "2026年5月1日" not in text


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


@pytest.mark.parametrize("language", LANGUAGES)
def test_where_to_go_and_when_to_come_back_stand_on_the_first_page(language: str) -> None:
    """Whatever was received: a list that goes on to a second page leaves the next step on the first."""
    filled = slip("progress", language, items=(Text("Passport or border pass"),) * 20)
    first, *others = words_of_pages(render(filled, PACK))
    assert others
    assert filled.next_text is not None
    for spoken in {"zh", language}:
        for part in (filled.next_text, "Come back after", Text("{at}", {"at": filled.collect_after})):
            assert said(part, spoken) in first


@pytest.mark.parametrize("kind", ["progress", "missing", "refusal", "receipt", "health_certificate"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_letter_is_one_page(kind: str, language: str) -> None:
    assert len(pages_of(render(slip(kind, language), PACK))) == 1


def test_a_letter_that_is_a_little_too_long_is_set_a_little_smaller() -> None:
    assert draw(slip("receipt"), PACK).scale == 1
    assert 10 / 12 <= draw(slip("refusal"), PACK).scale < 1


@pytest.mark.parametrize("remedy", [key for key in PACK.office.texts if key.startswith("remedy_")])
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_that_runs_over_keeps_officer_stamp_and_next_step_with_the_remedy(
    remedy: str, language: str
) -> None:
    filled = slip("refusal", language, remedy=Text(PACK.office.texts[remedy]))
    *_, last = words_of_pages(render(replace(filled, items=filled.items * 6), PACK))
    assert filled.remedy is not None
    for part in (filled.remedy, Text("Decided by"), Text("Stamp"), Text("Next step")):
        assert said(part, "zh") in last
    assert "陈志远P001" in last


def test_the_stamp_of_a_notice_stands_with_the_end_of_its_list() -> None:
    filled = slip("missing")
    for times in range(1, 6):
        items = filled.items * times
        *_, last = words_of_pages(render(replace(filled, items=items), PACK))
        assert f"{len(items)}." in last
        assert said("Stamp", "zh") in last


@pytest.mark.parametrize("kind", ["missing", "application_form"])
def test_every_page_of_several_says_which_it_is_and_how_many_there_are(kind: str) -> None:
    filled = slip(kind)
    pages = words_of_pages(render(replace(filled, items=filled.items * 5), PACK))
    assert len(pages) > 1
    for number, words in enumerate(pages, start=1):
        assert f"{number}/{len(pages)}" in words
    assert "1/1" not in words_of_pages(render(slip("receipt"), PACK))[0]
