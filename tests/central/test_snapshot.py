"""What a new terminal starts from: the same as if it had taken every entry, and not a word more."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.backup import backup
from central.snapshots import SETS, Snapshots
from kiosk.actions import newcomer
from kiosk.actions.exchange import Exchange
from kiosk.errors import StoreBusy
from kiosk.model.entries import OFFICE
from kiosk.store import journal, rebuild
from kiosk.store.exchange import remember
from kiosk.store.files import remove
from kiosk.store.keys import new_recovery
from kiosk.store.proof import prove
from kiosk.store.snapshots import BadSnapshot
from kiosk.sync.answers import Snapshot
from kiosk.sync.refusals import Refusal, Unreachable
from tests.actions.exchanged import opened, write_much
from tests.central.test_database import Kept
from tests.office import CHECK, Office
from tests.running import EVERYTHING, Running, meet
from tests.store.test_receiving import views
from tests.sync.proxy import Line

COUNTER = ("reception", "labour", "police")


@pytest.fixture
def town(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A centre on each kind of database, that packs at once and in small pieces."""
    monkeypatch.setattr("central.snapshots.LOOK", 0.02)
    monkeypatch.setattr("central.newcomers.AGAIN", "0")
    monkeypatch.setattr("kiosk.store.snapshots.PIECE", 20_000)
    running = Running(tmp_path / "centre", url=database_url, packing=True)
    for departments in (EVERYTHING, COUNTER):
        running.invitation(departments)  # as long as one is open, what is packed is kept up to date
    yield running
    running.end()


class Desks:
    """Desks that have joined the centre; all are closed at the end."""

    def __init__(self, town: Running, folder: Path) -> None:
        self.town, self.folder = town, folder
        self.made: list[tuple[Office, Exchange]] = []

    def new(self, *departments: str) -> tuple[Office, Exchange]:
        folder = self.folder / f"desk{len(self.made)}"
        folder.mkdir()
        office = Office(folder, clock=self.town.clock)
        return office, self.joined(office, *departments)

    def again(self, office: Office) -> tuple[Office, Exchange]:
        """A desk as it is after its next start."""
        office.close()
        return self._kept(*opened(office))

    def joined(self, office: Office, *departments: str) -> Exchange:
        return self._kept(office, self.town.joined(office, *departments))[1]

    def _kept(self, office: Office, exchange: Exchange) -> tuple[Office, Exchange]:
        self.made.append((office, exchange))
        return office, exchange

    def close(self) -> None:
        for office, exchange in self.made:
            exchange.client.close()
            office.close()


@pytest.fixture
def desks(town: Running, tmp_path: Path) -> Iterator[Desks]:
    made = Desks(town, tmp_path)
    yield made
    made.close()


def of_others(office: Office) -> list[tuple[object, ...]]:
    """Every row of the journal but those of this terminal and of who opened what."""
    with office.store.read() as connection:
        return connection.execute(
            f"SELECT {journal.COLUMNS} FROM entry WHERE terminal <> ? AND stream <> 'access' "  # noqa: S608
            "ORDER BY terminal, stream, sequence",
            (office.desk.terminal.code,),
        ).fetchall()


def holds(office: Office) -> None:
    """Chains hold, what others wrote is signed, and the views are what the journal says."""
    with office.store.read() as connection:
        assert journal.verify(connection) == []
        unsigned = connection.execute(
            "SELECT * FROM head WHERE signature IS NULL AND terminal <> ?", (office.desk.terminal.code,)
        )
        assert unsigned.fetchall() == []
    assert prove(office.store)
    before = views(office.store)
    rebuild.rebuild(office.store)
    assert views(office.store) == before


def everything_in(office: Office) -> bytes:
    """All that a store holds of all its tables, as text; but for the office pack, which everybody has."""
    with office.store.read() as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = [name for (name,) in tables if name not in ("search_gram", "definition")]
        rows = [connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names]  # noqa: S608
    return repr(rows).encode()


def newest(exchange: Exchange) -> Snapshot:
    """What the centre offers as soon as everything is in it that it has."""
    found: list[Snapshot] = []

    def look() -> bool:
        offer = newcomer.offered(exchange)
        assert offer is not None
        found.append(newcomer.verified(exchange, offer))
        heads = exchange.client.heads()
        return (found[-1].epoch, found[-1].cursor) == (heads.epoch, heads.cursor)

    until(look)
    return found[-1]


def until(found: Callable[[], bool]) -> None:
    """Waits for the centre's thread."""
    for _ in range(1_000):
        if found():
            return
        time.sleep(0.01)
    raise AssertionError


def started(exchange: Exchange, said: newcomer.Said = lambda done, of: None) -> int:
    """With how many entries the terminal starts: all that the centre has."""
    newest(exchange)
    return newcomer.start(exchange, said)


def test_a_new_terminal_has_what_the_others_have_and_hears_of_the_rest(desks: Desks) -> None:
    old, up = desks.new()
    case, other = old.worker("cleared"), old.worker("registered", **{"person.name": "KO AUNG"})
    meet(up)
    told: list[tuple[int, int]] = []

    def meanwhile(done: int, of: int) -> None:
        if done and not told:
            old.order_health(other)
            up.send()
        if done:
            told.append((done, of))

    new, exchange = desks.new()
    count = started(exchange, meanwhile)
    assert len(told) > 5
    assert told[-1][0] == told[-1][1]
    new, down = desks.again(new)
    assert count == len(of_others(new))
    assert [row.case for row in new.desk.find(new.reception, "ma ma san")] == [case]
    assert new.state(other, "health") == "not_open"
    meet(down, up)
    assert new.state(other, "health") == "ordered"
    assert views(new.store) == views(old.store)
    new.desk.perform(new.doctor, other, "health", "clear", answers=CHECK)
    meet(down, up)
    assert old.state(other, "health") == "valid"
    holds(new)


def signed_ends(store: Kept, terminal: str) -> list[tuple[object, ...]]:
    with store.read() as connection:
        return connection.execute(
            "SELECT sequence, signature FROM signed WHERE (terminal, stream) = (?, ?) ORDER BY sequence",
            (terminal, OFFICE),
        ).fetchall()


def test_what_a_new_terminal_started_with_it_brings_back_to_a_restored_centre(
    desks: Desks,
    town: Running,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> None:
    """In pieces that end where their author signed, though it heard nothing from the author itself."""
    for module in ("central.feed", "central.checking"):
        monkeypatch.setattr(f"{module}.MOST_ROWS", 8)
    old, up = desks.new()
    new, exchange = desks.new()
    meet(up)
    recovery_key, public = new_recovery()
    backup(town.database, tmp_path / "backup", public)
    for _ in range(4):
        write_much(old, 2, 3)
        meet(up)
    code = old.desk.terminal.code
    ends = signed_ends(town.database, code)
    assert len(ends) > 3
    assert started(exchange)
    new, exchange = desks.again(new)
    assert signed_ends(new.store, code) == ends
    if town.url.startswith("sqlite"):
        town.url = f"sqlite:///{tmp_path / 'new.db'}"
    else:
        town.url = request.getfixturevalue("cluster").database(template=request.getfixturevalue("prepared"))
    town.restore(tmp_path / "backup", recovery_key)
    assert len(signed_ends(town.database, code)) < len(ends)
    meet(exchange)
    assert signed_ends(town.database, code) == ends


def test_no_word_of_the_doctors_is_in_what_a_counter_starts_from(desks: Desks) -> None:
    post, up = desks.new()
    case = post.worker("registered")
    post.order_health(case)
    sick = CHECK | {"health.conclusion": "NOT_YET", "health.symptoms": ["fever"]}
    post.desk.perform(post.doctor, case, "health", "not_yet", answers=sick)
    meet(up)
    (slow, down), (counter, exchange), (doctor, also) = desks.new(*COUNTER), desks.new(*COUNTER), desks.new()
    meet(down)
    assert started(exchange)
    assert started(also)
    (counter, exchange), (doctor, also) = desks.again(counter), desks.again(doctor)
    with post.store.read() as connection:
        secret = connection.execute("SELECT id FROM entry WHERE stream = 'health'").fetchall()
    words = [b"NOT_YET", b"fever", *(name.encode() for (name,) in secret)]
    assert len(words) > 4
    assert [word for word in words if word in everything_in(counter)] == []
    assert [word for word in words if word not in everything_in(doctor)] == []
    meet(exchange, also, down, up)
    assert views(counter.store) == views(slow.store)
    assert views(doctor.store) == views(post.store)


def test_a_counter_is_not_given_the_pieces_of_the_health_post(desks: Desks) -> None:
    post, up = desks.new()
    post.worker("cleared")
    meet(up)
    (_, exchange), (_, doctors) = desks.new(*COUNTER), desks.new()
    mine, theirs = ({piece.name for piece in newest(one).pieces} for one in (exchange, doctors))
    assert theirs - mine
    for name in theirs - mine:
        with pytest.raises(Refusal) as refusal:
            exchange.client.piece(name)
        assert refusal.value.problem.kind == "missing"


def test_a_line_that_is_cut_costs_a_piece(
    desks: Desks, town: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.actions.newcomer.PAUSE", 0.0)
    old, up = desks.new()
    old.worker("confirmed")
    meet(up)
    new, _ = desks.new()
    line = Line(town.port)
    with new.store.write() as connection:
        remember(connection, {"centre/url": f"https://127.0.0.1:{line.port}".encode()})
    told: list[int] = []

    def cut(done: int, of: int) -> None:
        if done:
            told.append(done)
        if len(told) == 3:
            line.is_down = True
            line.cut()

    new, exchange = desks.again(new)
    with pytest.raises(Unreachable):
        started(exchange, cut)
    before = len(told)
    assert newcomer.is_begun(new.store)
    assert of_others(new) == []
    line.is_down = False
    new, exchange = desks.again(new)
    assert newcomer.start(exchange, cut)
    assert before in (3, 4)  # one may have been on its way
    assert told == sorted(told)
    assert len(set(told)) == len(told)
    assert not newcomer.is_begun(new.store)
    new, exchange = desks.again(new)
    meet(exchange, up)
    assert views(new.store) == views(old.store)
    holds(new)
    line.close()


def test_what_was_tampered_with_is_refused_and_every_entry_comes_by_itself(
    desks: Desks, town: Running
) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    new, exchange = desks.new()
    newest(exchange)
    assert town.snapshots is not None
    for store in town.snapshots.stores.values():
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


def test_what_was_written_before_joining_is_kept_and_sent(desks: Desks, tmp_path: Path) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    (tmp_path / "alone").mkdir()
    alone = Office(tmp_path / "alone", clock=desks.town.clock)
    case = alone.worker("registered", **{"person.name": "KO AUNG"})
    alone.desk.save_draft(alone.reception, "page", {"person.name": "MA HLA"})
    exchange = desks.joined(alone)
    assert started(exchange)
    alone, exchange = desks.again(alone)
    assert alone.desk.draft(alone.reception, "page") == {"person.name": "MA HLA"}
    meet(exchange, up)
    assert old.state(case, "registration") == alone.state(case, "registration")
    assert views(alone.store) == views(old.store)
    holds(alone)


def test_views_of_another_version_are_made_from_the_journal(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.snapshots.VERSION", "other")
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    new, exchange = desks.new()
    assert started(exchange)
    new, exchange = desks.again(new)
    assert not exchange.status().unproven
    assert views(new.store)["case"] == views(old.store)["case"]
    meet(exchange)
    holds(new)


def test_a_centre_that_was_restored_packs_anew(desks: Desks, town: Running) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    new, exchange = desks.new()
    former = newest(exchange)
    town.centre.renew()
    meet(up)
    town.invitation()  # none from before is good
    assert newest(exchange).epoch != former.epoch
    assert newcomer.start(exchange)
    new, exchange = desks.again(new)
    meet(exchange)
    assert views(new.store) == views(old.store)
    holds(new)


def test_nothing_is_packed_where_entries_are_few_or_nobody_is_invited(desks: Desks, town: Running) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    assert town.snapshots is not None
    town.snapshots.least = 1_000
    until(lambda: not list(town.folder.glob("snapshot-*.db")))
    new, exchange = desks.new()
    assert newcomer.start(exchange) == 0
    meet(exchange, up)
    assert views(new.store) == views(old.store)
    town.snapshots.least = 1
    newest(exchange)
    assert list(town.folder.glob("snapshot-*.db"))
    town.clock.forward(days=8)  # no invitation is good any more
    until(lambda: not list(town.folder.glob("snapshot-*.db")))
    with pytest.raises(Refusal) as refusal:
        exchange.client.snapshot()
    assert refusal.value.problem.kind == "missing"


def test_where_nothing_can_be_packed_no_terminal_waits_for_it(desks: Desks, town: Running) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    town.end()
    for streams in SETS:
        path = town.folder / f"snapshot-{'-'.join(streams)}.db"
        remove(path)
        path.mkdir()
    town.begin()
    new, exchange = desks.new()

    def is_refused() -> bool:
        with pytest.raises(Refusal) as refusal:
            exchange.client.snapshot()
        return refusal.value.problem.kind == "missing"

    until(is_refused)
    assert newcomer.start(exchange) == 0
    meet(exchange, up)
    assert views(new.store) == views(old.store)


def test_another_server_process_leaves_alone_what_the_first_one_packed(desks: Desks, town: Running) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    new, exchange = desks.new()
    newest(exchange)
    second = Snapshots(town.centre, town.folder, least=1)
    with pytest.raises(StoreBusy):
        second.look()
    assert newcomer.start(exchange)
    new, _ = desks.again(new)
    holds(new)


def test_a_file_of_another_centre_is_replaced(desks: Desks, town: Running) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    new, exchange = desks.new()
    newest(exchange)
    town.end()
    for file in town.folder.glob("snapshot-*.db"):
        file.write_bytes(b"something else")
    town.begin()
    assert started(exchange)
    new, _ = desks.again(new)
    holds(new)
