"""Texts that are as wide and as high as they are drawn."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.counter.case_head import BESIDE
from kiosk.ui.counter.mark_list import LABEL, MarkList, pills
from kiosk.ui.counter.work_list import with_state
from kiosk.ui.parts import Fade
from kiosk.ui.prose import Prose, fitting, natural_width
from tests.office import Office, portrait
from tests.ui.clerk import Sit


@pytest.mark.parametrize("text", ["ဆေးစစ်ရန် ညွှန်ကြား", "ရွှေလီမြို့", "ရဲစနစ်တွင် ယူပြီး", "Order the health check"])
def test_a_line_that_stands_on_one_line_is_one_line_high(
    qtbot: QtBot, dressed: QApplication, text: str
) -> None:
    said = Prose()
    qtbot.addWidget(said)
    said.setFont(theme.font("my", theme.LEAD, theme.STRONG))
    said.setText(text)
    assert said.sizeHint().height() == said.heightForWidth(2_000)


def test_a_text_keeps_the_height_for_its_width(qtbot: QtBot, dressed: QApplication) -> None:
    """A QLabel forgets it with each text: then lines of Burmese papers lay over one another."""
    said = Prose()
    qtbot.addWidget(said)
    for text in ("one line", "a text of several lines " * 9):
        said.setText(text)
        assert said.hasHeightForWidth()
    assert said.heightForWidth(200) > said.heightForWidth(2_000)


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


@pytest.mark.parametrize("language", ["zh", "my", "en"])
def test_on_a_screen_of_1600_px_every_next_step_is_read_whole(
    clerk: Sit, office: Office, language: str
) -> None:
    office.worker("registered")
    one = clerk()
    one.window.resize(1600, 900)
    words, work = one.window.words, one.bench.list.list
    words.use(language)
    QApplication.processEvents()
    place = next(n for n, column in enumerate(work.cases.columns) if column.key == "step")
    room = work.horizontalHeader().sectionSize(place) - 16
    for stage in office.pack.tracks["worker"].stages:
        for state in stage.states.values():
            step = words(say("{stage}: {state}", stage=Text(stage.label), state=Text(state.label)))
            assert natural_width(step, theme.font(language, theme.BODY)) <= room, step


def test_of_a_next_step_the_stage_is_cut_and_not_its_state(dressed: QApplication) -> None:
    stage, state = "တာဝန်ခံချက်နှင့် အလုပ်မှတ်ပုံတင်", "တာဝန်ခံချက် စောင့်ဆိုင်းနေသည်"
    step, font = f"{stage} - {state}", theme.font("my", theme.BODY)
    assert with_state(step, stage, "my", 1_000) == step
    said = with_state(step, stage, "my", 280)
    assert said.endswith(f"… - {state}")
    assert said.startswith("တာ")
    assert natural_width(said, font) <= 280


def test_a_line_is_cut_where_it_is_drawn_too_wide(dressed: QApplication) -> None:
    text, font = "ဆေးစစ်ရန် ညွှန်ကြားသည့် အကြောင်းပြချက်", theme.font("my", theme.BODY)
    assert fitting(text, font, 1_000) == text
    for width in (60, 120, 180):
        said = fitting(text, font, width)
        assert natural_width(said, font) <= width
        assert said.endswith("…")
        assert text.startswith(said[:-1])


@pytest.mark.parametrize("language", ["zh", "my", "en"])
def test_the_stages_of_a_case_are_read_whole(clerk: Sit, office: Office, language: str) -> None:
    """A date that is cut off is worse than none."""
    for until in ("registered", "accepted"):
        one = clerk(office.police)
        one.window.words.use(language)
        one.open(office.worker(until))
        QApplication.processEvents()
        for cell in one.page.head.cells:
            assert cell.height() >= cell.heightForWidth(cell.width())
            drawn = [line.lineAt(0) for lines, _ in cell._lay_out(cell.width()) for line in lines]
            assert all(line.naturalTextWidth() <= cell.width() - BESIDE for line in drawn)
        one.window.close()


def test_a_stage_names_who_must_act_and_not_who_has_done_his_part(clerk: Sit, office: Office) -> None:
    case = office.worker("registered")
    office.order_health(case)
    one = clerk(case=case)
    health = one.page.head.cells[1]
    assert "Doctor" in health.accessibleName()
    assert office.reception.number not in health.accessibleName()


def test_a_guarantee_that_is_not_confirmed_is_not_said_to_last(clerk: Sit, office: Office) -> None:
    case = office.worker("registered")
    office.sign(case)
    one = clerk(office.labour, case)
    cell = one.page.head.cells[2]
    assert cell.accessibleName().endswith("Waiting for the worker to confirm, The person")
    office.confirm(case)
    office.register_work(case)
    one.page.refresh()
    assert "until 1 March 2027" in cell.accessibleName()


def test_the_list_says_of_what_the_days_are_left(clerk: Sit, office: Office) -> None:
    office.worker("accepted")
    officer = clerk(office.police)
    rows = officer.bench.list.list.cases
    assert rows.data(rows.index(0, 0)).endswith(" Decision")
    office.worker("registered")
    one = clerk()
    rows = one.bench.list.list.cases
    assert rows.data(rows.index(0, 0)) == "28 Stay"


def test_what_goes_on_above_or_below_fades_out(clerk: Sit, office: Office) -> None:
    one = clerk(office.labour)
    one.open(office.worker("work_registered"))
    area = one.page.side._scroll
    bar, port = area.verticalScrollBar(), area.viewport()
    one.qtbot.waitUntil(lambda: bar.maximum() > 0)
    above, below = area.findChildren(Fade)
    assert (above.isVisible(), below.isVisible()) == (False, True)
    assert below.geometry().bottom() == port.geometry().bottom()
    bar.setValue(1)
    assert (above.isVisible(), below.isVisible()) == (True, True)
    assert above.geometry().top() == port.geometry().top()
    bar.setValue(bar.maximum())
    assert (above.isVisible(), below.isVisible()) == (True, False)


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
