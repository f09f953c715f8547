"""The command line: `central COMMAND`, each command a module of `central.commands`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

import central
from kiosk.__main__ import reported

# Modules of central.commands, in the order of the help page. A command imports what is heavy in its `run`.
COMMANDS = (
    "serve",
    "terminals",
    "operators",
    "packs",
    "quarantine",
    "import",
    "journal",
    "readers",
    "backup",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; 2 when it could not be done, with the reason said."""
    return reported("central", parser().parse_args(arguments))


def parser() -> argparse.ArgumentParser:
    """The parser with every command in it."""
    top = argparse.ArgumentParser(prog="central", description=central.__doc__)
    top.add_argument("--version", action="version", version=f"central {central.__version__}")
    subparsers = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        import_module(f"central.commands.{name}").add_to(subparsers)
    return top


if __name__ == "__main__":
    sys.exit(main())
