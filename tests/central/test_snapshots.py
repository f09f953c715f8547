"""What the centre packs for new terminals: when, when not, and what became of it on the way."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.snapshots import SETS, Snapshots
from kiosk.actions import newcomer
from kiosk.errors import StoreBusy
from kiosk.store.exchange import remember
from kiosk.store.files import remove
from kiosk.store.snapshots import BadSnapshot
from kiosk.sync.refusals import Refusal
from tests.central.starting import Desks, holds, newest, started
from tests.running import Running, meet, until
from tests.store.compared import views


def test_what_was_tampered_with_is_refused_and_every_entry_comes_by_itself(
    desks: Desks, packer: Running
) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    new, exchange = desks.new()
    newest(exchange)
    assert packer.snapshots is not None
    for store in packer.snapshots.stores.values():
        with store.write() as connection:
            connection.execute("UPDATE blob SET data = zeroblob(length(data))")
    with pytest.raises(BadSnapshot):
        newcomer.start(exchange)
    assert not newcomer.is_begun(new.store)
    meet(exchange, up)
    assert views(new.store) == views(old.store)


def test_what_another_signed_is_refused(desks: Desks) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    new, exchange = desks.new()
    stranger = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    offer = newcomer.offered(exchange)
    assert offer is not None
    with new.store.write() as connection:
        remember(connection, {"centre/key": stranger})
    with pytest.raises(BadSnapshot):
        newcomer.verified(exchange, offer)


def test_a_centre_that_was_restored_packs_anew(desks: Desks, packer: Running) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    new, exchange = desks.new()
    former = newest(exchange)
    packer.centre.renew()
    meet(up)
    packer.invitation()  # none from before is good
    assert newest(exchange).epoch != former.epoch
    assert newcomer.start(exchange)
    new, exchange = desks.again(new)
    meet(exchange)
    assert views(new.store) == views(old.store)
    holds(new)


def test_nothing_is_packed_where_entries_are_few_or_nobody_is_invited(desks: Desks, packer: Running) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    assert packer.snapshots is not None
    packer.snapshots.least = 1_000
    until(lambda: not list(packer.folder.glob("snapshot-*.db")))
    new, exchange = desks.new()
    assert newcomer.start(exchange) == 0
    meet(exchange, up)
    assert views(new.store) == views(old.store)
    packer.snapshots.least = 1
    newest(exchange)
    assert list(packer.folder.glob("snapshot-*.db"))
    packer.clock.forward(days=8)  # no invitation is good any more
    until(lambda: not list(packer.folder.glob("snapshot-*.db")))
    with pytest.raises(Refusal) as refusal:
        exchange.client.snapshot()
    assert refusal.value.problem.kind == "missing"


def test_where_nothing_can_be_packed_no_terminal_waits_for_it(desks: Desks, packer: Running) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    packer.end()
    for streams in SETS:
        path = packer.folder / f"snapshot-{'-'.join(streams)}.db"
        remove(path)
        path.mkdir()
    packer.begin()
    new, exchange = desks.new()

    def is_refused() -> bool:
        with pytest.raises(Refusal) as refusal:
            exchange.client.snapshot()
        return refusal.value.problem.kind == "missing"

    until(is_refused)
    assert newcomer.start(exchange) == 0
    meet(exchange, up)
    assert views(new.store) == views(old.store)


def test_another_server_process_leaves_alone_what_the_first_one_packed(desks: Desks, packer: Running) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    new, exchange = desks.new()
    newest(exchange)
    second = Snapshots(packer.centre, packer.folder, least=1)
    with pytest.raises(StoreBusy):
        second.look()
    assert newcomer.start(exchange)
    new, _ = desks.again(new)
    holds(new)


def test_a_file_of_another_centre_is_replaced(desks: Desks, packer: Running) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    new, exchange = desks.new()
    newest(exchange)
    packer.end()
    for file in packer.folder.glob("snapshot-*.db"):
        file.write_bytes(b"something else")
    packer.begin()
    assert started(exchange)
    new, _ = desks.again(new)
    holds(new)
