"""A counter whose terminal has joined a centre, and another desk of the same office."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from kiosk.actions.exchange import Exchange
from kiosk.actions.exchanging import Exchanging
from kiosk.settings import Settings
from kiosk.ui.counter.main_window import CounterWindow
from kiosk.ui.counter.workbench import Workbench
from kiosk.ui.exchange_status import ExchangeBridge, ExchangeButton
from tests.office import Office
from tests.running import Running

WAIT = 30_000  # ms, on a slow machine


class Counter:
    """A desk with its window, and another desk of the same office."""

    def __init__(self, qtbot: QtBot, centre: Running, folder: Path, settings: Settings) -> None:
        self.qtbot, self.centre = qtbot, centre
        (folder / "here").mkdir()
        (folder / "there").mkdir()
        self.here, self.there = (Office(folder / name, clock=centre.clock) for name in ("here", "there"))
        self.exchange: Exchange = centre.joined(self.there)
        exchanging = Exchanging(centre.joined(self.here, "reception"))
        self.here.desk.on_commit.append(exchanging.wake)
        self.bridge = ExchangeBridge(exchanging)
        self.bridge.start()
        self.window = CounterWindow(self.here.desk, settings, "en", self.bridge)
        qtbot.addWidget(self.window)
        self.window.show()
        self.window.activateWindow()
        qtbot.waitUntil(self.window.isActiveWindow)
        self.window.enter(self.here.reception)
        qtbot.waitUntil(lambda: self.bridge.status.connected, timeout=WAIT)

    @property
    def bench(self) -> Workbench:
        assert self.window.bench is not None
        return self.window.bench

    @property
    def button(self) -> ExchangeButton:
        found = self.window.findChild(ExchangeButton, "exchange")
        assert found is not None
        return found

    def close(self) -> None:
        self.window.close()
        if self.window.person is not None:
            self.window.person.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        self.exchange.client.close()
        self.here.close()
        self.there.close()
