"""`PersonWindow`: what stands on the second monitor or the tablet before the person."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from kiosk.actions.slips import forms_read_back
from kiosk.errors import KioskError
from kiosk.model.case import CaseView
from kiosk.model.guards import CONFIRMED
from kiosk.model.text import Text, say
from kiosk.ui import theme
from kiosk.ui.counter.seat import Seat
from kiosk.ui.parts import Button, column, frame, prose, row
from kiosk.ui.person.confirm import ConfirmPage
from kiosk.ui.person.facts import blocks, fact_of
from kiosk.ui.person.look import in_own_script, scale_of, style_sheet
from kiosk.ui.person.notice import NoticePage
from kiosk.ui.person.pictures import Picture
from kiosk.ui.person.read_back import ReadBackPage
from kiosk.ui.translations import OWN_NAMES, Translations

EMPTY = Text("")
THANKS = 20_000  # ms until the page that says thank you makes room for the welcome


class PersonWindow(QWidget):
    """A second top-level window of the counter, in the person's language, whatever the clerk's is.

    `seat` may be replaced when another clerk signs in. `done` says how a page ended: "notice", "right"
    or "wrong" (the application read back), "confirmed" or "not_confirmed" (the employer).
    """

    notice_acknowledged = Signal(bool, dict)  # whether it was read aloud; consents by field key
    done = Signal(str)

    def __init__(self, seat: Seat, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.seat = seat
        office = seat.desk.pack.office
        self.words = Translations(seat.desk.pack.translators, office.languages[0], self)
        self._case, self._stage, self._action = "", "", ""
        self._scale = 1.0
        self.setObjectName("person")
        self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)  # the clerk goes on typing
        self.notice = NoticePage(self.words)
        self.application = ReadBackPage(self.words)
        self.confirmation = ConfirmPage(self.words)
        self._idle, self._thanks = self._idle_page(), self._thanks_page()
        self._pages = QStackedWidget()
        for page in (self._idle, self.notice, self.application, self.confirmation, self._thanks):
            self._pages.addWidget(page)
        self._build()
        self._back_to_idle = QTimer(self)
        self._back_to_idle.setSingleShot(True)
        self._back_to_idle.setInterval(THANKS)
        self._back_to_idle.timeout.connect(self.idle)
        self.notice.understood.connect(self._acknowledge)
        self.application.right.connect(lambda: self._finish("right"))
        self.application.wrong.connect(lambda: self._finish("wrong"))
        self.confirmation.yes.connect(self._confirm)
        self.confirmation.no.connect(lambda: self._finish("not_confirmed"))
        self.words.changed.connect(lambda _language: self._dress())
        self._dress()
        self.resize(1366, 96 * theme.GRID)
        self.idle()

    # What it is made of -----------------------------------------------------------------------------

    def _build(self) -> None:
        office = self.seat.desk.pack.office
        self._heading = prose(self.words)
        self._heading.setAlignment(Qt.AlignmentFlag.AlignVCenter)
        self.words.put(self.setWindowTitle, say("The person's screen"))
        self._trouble_text = prose(self.words)
        self._trouble = frame("trouble", "person.trouble")
        self._trouble.setLayout(column(self._trouble_text, margins=(24, 16, 24, 16)))
        self._trouble.hide()
        self._switch = self._language_switch(office.languages)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(32, 16, 32, 32)
        layout.setSpacing(2 * theme.GRID)
        head = row(self._heading, self._switch)
        head.setStretch(0, 1)
        layout.addLayout(head)
        layout.addWidget(self._trouble)
        layout.addWidget(self._pages, 1)

    def _language_switch(self, languages: tuple[str, ...]) -> QWidget:
        box = QWidget()
        made = QHBoxLayout(box)
        made.setContentsMargins(0, 0, 0, 0)
        self._languages = QButtonGroup(self)
        for language in languages:
            one = in_own_script(Button(), language)
            one.setText(OWN_NAMES.get(language, language))
            one.setProperty("kind", "quiet")
            one.setCheckable(True)
            one.setObjectName(f"person.language.{language}")
            one.clicked.connect(lambda _checked=False, language=language: self.words.use(language))
            self._languages.addButton(one)
            made.addWidget(one)
        return box

    def _idle_page(self) -> QWidget:
        """Welcome in every language of the office."""
        office = self.seat.desk.pack.office
        page = QWidget()
        made = QHBoxLayout(page)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(2 * theme.GRID)
        for language in office.languages:
            said = self.words.of(language)
            welcome = in_own_script(prose(self.words, said(say("Welcome")), "display"), language)
            name = in_own_script(prose(self.words, said(Text(office.name)), "second"), language)
            wait = in_own_script(prose(self.words, said(say("Please turn to the clerk.")), "small"), language)
            for each in (welcome, name, wait):
                each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            box = frame("surface")
            box.setLayout(column(None, welcome, 16, name, 8, wait, None, margins=(32, 32, 32, 32)))
            made.addWidget(box, 1)
        return page

    def _thanks_page(self) -> QWidget:
        page = frame("surface")
        thanks = prose(self.words, say("Thank you."), "display")
        turn = prose(self.words, say("Please turn to the clerk."), "idea")
        for each in (thanks, turn):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        picture = Picture("thanks", 200)
        picture.setFixedSize(200, 200)
        page.setLayout(column(None, row(None, picture, None), 24, thanks, 8, turn, None))
        return page

    # What the clerk's window asks for -----------------------------------------------------------------

    def idle(self) -> None:
        """Nothing of anybody is shown."""
        self._case = ""
        self._show(self._idle)

    def show_notice(self, case: str) -> None:
        """The notice, in the language of the case."""
        view = self._begin(case)
        definitions = self.seat.desk.definitions(case)
        fields = definitions.forms["notice"].fields if "notice" in definitions.forms else ()
        choices = [field for field in fields if field.type == "boolean" and field.by == "applicant"]
        self.words.use(view.language)
        self.notice.show_notice(self.seat.desk.pack.office.texts, choices)
        self._show(self.notice, Text(self.seat.desk.pack.office.name), "second")

    def show_application(self, case: str) -> None:
        """Everything the person gave, to be read before he signs."""
        view, definitions = self._begin(case), self.seat.desk.definitions(case)
        forms = forms_read_back(definitions)
        self.application.show_blocks(list(blocks(forms, view.facts, definitions, self.seat.desk.today())))
        self._show(self.application, say("Is everything right? Read it before you sign."))

    def show_confirmation(self, case: str, stage: str, action: str) -> None:
        """What the person alone can say yes to: `action` is one whose roles are only the applicant."""
        view, definitions = self._begin(case), self.seat.desk.definitions(case)
        self._stage, self._action = stage, action
        fields = {field.key: field for form in definitions.forms.values() for field in form.fields}
        today = self.seat.desk.today()
        asked = [fact_of(fields[key], view.facts, definitions, today) for key in CONFIRMED if key in fields]
        label_of_action = Text(definitions.track.stage(stage).action(action).label)
        self.confirmation.show_facts([fact for fact in asked if fact is not None], label_of_action)
        self._show(self.confirmation, say("Is this your employer, and is this your work?"))

    def _begin(self, case: str) -> CaseView:
        view = self.seat.desk.case(self.seat.operator, case, opened=False)
        self._case = case
        self.words.use(view.language)
        return view

    # What the person answers --------------------------------------------------------------------------

    def _acknowledge(self, heard: bool, consents: dict[str, bool]) -> None:
        desk, operator = self.seat.desk, self.seat.operator
        try:
            desk.acknowledge_notice(operator, self._case, heard=heard, consents=consents)
        except KioskError as error:
            self._show_trouble(error.text)
            return
        self.notice_acknowledged.emit(heard, consents)
        self._finish("notice")

    def _confirm(self) -> None:
        try:
            self.seat.desk.perform(self.seat.operator, self._case, self._stage, self._action)
        except KioskError as error:
            self._show_trouble(error.text)
            return
        self._finish("confirmed")

    def _finish(self, how: str) -> None:
        self._case = ""
        self._show(self._thanks)
        self._back_to_idle.start()
        self.done.emit(how)

    def _show_trouble(self, text: Text) -> None:
        self.words.put(self._trouble_text.setText, text)
        self._trouble.show()

    # How it looks ---------------------------------------------------------------------------------------

    def _show(self, page: QWidget, heading: Text = EMPTY, role: str = "title") -> None:
        self._back_to_idle.stop()
        self._trouble.hide()
        self._switch.setVisible(page is not self._idle)
        self._heading.setVisible(page is not self._idle)
        theme.mark(self._heading, role=role)
        self.words.put(self._heading.setText, heading)
        self._pages.setCurrentWidget(page)

    def _dress(self) -> None:
        """Letters for the language and the size of the window."""
        dots, language = self.screen().physicalDotsPerInch(), self.words.language
        self.setStyleSheet(style_sheet(self._scale, dots, language))
        for one in self._languages.buttons():
            one.setChecked(one.objectName() == f"person.language.{language}")

    def show_beside(self) -> None:
        """Fills the second monitor where there is one; else a window of its own."""
        screens = QGuiApplication.screens()
        if len(screens) > 1:
            self.setGeometry(screens[1].geometry())
            self.showFullScreen()
        else:
            self.show()

    def resizeEvent(self, event: QResizeEvent) -> None:
        scale = scale_of(self.height())
        if scale != self._scale:
            self._scale = scale
            self._dress()
        super().resizeEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.idle()
        super().closeEvent(event)
