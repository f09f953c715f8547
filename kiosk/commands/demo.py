"""`kiosk demo --out DIR`: invented workers through whole cases, key by key, in the real windows offscreen."""

from __future__ import annotations

import os
import tempfile
from argparse import ArgumentParser, ArgumentTypeError, Namespace, _SubParsersAction
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kiosk.commands import counted, path

SEED = 7
MADE = "demo-files.txt"  # the names of what a run left in its folder: the next run there removes them


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "demo", help="drive the windows through whole cases; leave slips and pictures"
    )
    parser.add_argument("--out", metavar="DIR", type=path, required=True, help="where slips and pictures go")
    parser.add_argument(
        "--workers", metavar="N", type=at_least_one, default=3, help="how many workers come (3)"
    )
    parser.add_argument("--language", choices=("zh", "my", "en"), default="zh", help="of the clerks' screen")
    parser.add_argument("--seed", metavar="S", type=int, default=SEED, help="another seed, other people")
    parser.add_argument(
        "--together",
        action="store_true",
        help="a central system and two terminals: one case walks between them",
    )
    parser.set_defaults(run=run)


def at_least_one(word: str) -> int:
    if not word.isdecimal() or not int(word):
        raise ArgumentTypeError("a whole number from 1 is wanted")
    return int(word)


def run(options: Namespace) -> int:
    """0 when every case went as told."""
    if options.together:
        return play_together(options.out, options.language, options.seed)
    return play(options.out, options.workers, options.language, options.seed)


def play(folder: Path, workers: int, language: str, seed: int) -> int:
    """Leaves permit-NUMBER.pdf and the other slips, NN-SCREEN.png, keys.json, journal.jsonl, trust.json."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    folder = folder.absolute()
    with a_run(folder) as data:
        keys = drive(folder, data, workers, language, seed)
    made = names_made(folder)
    slips = [name for name in made if name.endswith(".pdf")]
    pictures = [name for name in made if name.endswith(".png")]
    came, left = counted(workers, "worker"), counted(len(slips), "slip")
    print(f"{came}, {left} and {counted(len(pictures), 'picture')} in {folder}")
    for name in slips:
        print(f"  {name}")
    for purpose, presses in keys.items():
        print(f"Key presses to {purpose}: {presses}")
    print(f"To verify a permit: kiosk verify --trust {folder / 'trust.json'} FILE")
    return 0


def play_together(folder: Path, language: str, seed: int) -> int:
    """Leaves NN-SCREEN.png of both desks. Where there is a screen, both windows are on it."""
    from kiosk.commands.run import has_screen

    if not has_screen(os.environ):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    folder = folder.absolute()
    with a_run(folder) as data:
        took = walk(folder, data, language, seed)
    pictures = names_made(folder)
    print(f"A central system and two terminals: the case stood in the other desk's list after {took:.2f} s.")
    print(f"{counted(len(pictures), 'picture')} in {folder}")
    return 0


def walk(folder: Path, data: Path, language: str, seed: int) -> float:
    """Seconds from one desk to the other."""
    from PySide6.QtWidgets import QApplication

    from kiosk.demo import together
    from kiosk.settings import fonts_folder
    from kiosk.ui import theme

    app = QApplication.instance() or QApplication(["kiosk"])
    assert isinstance(app, QApplication)
    theme.load_fonts(fonts_folder())
    theme.dress(app, language)
    return together.play(folder, data, language, seed)


@contextmanager
def a_run(folder: Path) -> Iterator[Path]:
    """Gives a folder for the data, which goes with the run; notes by name what the run leaves in `folder`.

    What an earlier run left there is removed: its permits are not on the trust list of this one.
    """
    from kiosk.ui.messages import without_offscreen_remarks

    folder.mkdir(parents=True, exist_ok=True)
    for name in names_made(folder):
        (folder / Path(name).name).unlink(missing_ok=True)
    others = set(folder.iterdir())
    try:
        with without_offscreen_remarks(), tempfile.TemporaryDirectory(prefix="kiosk-demo-") as data:
            yield Path(data)
    finally:
        made = sorted(file.name for file in set(folder.iterdir()) - others)
        (folder / MADE).write_text("".join(f"{name}\n" for name in made), "utf-8")


def names_made(folder: Path) -> list[str]:
    """Of what the last run there left."""
    made = folder / MADE
    return made.read_text("utf-8").splitlines() if made.exists() else []


def drive(folder: Path, data: Path, workers: int, language: str, seed: int) -> dict[str, int]:
    """Plays the story in a store of its own; returns the fewest key presses by purpose."""
    from PySide6.QtWidgets import QApplication

    from kiosk.bootstrap import first_start
    from kiosk.definitions import read_staff
    from kiosk.demo.hands import Hands
    from kiosk.demo.people import Invent
    from kiosk.demo.seed import Morning
    from kiosk.demo.staff import employ
    from kiosk.demo.story import Story, play
    from kiosk.settings import Settings, fonts_folder, sample_pack_folder
    from kiosk.store import journal
    from kiosk.ui import theme
    from kiosk.ui.counter.main_window import CounterWindow

    app = QApplication.instance() or QApplication(["kiosk"])
    assert isinstance(app, QApplication)
    theme.load_fonts(fonts_folder())
    theme.dress(app, language)
    settings = Settings(
        data=data / "data", logs=data / "logs", slips=folder, inbox=data / "inbox", language=language
    )
    desk, _ = first_start(settings, sample_pack_folder())
    staff = read_staff(sample_pack_folder())
    Morning(desk, employ(desk, staff), seed).fill()
    window = CounterWindow(desk, settings)
    window.show()
    hands = Hands(folder)
    story = Story(desk, settings, window, hands, {account.number: account for account in staff})
    invent = Invent(seed + 1, desk.today())
    for number in range(workers):
        worker = invent.worker(passport=number % 3 == 0, language=("my", "my", "en")[number % 3])
        play(story, number, worker, invent.employer())
    hands.write_log()
    window.close()
    desk.write_trust(folder / "trust.json")
    with desk.terminal.store.read() as connection:
        journal.export(connection, folder / "journal.jsonl")
    desk.terminal.store.close()
    return hands.fewest()
