"""A desk whose window has a case open: when another desk's decision stood on its screen."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from time import perf_counter

from PySide6.QtCore import QEventLoop
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from kiosk.actions.exchanging import Exchanging
from kiosk.errors import KioskError
from kiosk.settings import Settings, fonts_folder
from kiosk.ui import theme
from kiosk.ui.counter.main_window import CounterWindow
from kiosk.ui.exchange_status import ExchangeBridge
from tests.bench.painting import until_painted
from tests.office import Office

WAITING = QEventLoop.ProcessEventsFlag.WaitForMoreEvents  # the processor is for the others
REST = 300  # ms after opening a case, in which what came with it is read


class Watching:
    """Its exchange is started."""

    def __init__(self, office: Office, exchanging: Exchanging, folder: Path) -> None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        self.app = QApplication([])
        theme.load_fonts(fonts_folder())
        theme.dress(self.app, "zh")
        self.office = office
        settings = Settings(data=folder / "data", logs=folder / "logs", slips=folder / "slips")
        bridge = ExchangeBridge(exchanging)
        bridge.start()
        self.window = CounterWindow(office.desk, settings, "zh", bridge)
        self.window.show()
        self.window.enter(office.reception)
        assert self.window.bench is not None
        self.bench = self.window.bench
        until_painted(self.bench)

    def open(self, case: str) -> None:
        """Opens it as soon as it is here and waits for the decision."""
        while self._permit(case) != "accepted":
            self.app.processEvents(WAITING)
        self.bench.open_case(case)
        self.bench.page.choose("permit")
        QTest.qWait(REST)

    def _permit(self, case: str) -> str:
        with suppress(KioskError):  # it has not come yet
            return self.office.state(case, "permit")
        return ""

    def until_approved(self) -> float:
        """When the page was painted that says so."""
        while self._shown() != "approved":
            self.app.processEvents(WAITING)
        self.bench.page.update()
        until_painted(self.bench.page)
        return perf_counter()

    def _shown(self) -> str:
        view = self.bench.page.view
        assert view is not None
        return next(stage.state for stage in view.stages if stage.key == "permit")
