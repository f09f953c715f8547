"""A worker's way through the stages, as each department sees and does it at its window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from kiosk.model.case import Mark
from kiosk.model.entries import Entry, Write
from kiosk.store import journal, views
from kiosk.ui.counter.action_sheet import ActionSheet
from kiosk.ui.counter.mark_list import KEY
from kiosk.ui.counter.settling import SettleSheet
from tests.office import EMPLOYER, Office, portrait
from tests.ui.clerk import CONTROL, ENTER, ESCAPE, Clerk
from tests.ui.conftest import Dress

Sit = Callable[..., Clerk]


def said(one: Clerk) -> str:
    """Every word on the case page."""
    QApplication.processEvents()
    return "\n".join(label.text() for label in one.page.findChildren(QLabel) if label.isVisible())


def close_sheets(one: Clerk) -> None:
    one.settle()
    while one.sheet() is not None:
        one.press(ESCAPE)
        one.settle()


def test_reception_orders_the_health_check(clerk: Sit, office: Office) -> None:
    case = office.worker("registered")
    one = clerk()
    one.open(case)
    one.press(ENTER, CONTROL)
    assert one.sheet() is not None
    one.type("1")
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert office.state(case, "health") == "ordered"


def test_the_doctor_works_from_laboratory_numbers_and_sees_no_employer(clerk: Sit, office: Office) -> None:
    case = office.worker("confirmed")
    again = office.worker("registered")
    office.order_health(again)
    one = clerk(office.doctor)
    rows = one.bench.list.rows()
    assert [row.case for row in rows] == [again]
    assert rows[0].laboratory_number
    one.open(case)
    for stage in ("registration", "health", "guarantee", "permit"):
        one.page.choose(stage)
        QApplication.processEvents()
        assert str(EMPLOYER["guarantor.name"]) not in said(one)
        assert str(EMPLOYER["guarantor.uscc"]) not in said(one)


def test_the_doctor_clears(clerk: Sit, office: Office) -> None:
    case = office.worker("registered")
    office.order_health(case)
    one = clerk(office.doctor)
    one.press(ENTER)
    one.type("1")  # explained
    one.press(ENTER)
    one.type("2")  # pregnancy: the list's second
    one.press(ENTER)
    one.type("1")  # checks done
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert one.sheet() is not None
    one.type("1")  # fit
    one.press(ENTER)
    one.type("1")  # told
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert office.state(case, "health") == "valid"


def test_outside_the_health_post_nothing_tells_not_yet_from_in_progress(clerk: Sit, office: Office) -> None:
    case = office.worker("registered")
    office.order_health(case)
    one = clerk()
    one.open(case)
    one.page.choose("health")
    before = said(one)
    office.desk.perform(
        office.doctor,
        case,
        "health",
        "not_yet",
        answers={
            "health.info_given": True,
            "health.pregnancy": "no",
            "health.modules": ["basic"],
            "health.conclusion": "NOT_YET",
            "health.told_person": True,
        },
    )
    one.page.refresh()
    QApplication.processEvents()
    assert said(one) == before


def test_an_employer_known_from_before_is_picked(clerk: Sit, office: Office) -> None:
    office.worker("confirmed")
    case = office.worker("cleared")
    one = clerk(office.labour)
    one.open(case)
    picker = one.page.panel.employer
    assert picker.isVisible()
    picker.setFocus()
    for character in "样本木业":
        picker.insert(character)
        picker.textEdited.emit(picker.text())
    one.press(ENTER)
    assert one.view.facts["guarantor.uscc"] == EMPLOYER["guarantor.uscc"]
    assert not picker.isVisible()


def test_the_worker_himself_confirms_on_his_own_screen(clerk: Sit, office: Office) -> None:
    case = office.worker("cleared")
    office.sign(case)
    one = clerk(office.labour)
    one.open(case)
    one.press(ENTER, CONTROL)  # asks the person
    assert office.state(case, "guarantee") == "signed"
    assert "representative" in one.strip
    one.press(ENTER)  # that is so
    assert str(EMPLOYER["guarantor.name"]) in "\n".join(
        label.text() for label in one.person.findChildren(QLabel) if label.isVisible()
    )
    one.click("person.yes", one.person)
    assert office.state(case, "guarantee") == "confirmed"
    assert "confirmed employer and work" in one.status


def test_a_worker_who_says_no_is_heard(clerk: Sit, office: Office) -> None:
    case = office.worker("cleared")
    office.sign(case)
    one = clerk(office.labour)
    one.open(case)
    one.press(ENTER, CONTROL)
    one.press(ENTER)
    one.click("person.no", one.person)
    assert office.state(case, "guarantee") == "signed"
    assert "alone" in one.strip


def test_work_is_registered_when_the_papers_are_there(clerk: Sit, office: Office, tmp_path: Path) -> None:
    case = office.worker("confirmed")
    one = clerk(office.labour)
    one.open(case)
    one.press(ENTER, CONTROL)
    assert office.state(case, "guarantee") == "confirmed"  # a copy of the licence is missing
    copy = tmp_path / "licence.pdf"
    copy.write_bytes(b"%PDF-1.4 invented")
    one.page.papers.attach("guarantee", "business_licence", copy)
    one.settle()
    one.press(ENTER, CONTROL)
    assert office.state(case, "guarantee") == "registered"


@pytest.mark.parametrize("name", ["letter.txt", "gone.pdf"])
def test_a_file_that_cannot_be_attached_is_told(
    clerk: Sit, office: Office, tmp_path: Path, name: str
) -> None:
    (tmp_path / "letter.txt").write_text("invented")
    case = office.worker("confirmed")
    one = clerk(office.labour)
    one.open(case)
    one.page.papers.attach("guarantee", "business_licence", tmp_path / name)
    one.settle()
    assert one.strip
    assert all(paper.copy is None for paper in one.view.papers)


def test_a_window_clerk_accepts_and_sees_the_receipt(clerk: Sit, office: Office) -> None:
    case = office.worker("work_registered")
    office.desk.attach_portrait(office.reception, case, portrait())
    one = clerk()
    one.open(case)
    one.press(ENTER, CONTROL)  # the application form was read back and signed: seen
    assert office.state(case, "permit") == "accepted"
    assert one.sheet() is not None  # the receipt, before it is printed
    close_sheets(one)
    assert not one.bench.in_case


def test_deciding_shows_who_checked_what_and_the_bound_that_limits(clerk: Sit, office: Office) -> None:
    case = office.worker("accepted")
    one = clerk(office.police)
    one.open(case)
    words = said(one)
    bound = one.page.decide.findChild(QLabel, "decide.bound")
    assert bound is not None
    assert "at most" in bound.text()
    for label in ("Registration", "Health check", "Guarantee and work registration"):
        assert label in words


@pytest.mark.parametrize("language", ["zh", "my", "en"])
def test_exceptions_and_bound_stand_on_a_small_screen_when_a_decision_opens(
    clerk: Sit, office: Office, dress: Dress, language: str
) -> None:
    """1366x768, the counter's smallest; what does not fit is brought by the keys, and before Ctrl+Enter."""
    case = office.worker("work_registered")
    office.desk.attach_portrait(office.reception, case, portrait())  # corrected: an exception
    office.accept(case)
    dress(language)
    one = clerk(office.police)
    one.window.resize(1366, 768)
    one.bench.seat.words.use(language)
    one.open(case)
    one.qtbot.wait(50)  # until it is laid out
    decide = one.page.decide
    bound = decide.findChild(QLabel, "decide.bound")
    exception = decide._exceptions.itemAt(0).widget()
    assert bound is not None
    assert exception is not None
    for whole in (bound, exception):
        assert whole.visibleRegion().boundingRect() == whole.rect()
    page = decide.page
    assert page is not None
    for key in ("permit.kind", "permit.valid_from", "permit.valid_to", "permit.area"):
        assert page.fields[key].holds_focus()
        assert page.fields[key].in_sight
        one.press(ENTER)
        assert bound.visibleRegion().boundingRect() == bound.rect()


def test_ctrl_enter_approves_what_is_proposed_and_opens_the_next(clerk: Sit, office: Office) -> None:
    first, second = office.worker("accepted"), office.worker("accepted")
    one = clerk(office.police)
    one.press(ENTER)
    opened = one.page.case
    page = one.page.decide.page
    assert page is not None
    page.focus_field("permit.biometrics")
    one.type("3")
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert office.state(opened, "permit") == "approved"
    assert one.bench.in_case
    assert {opened, one.page.case} == {first, second}


def test_two_quick_presses_decide_one_application(clerk: Sit, office: Office) -> None:
    """What was answered for one person is not proposed for the next: a second press has to be thought of."""
    cases = [office.worker("accepted"), office.worker("accepted")]
    one = clerk(office.police)
    one.press(ENTER)
    first = one.page.case
    page = one.page.decide.page
    assert page is not None
    page.focus_field("permit.biometrics")
    one.type("1")
    one.press(ENTER, CONTROL)
    one.press(ENTER, CONTROL)
    assert [office.state(case, "permit") for case in (first, one.page.case)] == ["approved", "accepted"]
    assert {first, one.page.case} == {*cases}
    assert page.fields["permit.biometrics"].holds_focus()
    assert "permit.biometrics" not in page.offers()


def test_what_an_action_asks_is_never_proposed_from_another_case(office: Office) -> None:
    for track in office.pack.tracks.values():
        own = {form for stage in track.stages for form in stage.forms}
        asked = {action.form for stage in track.stages for action in stage.actions if action.form} - own
        assert asked
        for key in asked:
            assert [f.key for f in office.pack.forms[key].fields if f.propose == "last"] == []


def test_the_one_who_accepted_does_not_decide_and_f1_says_so(clerk: Sit, office: Office) -> None:
    case = office.worker("work_registered")
    office.accept(case, by=office.police)
    one = clerk(office.police)
    one.open(case)
    one.press(Qt.Key.Key_F1)
    assert "You accepted this application" in one.strip
    one.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "accepted"


def test_a_refusal_names_ground_remedy_and_officer(clerk: Sit, office: Office) -> None:
    case = office.worker("accepted")
    one = clerk(office.police)
    one.open(case)
    one.click("action.refuse")
    one.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "accepted"  # no refusal without a reason
    one.type("3")
    sheet = one.sheet()
    assert sheet is not None
    words = "\n".join(label.text() for label in sheet.findChildren(QLabel))
    assert "article 31 (3)" in words
    assert office.police.name in words
    assert "reviewed" in words
    one.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "refused"


def test_a_decision_is_taken_back_until_the_permit_is_handed_over(clerk: Sit, office: Office) -> None:
    case = office.worker("approved")
    one = clerk(office.police)
    one.open(case)
    one.page.choose("permit")
    one.click("action.take_back")
    assert one.sheet() is not None  # looked at twice
    one.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "accepted"


def test_a_second_return_for_something_seen_before_needs_a_supervisor(clerk: Sit, office: Office) -> None:
    office.desk.add_staff("S001", "王海宁", ("supervisor",), "correct horse battery")
    case = office.worker("cleared")
    office.sign(case)
    office.desk.perform(
        office.labour, case, "guarantee", "return_work", items=[Mark("guarantee.wage", "unclear")]
    )
    office.desk.perform(office.labour, case, "guarantee", "sign")
    one = clerk(office.labour)
    one.open(case)
    one.click("action.return_work")
    sheet = one.sheet()
    assert isinstance(sheet, ActionSheet)
    assert sheet.marks is not None
    place = next(
        n for n in range(sheet.marks.count()) if sheet.marks.item(n).data(KEY) == "guarantee.job_title"
    )
    for _ in range(place):
        one.press(Qt.Key.Key_Down)
    one.type("3")
    one.press(ENTER, CONTROL)
    assert office.state(case, "guarantee") == "signed"
    assert "first return" in sheet.message.text()
    one.click("sheet.second")
    one.type("S001")
    one.press(ENTER)
    one.type("correct horse battery")
    one.press(ENTER)
    one.qtbot.waitUntil(lambda: office.state(case, "guarantee") == "returned", timeout=30_000)


def test_a_correction_keeps_the_old_value_on_the_screen(clerk: Sit, office: Office) -> None:
    case = office.worker("registered", **{"person.name": "MA SAN"})
    one = clerk()
    one.open(case)
    one.page.choose("registration")
    page = one.page.panel.form("registration")
    assert page is not None
    page.focus_field("person.name")
    one.type("MA SANDA")
    one.press(ENTER)
    one.press(Qt.Key.Key_S, CONTROL)
    assert one.view.facts["person.name"] == "MA SANDA"
    assert "MA SAN" in said(one)
    assert "Before:" in said(one)


def test_after_the_decision_only_a_supervisor_corrects_and_says_why(clerk: Sit, office: Office) -> None:
    case = office.worker("approved")
    one = clerk()
    one.open(case)
    one.page.choose("registration")
    page = one.page.panel.form("registration")
    assert page is not None
    assert not page.fields["person.phone"].editable
    one.become(office.supervisor)
    one.open(case)
    one.page.choose("registration")
    page = one.page.panel.form("registration")
    assert page is not None
    page.focus_field("person.phone")
    one.type("13900139000")
    one.press(ENTER)
    one.press(Qt.Key.Key_S, CONTROL)
    one.press(ENTER, CONTROL)
    assert one.sheet() is not None  # no correction without a reason
    for character in "typed wrongly":
        one.type(character)
    one.press(ENTER, CONTROL)
    assert one.view.facts["person.phone"] == "+8613900139000"


def test_a_failing_check_digit_needs_a_supervisors_sign_in(clerk: Sit, office: Office) -> None:
    office.desk.add_staff("S001", "王海宁", ("supervisor",), "correct horse battery")
    case = office.worker("cleared")
    one = clerk(office.labour)
    one.open(case)
    page = one.page.panel.form("guarantee")
    assert page is not None
    for key, value in (EMPLOYER | {"guarantor.uscc": None}).items():
        if value is not None:
            page.fields[key].put_value(value)
    page.fields["guarantor.kind"].commit()
    page.changed.emit("guarantor.kind")
    page.focus_field("guarantor.uscc")
    one.type("91533102MA00000150")
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert office.state(case, "guarantee") == "open"
    assert one.sheet() is not None
    one.type("S001")
    one.press(ENTER)
    one.type("correct horse battery")
    one.press(ENTER)
    one.qtbot.waitUntil(lambda: office.state(case, "guarantee") == "signed", timeout=30_000)
    assert one.view.facts["guarantor.uscc"] == "91533102MA00000150"


def test_printing_then_handing_over(clerk: Sit, office: Office) -> None:
    case = office.worker("approved")
    one = clerk()
    one.open(case)
    one.press(Qt.Key.Key_F1)
    assert "not been printed" in one.strip
    office.desk.printed(office.reception, case, "permit")
    one.page.refresh()
    one.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "handed_over"
    assert one.office.desk.case(office.reception, case, opened=False).status == "ended"


def test_a_progress_slip_goes_out_by_itself_or_is_saved(clerk: Sit, office: Office) -> None:
    """No printer answers here: nothing is lost, the window says where it is."""
    case = office.worker("registered")
    one = clerk()
    one.open(case)
    one.press(ENTER, CONTROL)
    one.type("1")
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    slips = one.bench.seat.settings.slips
    one.qtbot.waitUntil(lambda: bool(list(slips.glob("progress-*.pdf"))), timeout=60_000)
    one.settle()
    assert "progress-" in one.status


def arrives(office: Office, subject: str, writes: dict[str, Write]) -> None:
    """One entry of another terminal, as it would come by sync."""
    entry = Entry(
        id="ffffffff-far-away", act="far-away", act_size=1, subject=subject, kind="recorded", version=1,
        writes=writes, actor="P009", role="police", office="RL01", terminal="ZZZZ", stream="office",
        sequence=0, time=1, wall="2026-03-02T08:00:00+08:00",
    )  # fmt: skip
    with office.store.write() as connection:
        views.apply(views.SqlMemory(connection), journal.append(connection, [entry]))


def test_unlike_values_stand_side_by_side_until_a_supervisor_settles_them(clerk: Sit, office: Office) -> None:
    case = office.worker("registered", **{"person.name": "MA SAN"})
    person = office.desk.case(office.reception, case, opened=False).facts["case.person"]
    arrives(office, str(person), {"name": Write("MA SANDA")})
    one = clerk(office.supervisor)
    one.open(case)
    one.page.choose("registration")
    QApplication.processEvents()
    words = said(one)
    assert "MA SAN / MA SANDA" in words or "MA SANDA / MA SAN" in words
    one.page.refresh()
    one.click("strip.button")
    sheet = one.sheet()
    assert isinstance(sheet, SettleSheet)
    place = [text.split("   ")[1] for text in sheet.shown].index("MA SANDA")
    one.type(str(place + 1))
    one.press(ENTER, CONTROL)
    assert one.sheet() is sheet  # a reason is asked for
    sheet.reason.setFocus()
    one.type("passport seen")
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert one.view.facts["person.name"] == "MA SANDA"
    assert not one.view.contested


def test_a_shaken_permit_is_settled_by_its_states(clerk: Sit, office: Office) -> None:
    case = office.worker("approved")
    guarantee = str(office.desk.case(office.reception, case, opened=False).facts["case.guarantee"])
    with office.store.read() as connection:
        seen = tuple(views.SqlMemory(connection).state(guarantee).survivors("status"))
    arrives(office, guarantee, {"status": Write("withdrawn", seen)})
    one = clerk(office.supervisor)
    one.open(case)
    one.page.choose("registration")
    one.page.choose("permit")
    one.click("strip.button")
    sheet = one.sheet()
    assert isinstance(sheet, SettleSheet)
    assert any("Waiting for the decision" in text for text in sheet.shown), sheet.shown
    buttons = sheet.values.findChildren(QAbstractButton)
    for label in ("待审批", "ဆုံးဖြတ်ချက်"):  # the same values, in the language that F10 changes to
        one.press(Qt.Key.Key_F10)
        assert any(label in button.text() for button in buttons), [button.text() for button in buttons]
    one.press(Qt.Key.Key_F10)
    assert any("Waiting for the decision" in button.text() for button in buttons)
    one.type(str(1 + next(n for n, text in enumerate(sheet.shown) if "Waiting" in text)))
    sheet.reason.setFocus()
    one.type("guarantee withdrawn")
    one.press(ENTER)
    one.press(ENTER, CONTROL)
    assert office.state(case, "permit") == "accepted"


def test_an_action_keeps_its_letter_whatever_else_may_be_done(clerk: Sit, office: Office) -> None:
    """Alt and a letter means the same thing at every stage and in every state."""
    found: dict[str, set[str]] = {}
    for until in ("registered", "confirmed", "work_registered", "accepted", "approved"):
        case = office.worker(until)
        for operator in (office.reception, office.labour, office.police):
            one = clerk(operator)
            one.open(case)
            for stage in one.view.stages:
                one.page.choose(stage.key)
                QApplication.processEvents()
                letters = [button.text().partition("&")[2][:1].upper() for button in one.page.side.buttons]
                assert len({*letters}) == len(letters)
                for button, letter in zip(one.page.side.buttons, letters, strict=True):
                    key = button.action.definition.kind
                    if key in ("advance", "private"):
                        key = f"{button.action.stage}.{button.action.key}"
                    found.setdefault(key, set()).add(letter)
            one.window.close()
    assert found["return"] == {"R"}
    assert found["refuse"] == {"F"}
    assert {key: letters for key, letters in found.items() if len(letters) > 1} == {}


def test_reasons_why_an_action_is_closed_stand_under_one_another(clerk: Sit, office: Office) -> None:
    case = office.begin()
    one = clerk()
    one.open(case)
    one.window.words.use("zh")
    one.press(Qt.Key.Key_F1)
    closed = one.page.main()
    assert closed is not None
    assert len(closed.closed) > 1
    first, *reasons = one.strip.split("\n")
    assert "登记" in first
    assert reasons == [one.window.words(reason) for reason in closed.closed]


def test_alt_and_a_digit_lead_to_a_field(clerk: Sit, office: Office) -> None:
    case = office.begin()
    one = clerk()
    one.open(case)
    page = one.page.panel.page
    assert page is not None
    one.press(Qt.Key.Key_6, Qt.KeyboardModifier.AltModifier)
    focus = QApplication.focusWidget()
    assert focus is not None
    assert page.fields["person.sex"].isAncestorOf(focus)
