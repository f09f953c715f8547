"""Whole cases through the real windows, key by key: what `kiosk demo` plays.

Everything goes through the windows that clerks use; the desk is only looked at to know where a case
stands. Screens are photographed on the way; slips come out where the settings say.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from kiosk.demo import seed
from kiosk.demo.counter import CONTROL
from kiosk.demo.people import Employer, Worker
from kiosk.demo.reception import Reception

Key = Qt.Key


class Story(Reception):
    """One counter, several clerks who sign in one after another, and the workers who come."""

    def lodge(self, case: str, employer: Employer) -> None:
        self.open("R001", case)
        self._stage("registration")
        self.hands.click(self.window, "tab.lodging")
        self._fill(seed.lodging(employer, self.desk.now()))
        self._look("lodging")
        self._act("register_lodging")

    def order_health(self, case: str) -> None:
        self.open("R001", case)
        self._stage("health")
        self._act("order", form={"case.health_reason": "first"})

    def check_health(self, case: str) -> None:
        self.open("D001", case)
        self._stage("health")
        self._fill(seed.checked("FIT"))
        self._look("doctor")
        self._act("clear", form=seed.checked("FIT"))
        self._print("health-certificate")

    def guarantee(self, case: str, employer: Employer) -> None:
        self.open("L001", case)
        self._stage("guarantee")
        self._fill(seed.guarantee(employer, self.desk.today()))
        self._look("guarantee")
        self._act("sign")
        self._save("guarantee")
        self._confirm(case)
        for paper in ("business_licence", "representative_identity", "guarantee_form"):
            self.hands.click(self.window, f"paper.guarantee.{paper}")
        self._attach("business_licence", case)
        self._act("register_work")

    def _confirm(self, case: str) -> None:
        """The worker says yes on his own screen."""
        person = self.person
        self._act("confirm", wait=False)
        self._look("representative-does-not-look")
        self.hands.click(self.window, "strip.button")
        self.hands.until(lambda: bool(self._buttons(person, "person.yes")), "nothing to confirm")
        self._look("person-confirms", person)
        self.hands.click(person, "person.yes")
        self.hands.until(lambda: self._state(case, "guarantee") == "confirmed", "the worker did not confirm")
        self.hands.front(self.window)

    def _attach(self, paper: str, case: str) -> None:
        """A copy from the scanner's folder."""
        folder = self.inbox
        (folder / "licence.pdf").write_bytes(self.desk.slip_pdf(self.who(), case, "guarantee"))
        self.hands.click(self.window, f"copy.guarantee.{paper}")
        self.hands.until(lambda: bool(self._dialogs()), "no dialog asks for a file")
        dialog = self._dialogs()[0]
        self.hands.front(dialog)
        line = dialog.findChild(QLineEdit, "fileNameEdit")
        assert line is not None
        line.setFocus()
        self.hands.type(str(folder / "licence.pdf"))
        self.hands.until(lambda: self._took_the_file(dialog), "the dialog does not take the file")
        self.hands.front(self.window)
        self.hands.until(lambda: self._has_copy(case, paper), "the copy was not attached")

    def _took_the_file(self, dialog: QFileDialog) -> bool:
        """The first dialog of a process refuses Return until it has read the folder."""
        if dialog.isVisible():
            self.hands.press(Key.Key_Return)
        return not dialog.isVisible()

    def _dialogs(self) -> list[QFileDialog]:
        return [dialog for dialog in self.window.findChildren(QFileDialog) if dialog.isVisible()]

    def _has_copy(self, case: str, paper: str) -> bool:
        return any(one.copy for one in self._view(case).papers if one.key == paper)

    def read_back(self, case: str) -> None:
        """The application form is saved, to be read and signed; and the form with all opinions."""
        self.open("R001", case)
        self._save("application_form", "opinions")

    def accept(self, case: str) -> None:
        self.open("R001", case)
        self._stage("permit")
        self.hands.click(self.window, "paper.permit.application_form")
        self._act("accept")
        self._print("receipt")

    def decide(self, case: str, action: str) -> None:
        """approve; return_permit with two marks; refuse with a reason."""
        self.open("P001", case)
        self._stage("permit")
        if action == "approve":
            self._fill({"permit.biometrics": "not_needed"}, decide=True)
            self._look("decision")
            self._act("approve")
        elif action == "return_permit":
            self._act(action, wait=False)
            self._mark_two()
        else:
            self._act(action, wait=False)
            self.hands.press(Key.Key_3)
            self._look("refuse")
            self.hands.press(Key.Key_Return, CONTROL)
            self._print("refusal")
        self._close_sheets()

    def _mark_two(self) -> None:
        self.hands.find(self.window, "marks").setFocus()
        self.hands.press(Key.Key_2)
        self.hands.press(Key.Key_Down)
        self.hands.press(Key.Key_1)
        self._look("return")
        self.hands.press(Key.Key_Return, CONTROL)
        self._print("missing")

    def hand_over(self, case: str, *, reprint: bool) -> None:
        self.open("R002", case)
        self._stage("permit")
        self.hands.press(Key.Key_F9)
        self.hands.click(self.window, "preview.kind.permit")
        self._print("permit", close=not reprint)
        if reprint:
            self._reprint()
        self._act("hand_over")

    def _reprint(self) -> None:
        """The first print went wrong: a reason, and once more."""
        self.hands.wait(300)
        self.hands.press(Key.Key_1)
        self._print("permit")


def play(story: Story, number: int, worker: Worker, employer: Employer) -> str:
    """One worker's whole case. The second is returned once, the third refused; the first is reprinted."""
    case = story.register(worker)
    story.lodge(case, employer)
    story.order_health(case)
    story.guarantee(case, employer)
    story.check_health(case)
    story.read_back(case)
    story.accept(case)
    if number % 3 == 2:
        story.decide(case, "refuse")
        return case
    if number % 3 == 1:
        story.decide(case, "return_permit")
        story.accept(case)
    story.decide(case, "approve")
    story.hand_over(case, reprint=number == 0)
    return case
