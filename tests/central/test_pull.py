"""Pulls: everybody gets what is meant for him, once, in the order of commits, and nothing else."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from central import admin
from central.centre import Centre
from central.database import open_database
from kiosk.model.chain import START, Row, chain
from kiosk.model.entries import ACCESS, ADMIN, HEALTH, OFFICE, Write
from kiosk.store import journal
from kiosk.store.database import Store
from kiosk.store.receiving import receive, set_cursor
from kiosk.sync import protocol
from kiosk.sync.protocol import Pull
from tests.central.machine import ALL, Machine, Refused, Town, act, entry
from tests.office import sample_pack

WORDS = "the doctor wrote that the lungs are clear"


def follow(machine: Machine, limit: int = 1000) -> Iterator[list[Row]]:
    """Everything a terminal gets, answer by answer."""
    cursor: dict[str, int] = {}
    more = True
    while more:
        pulled, rows = machine.pull(cursor, limit=limit)
        cursor, more = pulled.cursor, pulled.more
        yield rows


def got(machine: Machine, limit: int = 1000) -> dict[tuple[str, str], list[int]]:
    """The sequences a terminal gets of each stream, in their order."""
    found: dict[tuple[str, str], list[int]] = {}
    for rows in follow(machine, limit):
        for row in rows:
            found.setdefault((row.terminal, row.stream), []).append(row.sequence)
    return found


@pytest.mark.parametrize("limit", [1, 3, 1000])
def test_everybody_gets_everything_of_others_in_order(town: Town, limit: int) -> None:
    desks = [town.machine(code, ALL) for code in ("AAAA", "BBBB", "CCCC")]
    for size in (1, 4, 2):
        for desk in desks:
            desk.send(*act(*(entry() for _ in range(size))))
    for desk in desks:
        found = got(desk, limit)
        assert found.pop((town.centre.code, ADMIN)) == [1, 2, 3]
        others = [other.code for other in desks if other is not desk]
        assert found == {(code, OFFICE): list(range(1, 8)) for code in others}


def test_a_pull_cuts_no_push(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    whole = act(*(entry() for _ in range(5)))
    desk.send(entry(), *whole)
    desk.send(entry())
    cuts = [[row.act for row in rows if row.stream == OFFICE] for rows in follow(other, 2)]
    assert [acts.count(whole[0].act) for acts in cuts if whole[0].act in acts] == [5]


def test_the_heads_are_signed_and_prove_the_rows(town: Town, tmp_path: Path) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    desk.send(entry(), entry())
    pulled, rows = other.pull()
    (head,) = [head for head in pulled.heads if head.terminal == "AAAA"]
    desk.key.public_key().verify(head.signature, head.signed_bytes())
    hashed = START
    for row in rows:
        if row.terminal == "AAAA":
            hashed = chain(hashed, row.sequence, row.commitment)
    assert (head.sequence, head.hash) == (2, hashed)
    (own,) = [head for head in pulled.heads if head.stream == ADMIN]
    town.centre.key.public_key().verify(own.signature, own.signed_bytes())
    with Store.open(tmp_path / "store.db", bytes(32)) as store, store.write() as connection:
        receive(connection, rows, pulled.heads)
        set_cursor(connection, pulled.cursor)
        assert journal.verify(connection) == []
        signed = connection.execute("SELECT signature IS NOT NULL FROM head").fetchall()
        assert signed == [(1,), (1,)]


def test_without_the_health_post_not_a_byte_of_its_stream_is_given(town: Town) -> None:
    post, desk = town.machine("AAAA", ALL), town.machine("BBBB", ("reception", "police", "labour"))
    second, kiosk = town.machine("CCCC", ("health_post",)), town.machine("DDDD", (), "selfservice")
    secret = entry(subject="health:1", role="doctor", writes={"findings": Write(WORDS)})
    post.send(secret, stream=HEALTH)
    post.send(entry(), entry(stream=OFFICE))
    post.send(entry(kind="read", note={"fields": [WORDS]}, writes={}), stream=ACCESS)
    for machine in (desk, kiosk):
        for cursor in ({}, {"RL01/health": 0, "RL01/access": 0, "RL01/office": 0}):
            machine.pull(cursor)
            machine.pull(cursor, wait=0.01)
        machine.heads()
        machine.lists()
        for stream in (HEALTH, ACCESS):
            with pytest.raises(Refused, match="not_yours"):
                machine.rows("AAAA", stream)
    (row,) = post.stream(HEALTH).rows
    traces = [WORDS.encode(), secret.id.encode(), b"health:1", row.hash, row.commitment, row.salt or b""]
    for machine in (desk, kiosk):
        assert not any(trace in machine.raw for trace in traces)
    for machine in (desk, kiosk):
        _, rows = machine.pull()
        assert {one.stream for one in rows} <= {ADMIN, OFFICE}
        assert {head.stream for head in machine.heads().heads} <= {ADMIN, OFFICE}
        inflated = protocol._inflated(machine.call("GET", "/v1/heads").content)
        assert b"health" not in inflated
        assert b"access" not in inflated
    assert (("AAAA", HEALTH), [1]) in got(second).items()  # the other doctor has it
    assert not any(stream == ACCESS for _, stream in got(second))


def test_a_self_service_terminal_gets_nothing(town: Town) -> None:
    desk, kiosk = town.machine("AAAA"), town.machine("BBBB", (), "selfservice")
    desk.send(entry())
    kiosk.send(entry(role="applicant"))
    pulled, rows = kiosk.pull()
    assert (rows, pulled.cursor, pulled.heads) == ([], {}, ())
    assert [head.terminal for head in kiosk.heads().heads] == ["BBBB"]
    with pytest.raises(Refused, match="not_yours"):
        kiosk.rows("AAAA")


def test_own_rows_are_given_only_when_they_are_asked_for(town: Town) -> None:
    desk = town.machine("AAAA", ALL)
    desk.send(entry(), entry())
    desk.send(entry(kind="read", writes={}), stream=ACCESS)
    assert got(desk) == {(town.centre.code, ADMIN): [1]}
    pulled, rows = desk.rows("AAAA", OFFICE, 1)
    assert [(row.sequence, row.body) for row in rows] == [(2, desk.stream().rows[1].body)]
    assert (pulled.heads[0].sequence, pulled.more) == (2, False)
    assert len(desk.rows("AAAA", ACCESS)[1]) == 1


@pytest.mark.parametrize("place", [("ZZZZ", OFFICE), ("A\0", OFFICE), ("AAAA", "x\0")])
def test_rows_of_nobody(town: Town, place: tuple[str, str]) -> None:
    with pytest.raises(Refused, match="not_yours"):
        town.machine("AAAA").rows(*place)


def test_a_far_cursor_asks_nothing_impossible(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    desk.send(entry())
    assert [row.sequence for row in other.rows("AAAA", OFFICE, 2**80)[1]] == []
    assert len(other.pull({"RL01/office": -(2**80)}, limit=-1)[1]) > 0


def test_who_waits_is_told_when_something_comes(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    pulled, _ = other.pull()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(other.pull, pulled.cursor, wait=25.0)
        desk.send(entry())
        _, rows = waiting.result(20)
    assert [row.terminal for row in rows] == ["AAAA"]


def test_own_pushes_wake_nobody_but_the_others(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    pulled, _ = desk.pull()
    caller = Machine(town.server.address, "AAAA", desk.key)
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(caller.pull, pulled.cursor, wait=25.0)
        desk.send(entry())
        other.send(entry())
        pulled, rows = waiting.result(20)
    assert [row.terminal for row in rows] == ["BBBB"]
    assert pulled.cursor["RL01/office"] == 2
    caller.http.close()


def test_a_wait_that_ends_says_where_the_feeds_stand(town: Town) -> None:
    desk = town.machine("AAAA")
    desk.send(entry())
    first, _ = desk.pull({"RL01/office": 1})
    pulled, rows = desk.pull({"RL01/admin": first.cursor["RL01/admin"]}, position=first.position, wait=0.1)
    assert (rows, pulled.cursor, pulled.position) == ([], first.cursor, first.position)


def test_what_another_process_writes_wakes_who_waits(town: Town) -> None:
    desk = town.machine("AAAA")
    pulled, _ = desk.pull()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(desk.pull, pulled.cursor, wait=25.0)
        beside = Centre(open_database(town.centre.database.url), sample_pack())
        admin.appoint(beside, "R001", "Li", ("reception",), "a long passphrase", "S001")
        beside.close()
        _, rows = waiting.result(20)
    assert [row.subject for row in rows] == ["operator:R001"]


@pytest.mark.parametrize("face", ["counter", "selfservice"])
def test_who_waits_is_told_that_it_was_revoked(town: Town, face: str) -> None:
    desk = town.machine("AAAA", ("reception",) if face == "counter" else (), face)
    pulled, _ = desk.pull()
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(desk.pull, pulled.cursor, wait=25.0)
        admin.revoke(town.centre, "AAAA", "S001")
        with pytest.raises(Refused, match="revoked"):
            waiting.result(20)
    for ask in (desk.pull, desk.heads, desk.lists, lambda: desk.rows("AAAA")):
        with pytest.raises(Refused, match="revoked"):
            ask()


@pytest.mark.parametrize("wait", [0.0, 25.0])
def test_no_reader_misses_anything_while_many_write(town: Town, wait: float) -> None:
    """Numbers are in the order of commits: a reader beside four writers sees each of their rows."""
    writers = [town.machine(f"W00{number}") for number in range(4)]
    reader = town.machine("READ")
    pushes, found = 12, []
    done = threading.Event()

    def read() -> None:
        cursor: dict[str, int] = {}
        while True:
            ended = done.is_set()
            pulled, rows = reader.pull(cursor, limit=2, wait=0.0 if ended else wait)
            cursor = pulled.cursor
            found.extend((row.terminal, row.sequence) for row in rows if row.stream == OFFICE)
            if ended and not rows:
                return

    def write(machine: Machine) -> None:
        for _ in range(pushes):
            machine.send(entry(), entry())

    with ThreadPoolExecutor(5) as threads:
        reading = threads.submit(read)
        list(threads.map(write, writers))
        done.set()
        writers[0].send(entry())  # for one who waits
        reading.result(20)
    for machine in writers:
        own = [sequence for terminal, sequence in found if terminal == machine.code]
        assert own[: 2 * pushes] == list(range(1, 2 * pushes + 1))


def test_no_answer_is_larger_than_its_reader_takes(town: Town) -> None:
    """Texts that cannot be compressed: each push is allowed, all of them together are not one answer."""
    author, reader = town.machine("AAAA"), town.machine("BBBB")
    for _ in range(6):
        author.send(entry(writes={"address": Write(secrets.token_hex(1_800_000))}))
    answers = [rows for rows in follow(reader) if any(row.stream == OFFICE for row in rows)]
    assert sum(row.stream == OFFICE for rows in answers for row in rows) == 6
    assert len(answers) > 1
    assert all(len(protocol.pack(Pull({}), rows)) < protocol.LARGEST_BODY for rows in answers)
