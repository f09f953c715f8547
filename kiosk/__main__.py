"""The command line: `kiosk COMMAND`, each command a module of `kiosk.commands`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from kiosk import __version__
from kiosk.errors import KioskError
from kiosk.model.text import Text, say

# Modules of kiosk.commands, in the order of the help page. A command imports what is heavy in its `run`.
COMMANDS = (
    "run", "demo", "enrol", "sync", "ask", "export_unsent", "check", "check_office", "verify", "journal",
    "readers", "backup", "doctor",
)  # fmt: skip
ENOUGH_READ = 141  # what a shell says of a program that SIGPIPE ended


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status; 2 when it could not be done, with the reason said."""
    words = sys.argv[1:] if arguments is None else arguments
    return reported("kiosk", parser(*words[:1]).parse_args(words))


def reported(program: str, options: argparse.Namespace) -> int:
    """Run the command that was asked for; `program` begins the sentence that says what went wrong."""
    try:
        status: int = options.run(options)
        sys.stdout.flush()  # here, where a reader who has gone away is no fault yet
    except KioskError as error:
        print(f"{program}: {error}", file=sys.stderr)
        for finding in getattr(error, "findings", ()):
            where = f"{finding.file}:{finding.line}" if finding.line else finding.file
            print(f"  {where}: {finding.text} Mend: {finding.mend}", file=sys.stderr)
        return 2
    except BrokenPipeError:  # whoever reads our output has read enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ENOUGH_READ
    except OSError as error:
        print(f"{program}: {in_words(error)}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return status


def in_words(error: OSError) -> Text:
    """What the system refused, and which file or folder it is about."""
    if error.filename is None:
        return say("The system refused: {reason}", reason=error.strerror or error)
    path = Path(error.filename2 or error.filename)  # of a file that was to be moved, where to
    if isinstance(error, FileExistsError | NotADirectoryError):
        return say("{path} is a file. Name a folder.", path=path)
    if isinstance(error, IsADirectoryError):
        return say("{path} is a folder. Name a file.", path=path)
    if (
        isinstance(error, FileNotFoundError) and not path.parent.exists()
    ):  # asked of others, it may raise itself
        return say("There is no folder {folder}.", folder=path.parent)
    return say("{path} cannot be used: {reason}", path=path, reason=error.strerror)


def parser(asked: str = "") -> argparse.ArgumentParser:
    """The parser with every command in it; with one alone where that is asked for, to start sooner."""
    top = argparse.ArgumentParser(prog="kiosk", description=import_module("kiosk").__doc__)
    top.add_argument("--version", action="version", version=f"kiosk {__version__}")
    subparsers = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    named = asked.replace("-", "_")
    for name in [named] if named in COMMANDS else COMMANDS:
        import_module(f"kiosk.commands.{name}").add_to(subparsers)
    return top


if __name__ == "__main__":
    sys.exit(main())
