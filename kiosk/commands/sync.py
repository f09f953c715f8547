"""`kiosk sync`: one exchange with the central system, now; `--status` says how things stand."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from kiosk.commands import counted

if TYPE_CHECKING:
    from kiosk.actions.exchange import Exchange
    from kiosk.actions.renewal import Fetched
    from kiosk.actions.status import Status
    from kiosk.model.text import Text
    from kiosk.settings import Settings


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "sync",
        help="exchange with the central system once, now",
        description="Sends what was entered here and takes what others entered. The exit status is 1 when "
        "something is held back by the central system, a copy of this terminal gave a number twice, or the "
        "central system gives it nothing: of one that was "
        "revoked it takes what waits, and holds it back.",
    )
    parser.add_argument("--status", action="store_true", help="only say what waits and what is held back")
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """0; 1 when entries are held back, numbers were given twice, or something else is wrong."""
    from kiosk import logs
    from kiosk.settings import load_settings

    settings = load_settings()
    logs.configure(settings.logs)
    return show(stored_status(settings) if options.status else exchanged(settings))


def exchanged(settings: Settings) -> Status:
    """How things stand after one exchange."""
    from kiosk.actions.exchange import Forked, open_exchange
    from kiosk.actions.forked import note_fork
    from kiosk.bootstrap import open_desk, open_store
    from kiosk.store.exchange import known

    with open_store(settings) as store, store.read() as connection:
        if known(connection, "centre/url") is None:  # a restored one lacks its pack, too, which matters less
            raise not_enrolled()
    desk = open_desk(settings)
    exchange = open_exchange(desk.terminal)
    try:
        assert exchange is not None
        sent, came, refused = exchange_once(exchange)
        print(f"{sent} entries sent, {came.rows} received.")
        if came.given:
            print(f"{counted(came.given, 'entry', 'entries')} of others given back to the central system.")
        return exchange.status(reason=refused)
    except Forked:
        note_fork(desk.terminal)  # the next start, also of this command, puts it right
        raise
    finally:
        if exchange is not None:
            exchange.client.close()
        desk.terminal.store.close()


def exchange_once(exchange: Exchange) -> tuple[int, Fetched, Text | None]:
    """How many entries were sent, and what came; why none are given to a terminal that was revoked."""
    from kiosk.actions.renewal import Fetched
    from kiosk.sync.refusals import Refusal

    sent, came = 0, Fetched(more=True)
    try:
        came.add(exchange.begin())
        sent = exchange.send()
        while came.more:
            fetched = exchange.fetch()
            came.add(fetched)
            came.more = fetched.more
        exchange.lists()
        exchange.blobs()
    except Refusal as refusal:  # also in the middle of it
        if refusal.problem.kind != "revoked":
            raise
        exchange.refused(refusal)
        return sent + exchange.send(), came, refusal.text
    return sent, came, None


def stored_status(settings: Settings) -> Status:
    """What the store tells by itself, also while the terminal runs."""
    from kiosk.actions.held import in_words
    from kiosk.actions.packs import told
    from kiosk.actions.status import Status
    from kiosk.actions.terminal import system_clock
    from kiosk.bootstrap import open_store, pack_of
    from kiosk.store import exchange as store
    from kiosk.store.held import set_aside

    today = system_clock().date()
    with open_store(settings, read_only=True) as opened, opened.read() as connection:
        if store.known(connection, "centre/url") is None:
            raise not_enrolled()
        pack, packs = pack_of(settings, opened, today)
        own = [(store.known(connection, key) or b"").decode() for key in ("office", "terminal")]
        return Status(
            connected=False,
            waiting=store.waiting(connection, own[0], own[1]),
            last=store.last_exchange(connection),
            set_aside=in_words(pack.office, set_aside(connection)),
            reason=store.refusal(connection),
            offset=store.clock_offset(connection),
            packs=tuple(told(packs, pack, today).values()),
            doubled=store.doubled(connection),
        )


def show(status: Status) -> int:
    wait = "waits" if status.waiting == 1 else "wait"
    print(f"{counted(status.waiting, 'entry', 'entries')} {wait} to be sent.")
    print(f"Last exchange: {status.last:%Y-%m-%d %H:%M}" if status.last else "No exchange yet.")
    if status.reason:
        print(status.reason)
    if status.clock:
        print(status.clock)
    for text in status.packs:
        print(text)
    for one in status.set_aside:
        print(f"Held back: {one.stream} {one.sequence}, {one.subject}: {one.reason}")
    for number in status.doubled:
        print(f"Given twice, here and by a copy of this terminal: {number}")
    return 1 if status.set_aside or status.doubled or status.reason else 0


def not_enrolled() -> Exception:
    from kiosk.errors import KioskError
    from kiosk.model.text import say

    return KioskError(say("This terminal has joined no central system. Join it: kiosk enrol INVITATION"))
