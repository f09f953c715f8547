"""Windows on a real desk: the sample office, its staff, a folder for slips."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from kiosk.actions.act import Operator
from kiosk.actions.desk import Desk
from kiosk.bootstrap import first_start
from kiosk.commands.enrol import pack_to_begin_with
from kiosk.model.text import Text
from kiosk.settings import Settings, fonts_folder
from kiosk.ui import theme
from kiosk.ui.background import Background
from kiosk.ui.counter import workbench
from kiosk.ui.counter.first_start import FirstStart
from kiosk.ui.counter.seat import Seat
from kiosk.ui.translations import Translations
from tests.office import Office, sample_pack
from tests.running import Running
from tests.ui.clerk import Clerk
from tests.ui.joined import Counter
from tests.ui.starting import Begin, Show, Start, check, join

MakeSeat = Callable[..., Seat]
Dress = Callable[[str], None]
NOBODY = "ipp://127.0.0.1:9/ipp/print"  # the discard port: nothing prints there


@pytest.fixture(autouse=True)
def _closed_windows_are_gone() -> Iterator[None]:
    """Else they wait for the next event loop, or for ever, and each change of looks polishes them anew."""
    yield
    for left in QApplication.topLevelWidgets():
        left.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="session")
def _fonts(qapp: QApplication) -> None:
    theme.load_fonts(fonts_folder())


@pytest.fixture
def dressed(qapp: QApplication, _fonts: None) -> QApplication:
    """The application as the counter dresses it."""
    if qapp.styleSheet() != theme.style_sheet("en"):  # dressing again polishes every widget there is
        theme.dress(qapp, "en")
    return qapp


@pytest.fixture
def dress(dressed: QApplication) -> Iterator[Dress]:
    """Dresses the application for a language; afterwards in English again."""
    yield lambda language: theme.dress(dressed, language)
    theme.dress(dressed, "en")


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    """A window over which a sheet opens, of the counter's smallest size."""
    window = QWidget()
    window.resize(1366, 768)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    return Settings(data=tmp_path / "data", logs=tmp_path / "logs", slips=tmp_path / "slips", inbox=inbox)


@pytest.fixture
def seat(office: Office, settings: Settings, dressed: QApplication) -> Iterator[MakeSeat]:
    """Makes the seat of an operator (reception when none is named), in a language of the screen."""
    backgrounds = []

    def make(operator: Operator | None = None, language: str = "en") -> Seat:
        background = Background()
        backgrounds.append(background)
        words = Translations(office.pack.translators, language)
        return Seat(office.desk, words, background, settings, operator or office.reception)

    yield make
    for background in backgrounds:
        background.wait()


@pytest.fixture
def clerk(
    qtbot: QtBot, office: Office, settings: Settings, dressed: QApplication
) -> Iterator[Callable[..., Clerk]]:
    """Opens the counter and signs an operator in (reception when none is named); opens a case if one is."""
    made = []

    def sit_down(operator: Operator | None = None, case: str = "") -> Clerk:
        office.desk.terminal.printer = NOBODY
        made.append(Clerk(qtbot, office, settings, operator or office.reception))
        if case:
            made[-1].open(case)
        return made[-1]

    yield sit_down
    for one in made:
        one.window.close()


@pytest.fixture
def show_start(qtbot: QtBot, dressed: QApplication) -> Show:
    """Opens the window of a first start."""

    def shown(*does: object, **more: object) -> Start:
        window = FirstStart(*does, **more)
        qtbot.addWidget(window)
        window.show()
        return Start(qtbot, window)

    return shown


@pytest.fixture
def make_desk(settings: Settings) -> Iterator[Begin]:
    """Makes the desk of a pack, as a first start does."""
    made: list[Desk] = []

    def make(folder: Path) -> tuple[Desk, str]:
        desk, secret = first_start(settings, folder)
        made.append(desk)
        return desk, secret

    yield make
    for desk in made:
        desk.terminal.store.close()


@pytest.fixture
def starting(show_start: Show, settings: Settings, make_desk: Begin) -> Iterator[Start]:
    """As `kiosk run` opens it on a new machine."""

    def begin(invitation: str, tell: Callable[[Text], None]) -> tuple[Desk, str]:
        return make_desk(pack_to_begin_with(settings, invitation))

    start = show_start(check, make_desk, begin, join, sample_pack().translators, "en")
    yield start
    start.window.background.wait()


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A window looks after itself each tenth of a second; asked for before the window."""
    monkeypatch.setattr(workbench, "AGAIN", 100)


@pytest.fixture
def counter(qtbot: QtBot, tmp_path: Path, settings: Settings, dressed: QApplication) -> Iterator[Counter]:
    centre = Running(tmp_path / "centre")
    made = Counter(qtbot, centre, tmp_path, settings)
    yield made
    made.close()
    centre.end()
