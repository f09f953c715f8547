"""Texts that are as wide and as high as they are drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.model.text import Text
from kiosk.ui import theme
from kiosk.ui.counter.mark_list import LABEL, MarkList, pills
from kiosk.ui.counter.work_list import with_state
from kiosk.ui.prose import Prose, natural_width
from tests.office import Office, portrait
from tests.ui.clerk import Clerk

Sit = Callable[..., Clerk]


@pytest.mark.parametrize("text", ["ဆေးစစ်ရန် ညွှန်ကြား", "ရွှေလီမြို့", "ရဲစနစ်တွင် ယူပြီး", "Order the health check"])
def test_a_line_that_stands_on_one_line_is_one_line_high(
    qtbot: QtBot, dressed: QApplication, text: str
) -> None:
    said = Prose()
    qtbot.addWidget(said)
    said.setFont(theme.font("my", theme.LEAD, theme.STRONG))
    said.setText(text)
    assert said.sizeHint().height() == said.heightForWidth(2_000)


@pytest.mark.parametrize("language", ["zh", "my", "en"])
def test_no_main_action_is_cut_off(clerk: Sit, office: Office, language: str) -> None:
    signed, cleared = office.worker("registered"), office.worker("work_registered")
    office.sign(signed)
    office.desk.attach_portrait(office.reception, cleared, portrait())
    for operator, case in ((office.labour, signed), (office.reception, cleared)):
        one = clerk(operator)
        one.window.words.use(language)
        one.open(case)
        main = one.page.side.main
        assert main is not None
        assert main.sizeHint().width() <= main.width()
        assert main.text().count("\n") <= (language != "my")  # Burmese has room for one line


@pytest.mark.parametrize("language", ["zh", "my", "en"])
def test_the_list_has_room_for_its_headings(clerk: Sit, office: Office, language: str) -> None:
    office.worker("registered")
    office.order_health(office.worker("registered"))
    for operator in (office.reception, office.doctor):
        one = clerk(operator)
        one.window.words.use(language)
        QApplication.processEvents()
        work, font = one.bench.list.list, theme.font(language, theme.SMALL)
        header = work.horizontalHeader()
        assert header.length() <= work.viewport().width()
        for place, column in enumerate(work.cases.columns):
            wanted = natural_width(one.window.words(column.title), font)
            assert wanted + 16 <= header.sectionSize(place)


def test_of_a_next_step_the_stage_is_cut_and_not_its_state(dressed: QApplication) -> None:
    stage, state = "တာဝန်ခံချက်နှင့် အလုပ်မှတ်ပုံတင်", "တာဝန်ခံချက် စောင့်ဆိုင်းနေသည်"
    step, font = f"{stage} - {state}", theme.font("my", theme.BODY)
    assert with_state(step, stage, "my", 1_000) == step
    said = with_state(step, stage, "my", 280)
    assert said.endswith(f"… - {state}")
    assert said.startswith("တာ")
    assert natural_width(said, font) <= 280


@pytest.mark.parametrize("language", ["zh", "my", "en"])
def test_how_long_a_person_may_stay_is_read_whole(clerk: Sit, office: Office, language: str) -> None:
    case = office.worker("registered")
    one = clerk()
    one.window.words.use(language)
    one.open(case)
    about = one.page.head._about
    assert natural_width(about.text(), about.font()) <= about.width()
    for cell in one.page.head.cells:  # what a cell has no room for, its tool tip says
        state = one.window.words(Text(cell.stage.state_label))
        assert state in cell.toolTip()
        assert state in cell.accessibleName()


@pytest.mark.parametrize("language", ["zh", "my", "en"])
def test_what_may_be_marked_is_read_whole(clerk: Sit, office: Office, language: str) -> None:
    """Two papers begin alike: a clerk must see which is which."""
    case = office.worker("accepted")
    officer = clerk(office.police)
    officer.window.words.use(language)
    officer.open(case)
    officer.click("action.return_permit")
    marks = officer.window.findChild(MarkList)
    assert marks is not None
    font = theme.font(language, theme.BODY, theme.STRONG)
    for place in range(marks.count()):
        item = marks.item(place)
        room = pills(marks.visualItemRect(item))[0].left() - 16
        assert natural_width(officer.window.words(Text(item.data(LABEL))), font) <= room
