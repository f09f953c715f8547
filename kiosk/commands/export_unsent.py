"""`kiosk export-unsent FILE`: what the central system lacks, in a file that only it can read."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction

from kiosk.commands import counted, path


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "export-unsent",
        help="write what the central system lacks into a file that only it can read",
        description="For a terminal without a line. `central import FILE` takes the file in; this terminal "
        "hears of it at its next exchange, and keeps everything until then.",
    )
    parser.add_argument("file", metavar="FILE", type=path, help="where to (replaced when it exists)")
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """0 when the file is whole, or when nothing waits; also while the terminal runs."""
    from kiosk.actions.unsent import export_unsent
    from kiosk.bootstrap import open_store
    from kiosk.commands.sync import not_enrolled
    from kiosk.settings import load_settings
    from kiosk.store import exchange as store
    from kiosk.store.files import refuse_target

    file, settings = options.file.absolute(), load_settings()
    refuse_target(file, settings.data)
    with open_store(settings, read_only=True) as opened:
        with opened.read() as connection:
            if store.known(connection, "centre/url") is None:
                raise not_enrolled()
        exported = export_unsent(opened, file)
    if exported.entries or exported.blobs:
        entries, blobs = counted(exported.entries, "entry", "entries"), counted(exported.blobs, "picture")
        print(f"{entries} and {blobs} in {file}. Only the central system can read it: central import FILE")
    else:
        print("Nothing waits to be sent; no file was written.")
    return 0
