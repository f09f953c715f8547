"""Whole cases through the real windows, key by key: what `kiosk demo` plays.

Everything goes through the windows that clerks use; the desk is only looked at to know where a case
stands. Screens are photographed on the way; slips come out where the settings say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QLineEdit, QWidget

from kiosk.actions.act import Operator
from kiosk.actions.desk import Desk
from kiosk.definitions import Account
from kiosk.demo import seed
from kiosk.demo.hands import Hands
from kiosk.demo.people import Employer, Worker, portrait
from kiosk.model.case import CaseView
from kiosk.model.entries import Json
from kiosk.model.fields import FIELD_TYPES
from kiosk.settings import Settings
from kiosk.ui.counter.main_window import CounterWindow
from kiosk.ui.fields.compound import PairInput
from kiosk.ui.fields.toggles import SeveralInput, Toggles
from kiosk.ui.forms import FormPage

Key = Qt.Key
MOST_FIELDS = 20  # of the main path; more presses than that lead nowhere
CONTROL = Qt.KeyboardModifier.ControlModifier
DIGITS = {"zh": Key.Key_1, "my": Key.Key_2, "en": Key.Key_3}
STAGES = {"registration": Key.Key_1, "health": Key.Key_2, "guarantee": Key.Key_3, "permit": Key.Key_4}


@dataclass
class Story:
    """One counter, several clerks who sign in one after another, and the workers who come."""

    desk: Desk
    settings: Settings
    window: CounterWindow
    hands: Hands
    accounts: Mapping[str, Account]
    seen: set[str] = field(default_factory=set)
    operator: str = ""
    last_document: str = ""  # kind of document that was registered last
    case: str = ""  # the one that is worked on

    # --- who sits at the counter ---------------------------------------------------------------

    def sit(self, number: str) -> None:
        """Locks the window and signs somebody in."""
        if self.operator == number:
            return
        hands, window = self.hands, self.window
        hands.front(window)
        if self.operator:
            hands.press(Key.Key_F12)
        self._look("sign-in")
        line = hands.find(window, "staff.number")
        line.setFocus()
        hands.press(Key.Key_A, CONTROL)
        hands.type(number)
        hands.press(Key.Key_Return)
        hands.type(self.accounts[number].passphrase)
        hands.press(Key.Key_Return)
        hands.until(lambda: self._works(number), f"{number} could not sign in")
        self.operator = number
        self._look(f"list-{self.accounts[number].roles[0]}")

    def _works(self, number: str) -> bool:
        bench = self.window.bench
        return bench is not None and bench.isVisible() and bench.seat.operator.number == number

    # --- registering ---------------------------------------------------------------------------

    def register(self, worker: Worker) -> str:
        """Reception registers a worker; returns the case. A passport is scanned, a border pass typed."""
        hands, window = self.hands, self.window
        self.sit("R001")
        self._home()
        folder = self.settings.inbox
        assert folder is not None
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{worker.document_number}.jpg").write_bytes(portrait(worker))
        hands.begin("register with MRZ" if worker.mrz else "register without MRZ")
        hands.press(DIGITS[worker.language])
        bench = window.bench
        assert bench is not None
        hands.until(lambda: bench.in_case, "no new case")
        hands.press(Key.Key_F8)
        self._person_reads_the_notice()
        hands.front(window)
        if worker.mrz:
            hands.scan(worker.mrz)
            hands.wait(200)
            self._look("scanned")
            hands.press(Key.Key_Return)
        else:
            self._type_border_pass(worker)
        hands.press(Key.Key_1)  # entered yesterday; stay, port and purpose are proposed, no phone
        hands.press(Key.Key_F6)
        accept = hands.find(window, "sheet.accept")  # once it may be pressed, the picture is there
        hands.until(accept.hasFocus, "the portrait does not wait for Enter")
        self._look("portrait")
        hands.press(Key.Key_Return)
        hands.until(lambda: not self._sheets("portrait"), "the portrait stays open")
        hands.wait(50)
        self._look("registration")
        hands.press(Key.Key_Return, CONTROL)  # takes what is proposed, too
        hands.begin("")
        self.last_document = "passport" if worker.mrz else "border_pass"
        case = self._case_of(worker)
        hands.until(lambda: self._state(case, "registration") == "done", "the worker is not registered")
        self.window.background.wait()
        hands.settle()
        return case

    def _person_reads_the_notice(self) -> None:
        person = self.window.person
        assert person is not None
        self.hands.until(
            lambda: bool(self._buttons(person, "person.next")), "no notice on the person's screen"
        )
        self._look("person-notice", person)
        for name in ("person.next", "person.understood"):
            while self._buttons(person, name):
                if name == "person.understood":
                    self._look("person-notice-end", person)
                self.hands.click(person, name)

    def _type_border_pass(self, worker: Worker) -> None:
        """The usual case in Ruili: no zone to read, so the pass is typed; proposals are taken by Enter.

        What is chosen by a digit and a date of eight digits go on by themselves.
        """
        typed = {
            "person.document_type": "1",
            "person.document_number": worker.document_number,
            "person.document_expiry": f"{worker.expiry:%Y%m%d}",
            "person.name": worker.name,
            "person.sex": worker.sex,
            "person.birth_date": f"{worker.birth:%Y%m%d}",
        }
        if self.last_document == "border_pass":
            del typed["person.document_type"]  # this window's last is proposed
        for _ in range(MOST_FIELDS):
            if self._focus().startswith("case.entry_date"):
                return
            here = self._focus()
            self.hands.type(typed.get(here.removesuffix(".input"), ""))
            if self._focus() == here:
                self.hands.press(Key.Key_Return)
        raise self.hands.stuck(f"typing the border pass ends at {self._focus()}")

    # --- the other stages ----------------------------------------------------------------------

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
        person = self.window.person
        assert person is not None
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
        folder = self.settings.inbox
        assert folder is not None
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

    # --- small steps ---------------------------------------------------------------------------

    def open(self, number: str, case: str) -> None:
        """Finds the case by its number, as from a slip."""
        self.sit(number)
        self.case = case
        bench = self.window.bench
        assert bench is not None
        if bench.in_case and bench.page.case == case:
            return
        self.hands.press(Key.Key_F3)
        self.hands.scan(self._view(case).number)
        self.hands.until(lambda: bench.in_case and bench.page.case == case, "the case did not open")
        self._look(f"case-{self.accounts[number].roles[0]}")

    def _stage(self, stage: str) -> None:
        self.hands.press(STAGES[stage], CONTROL)

    def _fill(self, answers: Mapping[str, Json], *, decide: bool = False) -> None:
        """Types what the form on the page asks and is not answered by a proposal."""
        bench = self.window.bench
        assert bench is not None
        page = bench.page.decide.page if decide else bench.page.panel.page
        assert page is not None
        self._type_form(page, answers)

    def _type_form(self, page: FormPage, answers: Mapping[str, Json]) -> None:
        for key, widget in page.fields.items():
            if answers.get(key) is None or not widget.isVisible():
                continue
            kind = FIELD_TYPES[widget.definition.type]
            raw, box = kind.raw(answers[key]), widget.input
            if widget.value == answers[key]:
                continue
            box.setFocus()
            self.hands.settle()
            if isinstance(box, SeveralInput):
                codes = list(self.desk.pack.codes[widget.definition.codes])
                for chosen in raw.split(","):
                    self.hands.type(str(codes.index(chosen) + 1))
            elif isinstance(box, Toggles):
                codes = list(self.desk.pack.codes.get(widget.definition.codes, {}))
                self.hands.type(str(codes.index(raw) + 1) if raw in codes else raw)
            elif isinstance(box, PairInput):
                first, _, second = raw.partition(box.separator)
                self.hands.type(first)
                self.hands.press(Key.Key_Return)
                self.hands.type(second)
            else:
                self.hands.press(Key.Key_A, CONTROL)
                self.hands.type(raw)
            self.hands.press(Key.Key_Return)

    def _act(self, action: str, *, form: Mapping[str, Json] | None = None, wait: bool = True) -> None:
        """Presses the action's button; fills and accepts the sheet that it opens."""
        self.hands.click(self.window, f"action.{action}")
        if not wait:
            return
        sheet = self._sheet_with_form()
        if sheet is not None:
            if form:
                self._type_form(sheet, form)
            self._look(f"sheet-{action}")
            self.hands.press(Key.Key_Return, CONTROL)
        elif self._sheets("sheet"):
            self.hands.press(Key.Key_Return, CONTROL)
        self.window.background.wait()
        self.hands.settle()

    def _sheet_with_form(self) -> FormPage | None:
        for sheet in self._sheets("sheet"):
            for page in sheet.findChildren(FormPage):
                if page.isVisible():
                    return page
        return None

    def _print(self, name: str, *, close: bool = True) -> None:
        """Ctrl+Enter prints; without a printer the slip is saved, and noted by a second Ctrl+Enter."""
        hands = self.hands
        hands.until(lambda: bool(self._sheets("preview")), f"no preview of {name}")
        hands.find(self.window, "sheet.accept")  # once it may be pressed, the slip is drawn
        self._look(f"preview-{name}")
        before = self._prints()
        for _ in range(2):
            hands.press(Key.Key_Return, CONTROL)
            self.window.background.wait()
            hands.wait(100)
            if self._prints() > before or not self._sheets("preview"):
                break
        if close:
            self._close_sheets()

    def _save(self, *kinds: str) -> None:
        """F9 shows the slips of the case; these are saved, not printed."""
        self.hands.press(Key.Key_F9)
        for kind in kinds:
            self.hands.click(self.window, f"preview.kind.{kind}")
            self.hands.click(self.window, "preview.save")  # once it may be pressed, the slip is drawn
            self._look(f"preview-{kind.replace('_', '-')}")
        self._close_sheets()

    def _prints(self) -> int:
        return len(self._view(self.case).prints)

    def _close_sheets(self) -> None:
        for _ in range(MOST_FIELDS):
            sheets = self._sheets("preview") + self._sheets("sheet")
            if not sheets:
                return
            sheets[0].setFocus()
            self.hands.press(Key.Key_Escape)
        raise self.hands.stuck("a sheet does not close")

    def _home(self) -> None:
        bench = self.window.bench
        assert bench is not None
        self._close_sheets()
        self.hands.press(Key.Key_Escape)
        self.hands.until(lambda: not bench.in_case, "the case does not close")
        bench.list.list.setFocus()

    def _sheets(self, name: str) -> list[QWidget]:
        return [sheet for sheet in self.window.findChildren(QWidget, name) if sheet.isVisible()]

    @staticmethod
    def _buttons(window: QWidget, name: str) -> list[QAbstractButton]:
        return [b for b in window.findChildren(QAbstractButton, name) if b.isVisible() and b.isEnabled()]

    def _focus(self) -> str:
        widget = self.window.focusWidget()
        return widget.objectName() if widget is not None else ""

    def _look(self, name: str, window: QWidget | None = None) -> None:
        """A picture of each screen, once."""
        if name not in self.seen:
            self.seen.add(name)
            self.hands.picture(window or self.window, name)

    def who(self) -> Operator:
        bench = self.window.bench
        assert bench is not None
        return bench.seat.operator

    def _view(self, case: str) -> CaseView:
        return self.desk.case(Operator("demo", "", ("supervisor",)), case, opened=False)

    def _state(self, case: str, stage: str) -> str:
        return next(s.state for s in self._view(case).stages if s.key == stage)

    def _case_of(self, worker: Worker) -> str:
        found: list[str] = []

        def look() -> bool:
            person = self.desk.find_person(worker.document_number)
            found[:] = [row.case for row in person.cases] if person else []
            return bool(found)

        self.hands.until(look, "the worker was not registered")
        return found[0]


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
