"""One operator's window: bars around, the list or a case in the centre."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from kiosk.errors import KioskError
from kiosk.model.ask import joined
from kiosk.model.case import ActionView, Changed
from kiosk.model.documents import mrz_answers, parse_mrz
from kiosk.model.text import Text, lines, say
from kiosk.ui.counter.bars import Rail, StatusBar, TopBar
from kiosk.ui.counter.case_page import CasePage
from kiosk.ui.counter.direct import DIRECT, DirectPrint
from kiosk.ui.counter.language_sheet import LanguageSheet
from kiosk.ui.counter.list_page import ListPage
from kiosk.ui.counter.live import Live
from kiosk.ui.counter.printer_line import PrinterLine
from kiosk.ui.counter.seat import Seat
from kiosk.ui.counter.sheet import Sheet
from kiosk.ui.counter.wedge import looks_like_zone
from kiosk.ui.exchange_status import ExchangeButton
from kiosk.ui.parts import column, row
from kiosk.ui.person import PersonWindow

AGAIN = 30_000  # ms after which the list is read again, and whether the operator may stay


class Workbench(QWidget):
    """Goes between the list and the cases; what a case does is the case page's business."""

    locked = Signal()
    signed_out = Signal(object)  # Text: why

    def __init__(self, seat: Seat, person: PersonWindow) -> None:
        super().__init__()
        self.setObjectName("workbench")
        self.seat = seat
        office, operator = seat.desk.pack.office, seat.operator
        roles = joined([Text(office.roles.get(role, role)) for role in operator.roles])
        self.live = Live(self, seat.exchange) if seat.exchange is not None else None
        exchange = ExchangeButton(seat.words, seat.exchange) if seat.exchange is not None else None
        self.top = TopBar(seat.words, office, operator, roles, exchange)
        self.rail = Rail(seat.words, office.languages, operator.roles)
        self.list = ListPage(seat)
        self.page = CasePage(seat, person, self)
        self.status = StatusBar(seat.words, seat.desk.now, PrinterLine(seat))
        self.direct = DirectPrint(seat, self)
        self._preview: QWidget | None = None  # the slips being looked at
        self._after: Callable[[], None] | None = None  # what happens once they are closed
        self._centre = QStackedWidget()
        self._centre.addWidget(self.list)
        self._centre.addWidget(self.page)
        body = row(self.rail, self._centre, spacing=0)
        body.setStretch(1, 1)
        self.setLayout(column(self.top, body, self.status, spacing=0))
        self._again = QTimer(self)
        self._again.setInterval(AGAIN)
        self._again.timeout.connect(self._read_again)
        self._again.start()
        person.done.connect(self._person_answered)
        self._connect()
        self.home()
        QTimer.singleShot(0, self._prepare)

    def _prepare(self) -> None:
        """Makes the forms while nobody waits, so that the first case opens as fast as the next."""
        first = self.list.next_case()
        if first:
            self.page.panel.prepare(self.seat.desk.definitions(first))

    def _connect(self) -> None:
        self.top.lock.clicked.connect(self.locked)
        self.top.passphrase.clicked.connect(self.change_passphrase)
        if self.live is not None and self.top.exchange is not None:
            self.top.exchange.clicked.connect(self.live.show_sheet)
        self.top.scan.looked_for.connect(self._look_for)
        self.top.scan.scanned.connect(self.scanned)
        self.top.scan.chosen.connect(self._chosen)
        self.top.scan.walked.connect(self.list.walk)
        self.rail.chosen.connect(self.show_list)
        self.rail.next_wanted.connect(self.open_next)
        self.rail.new_wanted.connect(self.new_case)
        self.rail.opened.connect(self.open_case)
        self.list.opened.connect(self.open_case)
        self.list.new_wanted.connect(self.new_case)
        self.list.refreshed.connect(self.show_counts)
        self.page.left.connect(self.home)
        self.page.told.connect(self.status.show_message)
        self.direct.told.connect(self.status.show_message)
        self.page.finished.connect(self._finished)
        self.page.wanted.connect(self.open_case)
        self.page.slips_wanted.connect(self.show_slips)
        self.page.portrait_wanted.connect(self.show_portrait)

    # Where we are -------------------------------------------------------------------------------------

    @property
    def in_case(self) -> bool:
        return self._centre.currentWidget() is self.page

    def home(self) -> None:
        """Back to the list, read anew."""
        self.top.scan.clear()
        self._centre.setCurrentWidget(self.list)
        self.show_list(self.list.which)
        self.list.take_focus()

    def show_list(self, which: str) -> None:
        if self.in_case:
            self.page.flush()
            self._centre.setCurrentWidget(self.list)
        self.top.scan.clear()
        self.rail.choose(which)
        self.list.show_list(which)
        self.list.take_focus()

    def rest(self) -> None:
        """Before the window is locked or closed: what was typed a moment ago is kept."""
        self.page.flush()

    def refocus(self) -> None:
        """After the window comes back: where the work was."""
        sheet = self._sheet()
        if sheet is not None:
            sheet.refocus()
        elif self.in_case:
            self.page.focus_first()
        else:
            self.list.refresh()
            self.list.take_focus()

    def _sheet(self) -> Sheet | None:
        """The sheet on top."""
        open_ones = [sheet for sheet in self.findChildren(Sheet) if not sheet.isHidden()]
        return open_ones[-1] if open_ones else None

    def show_counts(self) -> None:
        desk, operator = self.seat.desk, self.seat.operator
        self.rail.show_counts(desk.counts(operator), desk.work_list(operator, "parked", 4))

    def _read_again(self) -> None:
        if self.isVisible() and self.stays() and not self.in_case:
            self.list.look_again()

    def stays(self) -> bool:
        """Whether the operator may go on. Who may not is signed out and told why; what he typed is kept."""
        why = self.seat.desk.why_out(self.seat.operator)
        if why is not None and self.isVisible():  # a window that is locked is somebody else's to sign in to
            self.signed_out.emit(why)
        return why is None

    def open_case(self, case: str, keys: Sequence[str] = ()) -> None:
        """Shows a case, at the first of some facts; who opened it is noted once it is painted."""
        if self._try(lambda: self.page.open(case)):
            self.top.scan.clear()
            self._centre.setCurrentWidget(self.page)
            self.page.focus_first()
            self.page.look_at(keys)
            QTimer.singleShot(0, self.page.note_opening)

    def open_next(self) -> None:
        """The case on top of the list, or the next one after that which is open."""
        self.list.refresh()
        following = self.list.next_case(self.page.case if self.in_case else "")
        if following:
            self.open_case(following)
        else:
            self.home()

    def _try(self, call: Callable[[], object]) -> bool:
        try:
            call()
        except KioskError as error:
            self.status.show_message(error.text, "error")
            return False
        return True

    def change_passphrase(self) -> None:
        """F11."""
        from kiosk.ui.counter.passphrase import CHANGED, PassphraseSheet

        seat = self.seat
        if self._sheet() is not None or not self.stays():
            return
        sheet = PassphraseSheet(self, seat.words, seat.background, seat.desk, seat.operator)
        sheet.changed.connect(lambda: self.status.show_message(CHANGED, "done"))
        sheet.open_sheet(sheet.old)

    # New cases ----------------------------------------------------------------------------------------

    def new_case(self, language: str) -> None:
        """A new person, in his language; on the office's only track, or its first."""
        seat = self.seat
        track = next(iter(seat.desk.pack.tracks))
        try:
            changed = seat.desk.open_case(seat.operator, track, language)
        except KioskError as error:
            self.status.show_message(error.text, "error")
            return
        self.open_case(changed.case)
        self.status.show_message(say("New case. F8 shows the notice on the person's screen."))

    def _ask_language(self, title: Text, then: Callable[[], object]) -> None:
        """The person's language is asked, never guessed."""
        sheet = LanguageSheet(self, self.seat.words, title, self.seat.desk.pack.office.languages)

        def chosen(language: str) -> None:
            self.new_case(language)
            then()

        sheet.chosen.connect(chosen)
        sheet.open_sheet(sheet.first)

    # Scanning and finding -----------------------------------------------------------------------------

    def _look_for(self, text: str) -> None:
        self._centre.setCurrentWidget(self.list)
        self.list.look_for(text)
        self.rail.choose("" if self.list.sought else self.list.which)

    def _chosen(self) -> None:
        """Enter in the scan box: opens what is found, or registers the number that is not."""
        text = self.top.scan.text().strip()
        if not text:
            self.list.take_focus()
            return
        chosen = self.list.list.chosen()
        if chosen is not None and self.list.rows():
            self.open_case(chosen.case)
        elif "reception" in self.seat.operator.roles:
            title = say("New person with document {number}. Which language?", number=text)
            self._ask_language(title, lambda: self.page.typed_number(text))

    def scanned(self, text: str) -> None:
        """A reader's text: a zone fills the open form or finds its person; a slip opens its case."""
        sheet = self._sheet()
        if sheet is not None and not sheet.gives_way():
            return
        if looks_like_zone(text):
            if not (self.in_case and self.page.scanned(text)):
                self._zone_at_home(text)
            return
        rows = self.seat.desk.find(self.seat.operator, text)
        if len(rows) == 1:
            self.open_case(rows[0].case)
        else:
            self.top.scan.setText(text)
            self._look_for(text)

    def _zone_at_home(self, text: str) -> None:
        zone = parse_mrz(text)
        if zone.problems:
            self.status.show_message(lines(*zone.problems), "error")
            return
        answers = mrz_answers(zone, self.seat.desk.today())
        number, issuer = answers.get("person.document_number"), answers.get("person.document_issuer")
        found = self.seat.desk.find_person(str(number), str(issuer or "")) if number else None
        going = [row for row in found.cases if row.status == "open"] if found is not None else []
        if going:
            self.open_case(going[0].case)
        elif "reception" in self.seat.operator.roles:
            title = say("New case for {name}. Which language?", name=zone.name)
            self._ask_language(title, lambda: self.page.scanned(text))
        else:
            self.status.show_message(say("No open case has this document."), "warning")

    # What a case asks for -------------------------------------------------------------------------------

    def show_slips(self, kinds: tuple[str, ...] = ()) -> None:
        """F9: what may be printed of the case; after an action, what it asks to be printed."""
        from kiosk.ui.counter.preview import PreviewSheet  # brings QtPdf, which the start can do without

        view = self.page.view
        if view is None or not (kinds or view.slips):
            self.status.show_message(say("Nothing can be printed yet."), "warning")
            return
        for kind in kinds:
            if kind in DIRECT:
                self.direct.print_now(view.case, kind)
        looked_at = tuple(kind for kind in kinds or view.slips if not (kinds and kind in DIRECT))
        if not looked_at:
            return
        sheet = self._preview = PreviewSheet(self, self.seat, view.case, looked_at)
        sheet.closed.connect(self._slips_closed)
        sheet.open_sheet()

    def _slips_closed(self) -> None:
        self._preview = None
        after, self._after = self._after, None
        if after is not None:
            after()
        elif self.in_case:
            self.page.refresh_actions()

    def show_portrait(self) -> None:
        """F6."""
        from kiosk.ui.counter.portrait import PortraitSheet

        view = self.page.view
        if view is None:
            return
        sheet = PortraitSheet(self, self.seat, view.case)
        sheet.closed.connect(self._portrait_closed)
        sheet.open_sheet()

    def _portrait_closed(self) -> None:
        """The page is read anew, so the button that had the focus is another one now."""
        self.page.refresh()
        QTimer.singleShot(0, self.page.focus_main)

    def _person_answered(self, how: str) -> None:
        if self.in_case:
            self.page.person_answered(how)

    def _finished(self, action: ActionView, _changed: Changed) -> None:
        """An officer goes on to the next application; everyone else goes back to the list."""
        kinds = ("advance", "return", "refuse")
        officer = "police" in self.seat.operator.roles and action.definition.kind in kinds
        after = self.open_next if officer else self.home
        if self._preview is not None:
            self._after = after  # once the slips have been looked at
        else:
            after()

    # Keys -----------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.in_case and not self.page.isAncestorOf(self.window().focusWidget() or self):
            self.page.keyPressEvent(event)  # the keys of a case hold wherever the focus is
            if event.isAccepted():
                return
        event.accept()
        if key == Qt.Key.Key_F3:
            self.top.scan.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.top.scan.selectAll()
        elif key == Qt.Key.Key_F11:
            self.change_passphrase()
        elif key == Qt.Key.Key_F12:
            self.locked.emit()
        elif key == Qt.Key.Key_F5:
            self.page.refresh() if self.in_case else self.list.refresh()
        elif key == Qt.Key.Key_Escape and not self.in_case:
            self.home()
        elif event.text().strip() and event.text().isprintable() and not self.in_case:
            self._type_into_scan(event)
        else:
            event.ignore()

    def _type_into_scan(self, event: QKeyEvent) -> None:
        """A letter typed on the list begins to look for somebody."""
        scan = self.top.scan
        scan.setFocus(Qt.FocusReason.OtherFocusReason)
        scan.setText(event.text())
        self._look_for(event.text())
