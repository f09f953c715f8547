"""`central import FILE`: takes in what a terminal without a line wrote by `kiosk export-unsent`."""  # noqa: N999

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction

from central.opening import add_options, open_centre, path


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "import",
        help="take in a file of kiosk export-unsent, while the server works; again does no harm",
        description="The exit status is 1 when something is held back: central quarantine list",
    )
    parser.add_argument("file", metavar="FILE", type=path)
    add_options(parser)
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """0; 1 when entries are held back."""
    from central.importing import import_unsent

    with open_centre(options) as centre:
        done = import_unsent(centre, options.file)
    print(f"Terminal {done.terminal}: entries {done.entries}, new {done.new};", end=" ")
    print(f"pictures {done.blobs}, new {done.new_blobs}.")
    if done.held:
        print(f"Held back: entries {done.held}. See: central quarantine list")
    return 1 if done.held else 0
