"""Builds every long-lived object: the one place that may import everything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from kiosk.actions.desk import Desk
from kiosk.actions.packs import Packs
from kiosk.actions.terminal import Terminal, system_clock
from kiosk.definitions import read_pack
from kiosk.errors import KioskError
from kiosk.model.office import OfficePack
from kiosk.model.text import say
from kiosk.settings import Settings
from kiosk.store import keys
from kiosk.store.database import STORE, Store
from kiosk.store.exchange import FORKED, known
from kiosk.store.faults import no_store
from kiosk.store.rebuild import is_due, rebuild

if TYPE_CHECKING:
    from kiosk.actions.exchanging import Exchanging

TRUST = "trust.json"
PACK_NAME = "office-pack.txt"  # in the data folder: where the first start was told the pack is


def is_new(settings: Settings) -> bool:
    """Whether this terminal has never been started."""
    return not (settings.data / STORE).exists()


def pack_folder(settings: Settings) -> Path:
    """The office pack's folder: from the settings, or as the first start was told."""
    if settings.pack is not None:
        return settings.pack
    noted = settings.data / PACK_NAME
    if noted.exists():
        return Path(noted.read_text("utf-8").strip())
    if is_new(settings):
        raise no_store(settings.data)
    raise KioskError(
        say(
            "This terminal has no office pack yet. `kiosk run` asks for it; "
            "or name its folder in the setting “pack” or in the variable KIOSK_PACK."
        )
    )


def has_pack(settings: Settings) -> bool:
    """Whether it is known where the pack is: a restored terminal has a store, but no pack yet."""
    return settings.pack is not None or (settings.data / PACK_NAME).exists()


def first_start(
    settings: Settings, pack: Path, clock: Callable[[], datetime] = system_clock
) -> tuple[Desk, str]:
    """Makes keys, store and identity; returns the desk and its recovery key, to be shown once.

    The pack is read before anything is made, so that a bad one leaves nothing behind.
    """
    read_pack(pack)
    secret, public = keys.new_recovery()
    if is_new(settings):  # keys of a first start that was cut short open nothing
        (settings.data / keys.KEYS).unlink(missing_ok=True)
    keys.make_keys(settings.data, keys.provider_of(settings.keys, settings.data), public)
    return open_with_pack(settings, pack, clock), secret


def open_with_pack(settings: Settings, pack: Path, clock: Callable[[], datetime] = system_clock) -> Desk:
    """The desk of a terminal that is told where its pack is; from now on it knows."""
    desk = open_desk(replace(settings, pack=pack), clock)
    (settings.data / PACK_NAME).write_text(f"{pack.absolute()}\n", "utf-8")
    return desk


def unconfirmed_recovery(settings: Settings, desk: Desk) -> str:
    """Another recovery key where a first start was cut short, and perhaps nobody wrote the first one down.

    "" of a terminal that has accounts or has joined: who came so far has written his key down.
    """
    return "" if desk.has_staff() or desk.has_joined() else renew_recovery(settings)


def renew_recovery(settings: Settings) -> str:
    """Another recovery key; backups from before are opened by the one before."""
    secret, public = keys.new_recovery()
    keys.change_recovery(settings.data, keys.provider_of(settings.keys, settings.data), public)
    return secret


def open_store(settings: Settings, *, read_only: bool = False) -> Store:
    """The terminal's store, with the key that its provider keeps."""
    key = keys.open_keys(settings.data, keys.provider_of(settings.keys, settings.data))
    return Store.open(settings.data / STORE, key, read_only)


def open_exchanging(desk: Desk) -> Exchanging | None:
    """The exchange with the centre, not started yet; None for a terminal that has joined none."""
    with desk.terminal.store.read() as connection:
        if known(connection, "centre/url") is None:
            return None  # what speaks to a centre need not even be loaded
    from kiosk.actions.exchange import open_exchange
    from kiosk.actions.exchanging import Exchanging

    exchange = open_exchange(desk.terminal)
    if exchange is None:
        return None
    exchanging = Exchanging(exchange)
    desk.on_commit.append(exchanging.wake)
    return exchanging


def open_desk(settings: Settings, clock: Callable[[], datetime] = system_clock) -> Desk:
    """One terminal ready to work: pack read, store open, views up to date, trust list written."""
    terminal = _start(settings, clock)
    if _forked(terminal.store):
        from kiosk.actions.forked import put_right

        if put_right(terminal):  # the store is another one now
            terminal = _start(settings, clock)
    return Desk(terminal)


def _start(settings: Settings, clock: Callable[[], datetime]) -> Terminal:
    store = open_store(settings)
    try:
        if is_due(store):
            rebuild(store)
        pack, packs = pack_of(settings, store, clock().date())
        terminal = Terminal.start(store, pack, clock)
        terminal.packs = packs
        terminal.window = settings.window
        terminal.printer = settings.printer
        terminal.trust_file = settings.data / TRUST
        terminal.write_trust()
    except BaseException:
        store.close()
        raise
    return terminal


def pack_of(settings: Settings, store: Store, today: date) -> tuple[OfficePack, Packs]:
    """The office pack to work by: what the centre gave out for today, otherwise this terminal's own."""
    packs = Packs(store)
    given = packs.in_force(today)
    if given is None or given.pack is None:
        return read_pack(pack_folder(settings)), packs
    packs.followed = given.offer.digest
    return given.pack, packs


def _forked(store: Store) -> bool:
    with store.read() as connection:
        return known(connection, FORKED) is not None
