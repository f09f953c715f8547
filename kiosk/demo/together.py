"""A centre and two terminals: a case begun at one desk goes on at the next (`kiosk demo --together`).

The centre is a process of its own, spoken to over TLS like any other; the two terminals are two windows of
this process, each with a store of its own, joined by invitations.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

from PySide6.QtCore import QTimer

from kiosk.actions.desk import Desk
from kiosk.actions.enrolment import enrol
from kiosk.bootstrap import first_start, open_exchanging
from kiosk.definitions import read_staff
from kiosk.demo.hands import Hands
from kiosk.demo.people import Invent
from kiosk.demo.staff import employ
from kiosk.demo.story import Story
from kiosk.errors import KioskError
from kiosk.model.text import say
from kiosk.settings import Settings, sample_pack_folder
from kiosk.ui.counter.main_window import CounterWindow
from kiosk.ui.exchange_status import ExchangeBridge

DEPARTMENTS = ("reception", "health_post", "labour", "police")
DESKS = {"north": "1", "south": "2"}  # and their windows
LOOKS = 5  # ms between two looks at the other desk's list
START = 60.0  # seconds that the centre may take to start


class PicturedOnlyWhereTold(set[str]):
    """What a story has taken pictures of: everything, so that it takes none by itself."""

    def __contains__(self, _name: object) -> bool:
        return True


def play(folder: Path, data: Path, language: str, seed: int) -> float:
    """Plays the walk of one case; pictures go to `folder`. Returns the seconds from desk to desk."""
    hands = Hands(folder)
    with centre(data / "centre") as invite:
        first, second = (
            _terminal(data / name, window, language, invite(name), hands) for name, window in DESKS.items()
        )
        try:
            return _walk(first, second, hands, seed)
        finally:
            for story in (first, second):
                story.window.close()
                story.desk.terminal.store.close()


def _walk(first: Story, second: Story, hands: Hands, seed: int) -> float:
    """Reception registers at one window, labour goes on at the other, and the first sees it at once."""
    second.sit("L001")
    invent = Invent(seed, first.desk.today())
    worker = invent.worker(passport=True)
    walk = Walk(first, second)
    case = first.register(worker)
    hands.until(lambda: walk.arrived > 0, "the case did not reach the other desk")
    took = walk.arrived - max(at for at in walk.commits if at <= walk.arrived)
    hands.picture(second.window, "the-case-reached-the-other-desk")
    first.lodge(case, invent.employer())
    hands.front(second.window)
    second.guarantee(case, invent.employer())
    second.open("L001", case)
    hands.picture(second.window, "work-registered-at-the-other-desk")
    hands.until(lambda: _light(first, case) == "done", "the first desk does not see what the other did")
    hands.picture(first.window, "and-seen-at-the-first")
    return took


class Walk:
    """When acts were committed at one desk, and when the other's list first showed a case."""

    def __init__(self, begins: Story, goes_on: Story) -> None:
        self.commits: list[float] = []
        self.arrived = 0.0
        self._list = goes_on.window.bench.list if goes_on.window.bench else None
        begins.desk.on_commit.append(lambda: self.commits.append(monotonic()))
        self._timer = QTimer(goes_on.window)
        self._timer.timeout.connect(self._look)
        self._timer.start(LOOKS)

    def _look(self) -> None:
        if self._list is not None and self._list.rows():
            self.arrived = monotonic()
            self._timer.stop()


def _light(story: Story, case: str) -> str:
    view = story.desk.case(story.who(), case, opened=False)
    return next(stage.light.shape for stage in view.stages if stage.key == "guarantee")


def _terminal(data: Path, name: str, language: str, invitation: str, hands: Hands) -> Story:
    """A desk that has joined the centre, and its window."""
    settings = Settings(
        data=data,
        logs=data / "logs",
        slips=data / "slips",
        inbox=data / "inbox",
        language=language,
        window=name,
    )
    desk, _ = first_start(settings, sample_pack_folder())
    (data / "inbox").mkdir()
    staff = read_staff(sample_pack_folder())
    employ(desk, staff)
    enrol(desk.terminal, invitation)
    window = CounterWindow(desk, settings, exchange=_bridge(desk))
    window.show()
    accounts = {account.number: account for account in staff}
    return Story(desk, settings, window, hands, accounts, PicturedOnlyWhereTold())


def _bridge(desk: Desk) -> ExchangeBridge:
    exchanging = open_exchanging(desk)
    assert exchanging is not None
    bridge = ExchangeBridge(exchanging)
    bridge.start()
    return bridge


# --- the centre --------------------------------------------------------------------------------------


class Invite:
    """Asks the centre's administrator for invitations."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, name: str) -> str:
        said = _central(self.data, "terminals", "invite", "--name", name, "--departments", *DEPARTMENTS)
        return next(line for line in said.splitlines() if line.startswith("KIOSK-INVITE/"))


@contextmanager
def centre(data: Path) -> Iterator[Invite]:
    """A centre that runs while the block does, on a port that was free. Raises KioskError."""
    data.mkdir(parents=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = probe.getsockname()
    command = [
        sys.executable,
        "-m",
        "central",
        "serve",
        "--data",
        str(data),
        "--listen",
        f"{address[0]}:{address[1]}",
    ]
    with (data / "said.txt").open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said)
        try:
            _until_it_listens(process, address)
            yield Invite(data)
        finally:
            process.terminate()
            process.wait()


def _until_it_listens(process: subprocess.Popen[bytes], address: tuple[str, int]) -> None:
    give_up = monotonic() + START
    while process.poll() is None and monotonic() < give_up:
        with suppress(OSError), socket.create_connection(address, timeout=1):
            return
        sleep(0.05)
    raise KioskError(say("The central system of the demo did not start."))


def _central(data: Path, *words: str) -> str:
    command = [sys.executable, "-m", "central", *words, "--data", str(data)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout
