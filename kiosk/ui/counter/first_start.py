"""The first start of a real terminal: the office pack, the recovery key, and who may sign in here.

The central system gives pack and accounts to who has its invitation. Where the office has none, a folder is
named, and the first supervisor gets his account.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QFileDialog, QWidget

from kiosk.actions.desk import Desk
from kiosk.errors import KioskError
from kiosk.model.text import Text, Translator, say
from kiosk.ui import theme
from kiosk.ui.background import Background
from kiosk.ui.counter.bars import LanguageSwitch
from kiosk.ui.counter.joining import Begin, Join, Joining
from kiosk.ui.counter.step import Step
from kiosk.ui.parts import button, column, frame, label, row
from kiosk.ui.translations import OWN_NAMES, Translations, lines


class Checked(msgspec.Struct, frozen=True):
    """What was found in an office pack: its errors, and whether it is only a sample."""

    errors: Sequence[Text] = ()
    sample: bool = False


Check = Callable[[Path], Checked]
Make = Callable[[Path], tuple[Desk, str]]
MOST_FINDINGS = 5  # that are shown; `kiosk check-office` lists all
GROUPS = 4  # of the recovery key, in one line


class FirstStart(QWidget):
    """`check(folder)` says what is wrong with an office pack; `make(folder)` makes keys and store, and
    returns the desk with its recovery key, which is shown here once: "" where the store has its
    keys, because it was restored. Both run off the UI thread.

    `begin(invitation, tell)` does the same with the pack that the office's central system gives, and
    `join(desk, invitation, tell)` takes the terminal into it (`Joining`).
    `translators` are those of the program itself, for no office pack is known yet. `begun` is what `make`
    gave when an earlier first start was cut short before its supervisor.
    """

    finished = Signal(object)  # Desk

    def __init__(
        self,
        check: Check,
        make: Make,
        begin: Begin,
        join: Join,
        translators: Mapping[str, Translator] | None = None,
        language: str = "zh",
        pack: Path | None = None,
        begun: tuple[Desk, str] | None = None,
    ) -> None:
        super().__init__()
        self._check, self._make = check, make
        self.words = Translations(translators or {}, language, self)
        self.background = Background(self)
        self._desk: Desk | None = None
        self._key = ""
        self._alone = False  # without a central system
        self._taken_as_sample: Path | None = None
        self.setObjectName("first_start")
        self.words.put(self.setWindowTitle, say("First start"))
        self.words.changed.connect(self._dress)
        self.joining = Joining(self.words, self.background, begin, join)
        self.joining.begun.connect(self._begun)
        self.joining.joined.connect(self._joined)
        self.joining.alone.connect(self._go_on_alone)
        self._steps = (self.joining, self._pack_step(pack), self._key_step(), self._supervisor_step())
        card = frame("surface")
        card.setFixedWidth(640)
        card.setLayout(column(*self._steps, margins=(40, 32, 40, 32), spacing=theme.GRID))
        known = [language for language in OWN_NAMES if language in self.words.languages]  # as at the counter
        switch = LanguageSwitch(self.words, known)
        top = row(None, switch, margins=(16, 8, 16, 8))
        self.setLayout(column(top, None, row(None, card, None), None, None))
        self.resize(1366, 96 * theme.GRID)
        if begun is None:
            self._go_to(self.joining, self.joining.invitation)
        else:
            self._begun(begun)

    def _dress(self, language: str) -> None:
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme.dress(app, language)

    def _go_to(self, asked: Step, first: QWidget) -> None:
        for step in self._steps:
            step.setVisible(step is asked)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    # The central system -------------------------------------------------------------------------------

    def _go_on_alone(self) -> None:
        self._alone = True
        if self._desk is None:
            self._go_to(self._pack, self.folder)
        else:
            self._go_on(self._desk)

    def _go_back(self) -> None:
        self._alone = False
        self._go_to(self.joining, self.joining.invitation)

    def _go_on(self, desk: Desk) -> None:
        """Pack, keys and store are there: now to who may sign in."""
        joined = desk.has_joined()
        if desk.has_staff() and (self._alone or joined):
            self._made(None)  # a restored store has its accounts
        elif self._alone and not joined:
            self._go_to(self._account, self.number)
        else:
            self._go_to(self.joining, self.joining.invitation)
            self.joining.go_on(desk)

    def _joined(self, desk: Desk) -> None:
        """Who may sign in stands there now."""
        self._desk = desk
        self._made(None)

    # The office pack ----------------------------------------------------------------------------------

    def _pack_step(self, pack: Path | None) -> Step:
        about = say(
            "The office pack is the folder with the office's workflows, forms and texts. "
            "It is checked before anything is made."
        )
        self._pack = Step(self.words, say("Office pack"), about, say("Check and go on"), "first_start.pack")
        self.folder = self._pack.line(say("Folder of the office pack"), "folder", "zh")
        self.folder.set_raw(str(pack) if pack else "")
        browse = button(self.words, say("Choose a folder…"), name="first_start.pack.browse")
        browse.clicked.connect(self._browse)
        self._pack.inside.addLayout(row(browse, None))
        self._pack.button.clicked.connect(self._check_pack)
        self.back = self._pack.other_way(say("Back"), "back")
        self.back.clicked.connect(self._go_back)
        return self._pack

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.words(say("Folder of the office pack")), self.folder.raw())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.folder.set_raw)
        dialog.open()

    def _check_pack(self) -> None:
        text = self.folder.raw().strip()
        if not text:
            self._pack.say_why(say("Type or choose the folder of the office pack."))
            self.folder.setFocus()
            return
        folder = Path(text).expanduser()
        if not folder.is_dir():
            self._pack.say_why(say("There is no folder {folder}.", folder=folder))
            return
        self._pack.say_why(None)
        self._pack.busy(True)
        self.background.run(lambda: self._begin(folder), self._begun, self._not_begun)

    def _begin(self, folder: Path) -> tuple[Desk, str] | Text:
        """Off the UI thread: why it does not go on, or the desk and its recovery key."""
        checked = self._check(folder)
        if checked.errors:
            return shortened(checked.errors, folder)
        if checked.sample and folder != self._taken_as_sample:
            self._taken_as_sample = folder
            return say(
                "This is a sample pack: its numbers, fees and texts are examples, not those of an office. "
                "To try the program with it, press the button again."
            )
        return self._make(folder)

    def _begun(self, outcome: tuple[Desk, str] | Text) -> None:
        self._pack.busy(False)
        if isinstance(outcome, Text):
            self._pack.say_why(outcome)
            self._pack.button.setFocus()
            return
        self._desk, self._key = outcome
        if not self._key:
            self._go_on(self._desk)
            return
        groups = self._key.split("-")
        shown = [groups[at : at + GROUPS] for at in range(0, len(groups), GROUPS)]
        self._shown_key.setText("\n".join("   ".join(part) for part in shown))
        self._go_to(self._key_page, self.last_group)

    def _not_begun(self, error: KioskError) -> None:
        self._pack.busy(False)
        self._pack.say_why(error.text)

    # The recovery key ---------------------------------------------------------------------------------

    def _key_step(self) -> Step:
        about = say(
            "Write this key down on paper and keep it in the office's safe, away from this machine. It opens "
            "the backups and the store when the machine is lost. It is shown this once and kept nowhere."
        )
        step = Step(self.words, say("Recovery key"), about, say("It is written down"), "first_start.key")
        self._key_page = step
        self._shown_key = label(self.words, "", "title")
        self._shown_key.setObjectName("first_start.key.shown")
        self._shown_key.setFont(theme.font("en"))
        self._shown_key.setAlignment(Qt.AlignmentFlag.AlignCenter)
        box = frame("notice")
        box.setLayout(column(self._shown_key, margins=(16, 16, 16, 16)))
        step.inside.addWidget(box)
        step.inside.addSpacing(2 * theme.GRID)
        self.last_group = step.line(say("Type the last group, from the paper"), "last_group")
        step.button.clicked.connect(self._check_key)
        return step

    def _check_key(self) -> None:
        typed = self.last_group.raw().strip().upper()
        if typed != self._key.split("-")[-1]:
            self._key_page.say_why(say("This is not the last group of the key. Compare it with the paper."))
            self.last_group.setFocus()
            return
        self._key = ""
        self._shown_key.setText("")
        if self._desk is not None:
            self._go_on(self._desk)

    # The first supervisor -----------------------------------------------------------------------------

    def _supervisor_step(self) -> Step:
        about = say("A supervisor makes the accounts of the others, and settles what two desks wrote apart.")
        title, accept = say("First supervisor"), say("Make the account")
        self._account = Step(self.words, title, about, accept, "first_start.supervisor")
        self.number = self._account.line(say("Staff number"), "number")
        self.name = self._account.line(say("Name"), "name", "zh")
        self.passphrase = self._account.line(say("Passphrase"), "passphrase", secret=True)
        self.again = self._account.line(say("Passphrase, once more"), "again", secret=True)
        self._account.button.clicked.connect(self._make_account)
        return self._account

    def _make_account(self) -> None:
        desk = self._desk
        if desk is None:
            return
        if self.passphrase.raw() != self.again.raw():
            self._account.say_why(say("The two passphrases differ."))
            self.again.setFocus()
            return
        number, name, passphrase = self.number.raw(), self.name.raw(), self.passphrase.raw()
        self._account.say_why(None)
        self._account.busy(True)
        self.background.run(
            lambda: desk.add_staff(number, name, ("supervisor",), passphrase), self._made, self._not_made
        )

    def _made(self, _operator: object) -> None:
        for line in (self.passphrase, self.again):
            line.set_raw("")
        self.hide()
        self.finished.emit(self._desk)

    def _not_made(self, error: KioskError) -> None:
        self._account.busy(False)
        self._account.say_why(error.text)


def shortened(findings: Sequence[Text], folder: Path) -> Text:
    """The first findings under one another, and where the others are to be read."""
    more = len(findings) - MOST_FINDINGS
    rest = say("… and {count} more. `kiosk check-office {folder}` lists them all.", count=more, folder=folder)
    return lines(*findings[:MOST_FINDINGS], *[rest] * (more > 0))
