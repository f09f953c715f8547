"""What frames the counter: the bar on top, the rail at the left, the status at the bottom."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from math import ceil

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QLineEdit, QWidget

from kiosk.actions.act import Operator
from kiosk.model.case import CaseRow
from kiosk.model.office import Office
from kiosk.model.roles import is_only_doctor
from kiosk.model.text import Text, say
from kiosk.ui import icons, theme
from kiosk.ui.counter.wedge import looks_like_zone
from kiosk.ui.fields.line import ENTER
from kiosk.ui.parts import Button, button, clear, column, label, row, short
from kiosk.ui.prose import fitting, natural_width
from kiosk.ui.translations import OWN_NAMES, SHORT_NAMES, Translations

TOP, BOTTOM, RAIL, GAP = 48, 32, 248, 16  # px
MOST_PARKED = 4
HINT_KEY, BESIDE_HINT = "  (F3)", 64  # px: the looking glass and the frame
LEAST = 48  # px; what would be shorter than that tells nothing


class ScanBox(QLineEdit):
    """Always ready: what is typed is looked for, what is scanned or pasted opens its case."""

    looked_for = Signal(str)
    scanned = Signal(str)
    chosen = Signal()  # Enter
    walked = Signal(int)  # Up and Down, through what was found

    def __init__(self, words: Translations) -> None:
        super().__init__()
        self.setObjectName("scan")
        self.setProperty("kind", "scan")
        self.setFixedHeight(32)
        self.setFont(theme.font("my"))
        self._hint = ""
        words.put(self._say_hint, say("Scan, or find by name, document or slip number"))
        self.textEdited.connect(self._edited)

    def _say_hint(self, hint: str) -> None:
        """As much of it as there is room for, and always the key that leads here."""
        self._hint = hint
        room = self.width() - BESIDE_HINT - ceil(natural_width(HINT_KEY, self.font()))
        self.setPlaceholderText(fitting(hint, self.font(), room) + HINT_KEY)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._say_hint(self._hint)

    def _edited(self, text: str) -> None:
        if looks_like_zone(text):
            self.clear()
            self.scanned.emit(text)
        else:
            self.looked_for.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.chosen.emit()
        elif event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.walked.emit(1 if event.key() == Qt.Key.Key_Down else -1)
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
            self.looked_for.emit("")
        elif event.key() == Qt.Key.Key_Escape or event.key() in ENTER:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        icons.paint_icon(painter, "search", QRectF(12, 7, 18, 18), theme.SECOND)
        painter.end()


class LanguageSwitch(QWidget):
    """中 / မြန် / EN: each language in its own script."""

    def __init__(self, words: Translations, languages: Sequence[str]) -> None:
        super().__init__()
        self._words = words
        self._group = QButtonGroup(self)
        made = QHBoxLayout(self)
        made.setContentsMargins(0, 0, 0, 0)
        made.setSpacing(0)
        for language in languages:
            one = Button()
            one.setText(SHORT_NAMES.get(language, language))
            one.setToolTip(f"{OWN_NAMES.get(language, language)} (F10)")
            one.setAccessibleName(OWN_NAMES.get(language, language))
            one.setProperty("kind", "quiet")
            one.setFont(theme.font(language))
            one.setProperty("script", language)
            one.setCheckable(True)
            one.setChecked(language == words.language)
            one.setObjectName(f"language.{language}")
            one.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            one.clicked.connect(lambda _checked=False, language=language: words.use(language))
            self._group.addButton(one)
            made.addWidget(one)
        words.changed.connect(self._show)

    def _show(self, language: str) -> None:
        for one in self._group.buttons():
            one.setChecked(one.objectName() == f"language.{language}")


class TopBar(QFrame):
    """Office and window, scan box, languages, who is signed in, his passphrase, lock.

    Where not all of it has room, who is signed in stands whole, and his roles give way first.
    """

    def __init__(
        self,
        words: Translations,
        office: Office,
        operator: Operator,
        roles: Text,
        exchange: Button | None = None,
    ) -> None:
        super().__init__()
        self.setProperty("role", "bar")
        self.setFixedHeight(TOP)
        place = short(words, Text(office.name), "strong")
        place.setObjectName("office")
        window = label(words, say("Window {number}", number=operator.window), "second")
        left = QWidget()
        left.setLayout(at_left := row(place, window, None, spacing=12))
        self.scan = ScanBox(words)
        self.scan.setMinimumWidth(360)
        self.scan.setMaximumWidth(480)
        who = short(words, operator.name, "strong")
        who.setObjectName("operator")
        what = short(words, roles, "second")
        what.setObjectName("roles")
        self._sharing = (who, place, what)  # whoever comes first keeps his room longest
        tip = say("Change the passphrase (F11)")
        self.passphrase = button(words, None, kind="quiet", icon="key", name="passphrase", tip=tip)
        self.passphrase.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.lock = button(words, None, kind="quiet", icon="lock", name="lock", tip=say("Lock (F12)"))
        self.lock.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        right = QWidget()
        switch = LanguageSwitch(words, office.languages)
        self.exchange = exchange
        shown = (exchange,) if exchange is not None else ()
        at_right = row(None, *shown, switch, 8, who, what, self.passphrase, self.lock, spacing=8)
        right.setLayout(at_right)
        self._sides = (at_left, at_right)
        made = row(left, self.scan, right, margins=(GAP, 0, GAP // 2, 0), spacing=GAP)
        for part in range(made.count()):
            made.setStretch(part, 1)
        self.setLayout(made)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._share()
        return super().event(event)

    def minimumSizeHint(self) -> QSize:
        """Of what gives way to nothing: a window that was wide can be made small again."""
        sides = sum(side.minimumSize().width() for side in self._sides)
        shared = sum(part.minimumWidth() for part in self._sharing)
        return QSize(sides - shared + self.scan.minimumWidth() + 3 * GAP + GAP // 2, TOP)

    def _share(self) -> None:
        """Gives out the room that buttons and scan box leave."""
        room = max(0, self.width() - self.minimumSizeHint().width())
        for part in self._sharing:
            whole = part.sizeHint().width()
            width = whole if whole <= room else room if room >= LEAST else 0
            part.setFixedWidth(width)
            room -= width


LISTS = (
    ("waiting", say("Waiting for me")),
    ("due", say("Due today")),
    ("returned", say("Returned")),
    ("ready", say("Ready to hand over")),
    ("parked", say("Parked")),
    ("twice", say("Registered twice")),
)


def is_for(which: str, roles: Sequence[str]) -> bool:
    """Only who hands permits over needs that list; a doctor has no use for what others must do."""
    if which == "twice":
        return "supervisor" in roles
    if which == "ready":
        return "reception" in roles or "supervisor" in roles
    return which not in ("returned", "due") or not is_only_doctor(roles)


class Rail(QFrame):
    """The lists with their counts, and under them the parked cases."""

    chosen = Signal(str)  # a list
    next_wanted = Signal()
    new_wanted = Signal(str)  # a language
    opened = Signal(str)  # a parked case

    def __init__(self, words: Translations, languages: Sequence[str], roles: Sequence[str]) -> None:
        super().__init__()
        self._words = words
        self.setProperty("role", "rail")
        self.setFixedWidth(RAIL)
        self.next = button(words, say("Open the next"), kind="primary", icon="right", name="next")
        self.next.setProperty("measure", "tall")
        self.next.clicked.connect(self.next_wanted)
        self._rows: dict[str, tuple[Button, QLabel]] = {}
        rows = [self._row(which, title) for which, title in LISTS if is_for(which, roles)]
        self._parked = column(spacing=0)
        self._parked_buttons: list[Button] = []
        parts: list[QWidget] = [self.next]
        if "reception" in roles:
            parts.append(self._new(languages))
        self.setLayout(
            column(*parts, 8, *rows, self._parked, None, margins=(16, 16, 16, 16), spacing=4),
        )
        self.choose("waiting")

    def _new(self, languages: Sequence[str]) -> QWidget:
        """A new person: the digit of his language, never guessed from his nationality."""
        box = QWidget()
        buttons = []
        for digit, language in enumerate(languages, start=1):
            one = Button()
            one.setText(f"{digit}  {OWN_NAMES.get(language, language)}")
            one.setFont(theme.font(language))
            one.setProperty("kind", "rail")
            one.setProperty("script", language)
            one.setObjectName(f"new.{language}")
            one.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            one.clicked.connect(lambda _checked=False, language=language: self.new_wanted.emit(language))
            buttons.append(one)
        title = label(self._words, say("New person, in their language"), "small")
        box.setLayout(column(title, *buttons, margins=(0, 16, 0, 0), spacing=0))
        return box

    def _row(self, which: str, title: Text) -> QWidget:
        one = button(self._words, title, kind="rail", name=f"list.{which}")
        one.setCheckable(True)
        one.setFixedHeight(32)
        one.clicked.connect(lambda: self.chosen.emit(which))
        count = label(self._words, "", "second")
        count.setParent(one)
        count.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        one.setLayout(row(None, count, margins=(0, 0, 12, 0)))
        self._rows[which] = (one, count)
        return one

    def choose(self, which: str) -> None:
        for key, (one, _count) in self._rows.items():
            one.setChecked(key == which)

    def show_counts(self, counts: Mapping[str, int], parked: Sequence[CaseRow]) -> None:
        for which, (_one, count) in self._rows.items():
            number = counts.get(which, 0)
            count.setText(str(number) if number else "")
        if any(one.underMouse() for one in self._parked_buttons):
            return  # a click must not open whoever slid under it
        clear(self._parked)
        self._parked_buttons = []
        for case in parked[:MOST_PARKED]:
            one = button(self._words, case.name or case.number, kind="rail", icon="park")
            one.setFixedHeight(32)
            one.clicked.connect(lambda _checked=False, case=case.case: self.opened.emit(case))
            self._parked.addWidget(one)
            self._parked_buttons.append(one)


class StatusBar(QFrame):
    """What was just done, where it is kept, and the time in Beijing."""

    def __init__(self, words: Translations, now: Callable[[], datetime], printer: QWidget) -> None:
        super().__init__()
        self.setProperty("role", "foot")
        self.setFixedHeight(BOTTOM)
        self._words, self._now = words, now
        self._message = short(words)
        self._message.setObjectName("status")
        kept = label(words, say("Saved on this terminal"), "small")
        self._time = label(words, "", "small")
        self.setLayout(
            row(
                self._message, None, kept, printer, self._time,
                margins=(16, 0, 16, 0), spacing=24,
            )
        )  # fmt: skip
        self._tick = QTimer(self)
        self._tick.setInterval(5_000)
        self._tick.timeout.connect(self._show_time)
        self._tick.start()
        self._show_time()

    def _show_time(self) -> None:
        self._words.put(self._time.setText, say("Beijing {time}", time=f"{self._now():%H:%M}"))

    def show_message(self, text: Text, state: str = "") -> None:
        """`state` is done, warning or error."""
        theme.mark(self._message, state=state)
        self._words.put(self._message.setText, text)
