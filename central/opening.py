"""How the commands find the centre: its database, its folder, its office pack."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # what is heavy is imported by the command that needs it
    from central.centre import Centre
    from kiosk.model.office import OfficePack

DATABASE, DATA, PACK = "CENTRAL_DATABASE", "CENTRAL_DATA", "CENTRAL_PACK"
CENTRE_DB = "centre.db"  # in the data folder, where no database is named
BY = "admin"  # who did it, where it was done at the command line


def path(text: str) -> Path:
    """A path as a person writes it: `~` is his home, a relative one starts in the working folder."""
    return Path(text).expanduser().absolute()


def add_options(parser: ArgumentParser) -> None:
    """The options that every command takes; each may stand in the environment instead."""
    parser.add_argument(
        "--database",
        metavar="URL",
        default=os.environ.get(DATABASE, ""),
        help=f"postgresql+psycopg://… or sqlite:///… (or {DATABASE}; otherwise a file in the data folder)",
    )
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=path,
        default=os.environ.get(DATA),
        help=f"the data folder (or {DATA}; otherwise the platform's own)",
    )
    parser.add_argument(
        "--pack",
        metavar="DIR",
        type=path,
        default=os.environ.get(PACK),
        help=f"the office pack (or {PACK}; otherwise the sample)",
    )


def data_folder(options: Namespace) -> Path:
    from platformdirs import user_data_path

    return Path(options.data or user_data_path("kiosk-central", False))


def database_url(options: Namespace) -> str:
    return str(options.database) or f"sqlite:///{data_folder(options) / CENTRE_DB}"


def database_file(options: Namespace) -> Path:
    """Where a database of SQLite is, or would be."""
    from central.database import SQLITE

    url = database_url(options)
    return Path(url.removeprefix(SQLITE)) if url.startswith(SQLITE) else data_folder(options) / CENTRE_DB


def pack_folder(options: Namespace) -> Path:
    from kiosk.settings import sample_pack_folder

    return Path(options.pack or sample_pack_folder())


def read_pack(options: Namespace) -> OfficePack:
    from kiosk.definitions import read_pack

    return read_pack(pack_folder(options))


def open_centre(options: Namespace, *, begin: bool = False) -> Centre:
    """The centre. Raises StoreError where there is none, unless one is to `begin`: a name may be mistyped."""
    from central.centre import Centre
    from central.database import open_database
    from kiosk.definitions.bundle import bundle

    pack, bundled = read_pack(options), bundle(pack_folder(options))  # a bad one leaves no database behind
    return Centre(open_database(database_url(options), begin=begin), pack, bundled=bundled)


def asked_twice(question: str) -> str:
    """A secret that is made up now: asked for again at a terminal. Raises InvalidInput where they differ."""
    from kiosk.errors import InvalidInput
    from kiosk.model.text import say

    first = asked_for(question)
    if sys.stdin.isatty() and asked_for("Once more: ") != first:
        raise InvalidInput(say("The two differ. Nothing was changed."))
    return first


def asked_for(question: str) -> str:
    """A secret: typed unseen at a terminal, or one line of what is piped in."""
    return getpass(question) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
