"""`kiosk run`: opens the counter. Where there is no screen, the demo drives the same windows offscreen."""

from __future__ import annotations

import gc
import os
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from kiosk.actions.desk import Desk
    from kiosk.definitions import Finding
    from kiosk.model.text import Text
    from kiosk.settings import Settings
    from kiosk.ui.exchange_status import ExchangeBridge

SEED = 7


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser("run", help="open the counter")
    parser.add_argument(
        "--demo", action="store_true", help="a sample centre with invented staff and people, kept apart"
    )
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """0 when the window was closed in the ordinary way."""
    from kiosk import logs
    from kiosk.settings import load_settings

    settings = load_settings()
    if options.demo:
        settings = replace(settings, data=settings.data / "demo", slips=settings.slips / "demo")
    logs.configure(settings.logs)
    if not has_screen(os.environ):
        if not options.demo:
            print("kiosk: there is no screen here. Without one, try: kiosk demo --out DIR", file=sys.stderr)
            return 2
        return without_screen(settings.slips)
    return with_screen(settings, demo=options.demo)


def has_screen(environ: Mapping[str, str]) -> bool:
    """On Linux a screen is named in the environment; elsewhere there is one."""
    if environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal", "vnc")):
        return False
    return not sys.platform.startswith("linux") or bool(
        environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY")
    )


def without_screen(folder: Path) -> int:
    """One worker's case through the very same windows, offscreen."""
    from kiosk.commands.demo import play

    print("There is no screen here: the windows are driven offscreen through one worker's case.")
    return play(folder, workers=1, language="zh", seed=SEED)


def with_screen(settings: Settings, *, demo: bool) -> int:
    app, _windows = open_windows(settings, demo=demo)
    return app.exec()


def open_windows(settings: Settings, *, demo: bool) -> tuple[QApplication, list[object]]:
    """The application, and its windows: they live as long as they are kept."""
    gc.disable()  # nothing made at the start is garbage, nor is ever looked at again
    # Qt comes last: once it is there, it looks into the source of every module that is imported.
    from kiosk.bootstrap import has_pack, is_new, open_desk, unconfirmed_recovery
    from kiosk.settings import fonts_folder

    # isort: split
    from kiosk.ui import theme
    from kiosk.ui.messages import application

    app = application()
    theme.load_fonts(fonts_folder())
    theme.dress(app, settings.language)
    kept: list[object] = []

    def open_counter(desk: Desk) -> None:
        from kiosk.ui.counter.main_window import CounterWindow

        window = CounterWindow(desk, settings, exchange=bridge_of(desk))
        window.show()
        kept.append(window)

    if demo:
        open_counter(demo_desk(settings))
    elif is_new(settings) or not has_pack(settings):
        kept.append(first_window(settings, open_counter))
    elif (desk := open_desk(settings)).has_staff():
        open_counter(desk)
    else:  # an earlier first start was cut short
        kept.append(first_window(settings, open_counter, (desk, unconfirmed_recovery(settings, desk))))
    gc.freeze()
    gc.enable()
    return app, kept


def bridge_of(desk: Desk) -> ExchangeBridge | None:
    """The exchange of a terminal that has joined a central system, at work."""
    from kiosk.bootstrap import open_exchanging

    exchanging = open_exchanging(desk)
    if exchanging is None:
        return None
    from kiosk.ui.exchange_status import ExchangeBridge

    bridge = ExchangeBridge(exchanging)
    bridge.start()
    return bridge


def demo_desk(settings: Settings) -> Desk:
    """The sample centre: made at the first start, with a morning's cases; its accounts are printed."""
    from kiosk.bootstrap import TRUST, first_start, is_new, open_desk
    from kiosk.definitions import read_staff
    from kiosk.demo.seed import Morning
    from kiosk.demo.staff import employ
    from kiosk.settings import sample_pack_folder

    staff = read_staff(sample_pack_folder())
    if is_new(settings):
        desk, recovery = first_start(settings, sample_pack_folder())
        Morning(desk, employ(desk, staff), SEED).fill()
        print(f"The demo's recovery key (a real one is written down and kept away): {recovery}")
    else:
        desk = open_desk(replace(settings, pack=sample_pack_folder()))
    print("Accounts of the demo:")
    for account in staff:
        print(f"  {account.number}  {account.passphrase:<24} {account.name}  {', '.join(account.roles)}")
    print(f"Store: {settings.data}. Slips: {settings.slips}.")
    print(f"To verify a permit: kiosk verify --trust {settings.data / TRUST} FILE", flush=True)
    return desk


def first_window(settings: Settings, then: object, begun: tuple[Desk, str] | None = None) -> object:
    """The first start of a real terminal: central system or office pack, recovery key, who may sign in."""
    from kiosk.actions.terminal import system_clock
    from kiosk.bootstrap import first_start, is_new, open_with_pack
    from kiosk.commands.enrol import pack_to_begin_with
    from kiosk.definitions import ERROR, inspect_pack, read_pack
    from kiosk.model.text import say
    from kiosk.settings import sample_pack_folder
    from kiosk.ui.counter.first_start import Checked, FirstStart

    def check(folder: Path) -> Checked:
        found = inspect_pack(folder, system_clock().date())
        errors = [in_words(finding) for finding in found.findings if finding.severity == ERROR]
        return Checked(errors, found.pack is not None and found.pack.office.sample)

    def make(folder: Path) -> tuple[Desk, str]:
        if is_new(settings):
            return first_start(settings, folder)
        return open_with_pack(settings, folder), ""  # a restored terminal lacks the pack alone

    def begin(invitation: str, tell: Callable[[Text], None]) -> tuple[Desk, str]:
        tell(say("Fetching the office pack…"))
        return make(pack_to_begin_with(settings, invitation))

    own = read_pack(sample_pack_folder())  # its translations hold what the program itself says
    join = partial(joined, settings)
    window = FirstStart(check, make, begin, join, own.translators, settings.language, settings.pack, begun)
    window.finished.connect(then)
    window.show()
    return window


def joined(settings: Settings, desk: Desk, invitation: str, tell: Callable[[Text], None]) -> Desk:
    """The desk after it joined a central system; another one where that had something to start from."""
    from kiosk.actions import enrolment, newcomer
    from kiosk.bootstrap import open_desk
    from kiosk.store.snapshots import BadSnapshot

    enrolment.join(desk.terminal, invitation, tell)
    try:
        filled = newcomer.fill(desk.terminal, lambda done, of: tell(newcomer.in_words(done, of)))
    except BadSnapshot:  # noted in the log; every entry comes by itself
        filled = 0
    return open_desk(settings) if filled else desk


def in_words(finding: Finding) -> Text:
    """A finding of the pack in one line; line 0 is the whole file."""
    from kiosk.model.text import say

    if not finding.line:
        return say("{file}: {text}", file=finding.file, text=finding.text)
    return say("{file}, line {line}: {text}", file=finding.file, line=finding.line, text=finding.text)
