"""`central serve`: the central system at work."""

from __future__ import annotations

import signal
import sys
from argparse import ArgumentParser, Namespace, _SubParsersAction
from contextlib import suppress
from typing import TYPE_CHECKING

from central.opening import add_options, data_folder, database_url, open_centre

if TYPE_CHECKING:
    from central.centre import Centre
    from central.server import Server


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser("serve", help="run the central system, over TLS, until it is ended")
    parser.add_argument(
        "--listen",
        metavar="HOST:PORT",
        default="127.0.0.1:8443",
        help="where (default: %(default)s, which this machine alone reaches; 0.0.0.0:8443 for others)",
    )
    add_options(parser)
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """0 when it was ended in good order."""
    from central.server import Server
    from central.snapshots import Snapshots
    from kiosk import logs
    from kiosk.errors import StoreUnwritable
    from kiosk.model.text import say

    folder = data_folder(options)
    if folder.is_file():
        raise StoreUnwritable(say("{path} is a file. Name a folder.", path=folder))
    logs.configure(folder / "logs")
    with open_centre(options, begin=True) as centre:
        server = Server(
            centre,
            options.listen,
            snapshots=Snapshots(centre, folder),
            listening=lambda: _begun(options, centre, server),
        )
        # what ends it comes once more when all is in order: it is no fault, be it from a keyboard or a system
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            server.run()
    return 0


def _begun(options: Namespace, centre: Centre, server: Server) -> None:
    """Remembers and says where it is: not before it listens, for the port may be another server's."""
    from cryptography import x509

    from central import recovery
    from central.server import address_of, is_loopback
    from kiosk.sync.invitation import pin_of

    centre.remember_address(server.address)
    print(f"Central system of office {centre.office} on https://{server.address}", flush=True)
    print(f"Its key: {pin_of(x509.load_pem_x509_certificate(server.certificate))}", flush=True)
    print(f"Its database: {database_url(options).partition('@')[2] or database_url(options)}", flush=True)
    host, port = address_of(server.address)
    if is_loopback(host):
        print(f"Only this machine reaches it. For others: central serve --listen 0.0.0.0:{port}", flush=True)
    print("Invite a terminal: central terminals invite --name … --departments …", flush=True)
    # only where somebody reads it: what a service says stays in the system's log
    if sys.stdout.isatty() and (secret := recovery.make(centre.database)):
        print(recovery.shown(secret), flush=True)
