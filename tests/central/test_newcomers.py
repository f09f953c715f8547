"""What a new terminal starts from: the same as if it had taken every entry, and not a word more."""

from __future__ import annotations

from pathlib import Path

import pytest

from central.backup import backup
from kiosk.actions import newcomer
from kiosk.model.entries import OFFICE
from kiosk.store.exchange import remember
from kiosk.store.keys import new_recovery
from kiosk.sync.refusals import Refusal, Unreachable
from tests.actions.exchanged import write_much
from tests.central.starting import COUNTER, Desks, holds, newest, of_others, started
from tests.central.test_database import Kept
from tests.office import CHECK, Office
from tests.running import Running, meet
from tests.store.compared import views
from tests.sync.proxy import Line


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
    packer: Running,
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
    backup(packer.database, tmp_path / "backup", public)
    for _ in range(4):
        write_much(old, 2, 3)
        meet(up)
    code = old.desk.terminal.code
    ends = signed_ends(packer.database, code)
    assert len(ends) > 3
    assert started(exchange)
    new, exchange = desks.again(new)
    assert signed_ends(new.store, code) == ends
    if packer.url.startswith("sqlite"):
        packer.url = f"sqlite:///{tmp_path / 'new.db'}"
    else:
        packer.url = request.getfixturevalue("cluster").database(template=request.getfixturevalue("prepared"))
    packer.restore(tmp_path / "backup", recovery_key)
    assert len(signed_ends(packer.database, code)) < len(ends)
    meet(exchange)
    assert signed_ends(packer.database, code) == ends


def everything_in(office: Office) -> bytes:
    """All that a store holds of all its tables, as text; but for the office pack, which everybody has."""
    with office.store.read() as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        names = [name for (name,) in tables if name not in ("search_gram", "definition")]
        rows = [connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names]  # noqa: S608
    return repr(rows).encode()


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
    desks: Desks, packer: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.actions.newcomer.PAUSE", 0.0)
    old, up = desks.new()
    old.worker("confirmed")
    meet(up)
    new, _ = desks.new()
    line = Line(packer.port)
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


def test_what_was_written_before_joining_is_kept_and_sent(desks: Desks, tmp_path: Path) -> None:
    old, up = desks.new()
    old.worker("registered")
    meet(up)
    (tmp_path / "alone").mkdir()
    alone = Office(tmp_path / "alone", clock=desks.centre.clock)
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
