"""Pushes: what is acknowledged is kept as it is, in its order, once; what contradicts is refused whole."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from central.centre import Centre
from kiosk.model.chain import START, Head, Row, chain, commit_to
from kiosk.store import journal
from kiosk.sync.protocol import Push
from tests.central.machine import Machine, Refused, Stream, Town, act, entry

codes = count()


def kept(centre: Centre) -> dict[tuple[str, str], list[bytes | None]]:
    """The bodies at the centre by terminal and stream, without the centre's own."""
    found: dict[tuple[str, str], list[bytes | None]] = {}
    with centre.database.read() as connection:
        assert journal.verify(connection) == []
        for terminal, stream, body in connection.execute(
            "SELECT terminal, stream, body FROM entry WHERE terminal <> ? "
            "ORDER BY terminal, stream, sequence",
            (centre.code,),
        ):
            found.setdefault((terminal, stream), []).append(body)
    return found


def bodies(*streams: list[Row]) -> list[bytes | None]:
    return [row.body for rows in streams for row in rows]


def feed(centre: Centre) -> list[tuple[int, int, int]]:
    """(number, first, last) of the feed `office`."""
    with centre.database.read() as connection:
        rows = connection.execute(
            "SELECT number, first, last FROM feed WHERE stream = 'office' ORDER BY number"
        )
        return [tuple(row) for row in rows.fetchall()]


def test_what_is_acknowledged_is_kept_byte_for_byte(town: Town) -> None:
    desk = town.machine("AAAA")
    first = desk.stream().write(act(entry(), entry()))
    assert desk.push(first).sequence == 2
    second = desk.stream().write([entry(writes={})])
    assert desk.push(second).sequence == 3
    assert kept(town.centre) == {("AAAA", "office"): bodies(first, second)}
    assert feed(town.centre) == [(1, 1, 2), (2, 3, 3)]


def test_the_same_again_is_passed_over_and_an_overlap_goes_on(town: Town) -> None:
    desk = town.machine("AAAA")
    rows = [row for _ in range(6) for row in desk.stream().write([entry()])]
    desk.push(rows[:3])
    assert desk.push(rows[:3]).sequence == 3
    assert desk.push(rows[:2]).sequence == 2
    assert desk.push(rows[1:5]).sequence == 5
    assert desk.push(rows).sequence == 6
    assert kept(town.centre) == {("AAAA", "office"): bodies(rows)}
    assert feed(town.centre) == [(1, 1, 3), (2, 4, 5), (3, 6, 6)]


def test_a_gap_says_what_is_expected(town: Town) -> None:
    desk = town.machine("AAAA")
    rows = [row for _ in range(4) for row in desk.stream().write([entry()])]
    desk.push(rows[:1])
    with pytest.raises(Refused) as refused:
        desk.push(rows[2:])
    assert (refused.value.status, refused.value.kind, refused.value.problem.expected) == (409, "gap", 2)
    assert len(kept(town.centre)["AAAA", "office"]) == 1


def test_two_histories_under_one_name_are_told(town: Town) -> None:
    desk = town.machine("AAAA")
    desk.send(entry(), entry())
    copy = Machine(town.server.address, "AAAA", desk.key)
    for length in (1, 2, 3):  # shorter, as long, longer than what is known
        copy.streams.clear()
        with pytest.raises(Refused) as refused:
            copy.send(*(entry() for _ in range(length)))
        assert (refused.value.status, refused.value.kind) == (409, "fork")
    rows = copy.stream().rows
    with pytest.raises(Refused) as refused:  # one that begins where the known one ends
        copy.push(rows[2:])
    assert refused.value.kind == "fork"
    copy.http.close()


def test_a_terminal_restored_from_an_older_state_is_told_before_it_writes_over_anything(town: Town) -> None:
    desk = town.machine("AAAA")
    rows = [row for _ in range(3) for row in desk.stream().write([entry()])]
    desk.push(rows)
    del desk.stream().rows[1:]
    with pytest.raises(Refused) as refused:
        desk.send(entry())
    assert refused.value.kind == "fork"
    assert kept(town.centre) == {("AAAA", "office"): bodies(rows)}


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_any_history_of_cuts_repeats_and_lost_answers_ends_in_the_same_journal(town: Town, seed: int) -> None:
    chance = Random(seed)
    code = f"{next(codes):04d}"
    desk = town.machine(code)
    rows = [row for _ in range(chance.randint(1, 8)) for row in desk.stream().write([entry()])]
    after = 0
    while after < len(rows):
        start = chance.randint(max(0, after - 3), min(after + 1, len(rows) - 1))
        end = chance.randint(start + 1, len(rows))
        if start > after:
            with pytest.raises(Refused, match="gap"):
                desk.push(rows[start:end])
        else:
            assert desk.push(rows[start:end]).sequence == end
            after = max(after, end)
    assert kept(town.centre)[code, "office"] == bodies(rows)


def test_another_terminal_may_bring_what_its_author_signed(town: Town) -> None:
    author, carrier = town.machine("AAAA"), town.machine("BBBB")
    rows = author.stream().write([entry(), entry()])
    carrier.push(rows, author.stream().pushed(rows))
    assert kept(town.centre) == {("AAAA", "office"): bodies(rows)}
    assert author.push(rows).sequence == 2


def test_nobody_writes_in_another_terminals_name(town: Town) -> None:
    town.machine("AAAA")
    thief = town.machine("BBBB")
    forged = Machine(town.server.address, "AAAA", thief.key).stream()
    rows = forged.write([entry()])
    with pytest.raises(Refused) as refused:
        thief.push(rows, forged.pushed(rows))
    assert (refused.value.status, refused.value.kind) == (400, "wrong")
    assert kept(town.centre) == {}


def changed(row: Row, **changes: object) -> Row:
    return replace(row, **changes)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows: rows[:-1],
        lambda rows: [*rows, rows[-1]],
        lambda rows: [rows[1], rows[0], *rows[2:]],
        lambda rows: [changed(rows[0], body=rows[0].body.replace(b"R001", b"R002")), *rows[1:]],
        lambda rows: [changed(rows[0], salt=bytes(16)), *rows[1:]],
        lambda rows: [changed(rows[0], commitment=bytes(32)), *rows[1:]],
        lambda rows: [changed(rows[0], terminal="BBBB"), *rows[1:]],
        lambda rows: [changed(rows[0], stream="health"), *rows[1:]],
        lambda rows: [changed(rows[0], office="RL02"), *rows[1:]],
        lambda rows: [changed(rows[0], sequence=7), *rows[1:]],
        lambda _: [],
    ],
)
def test_rows_that_are_not_what_their_head_says_are_refused_whole(
    town: Town, spoil: Callable[[list[Row]], list[Row]]
) -> None:
    desk = town.machine("AAAA")
    rows = desk.stream().write([entry(), entry(), entry()])
    push = desk.stream().pushed(rows)
    with pytest.raises(Refused) as refused:
        desk.push(spoil(rows), push)
    assert (refused.value.status, refused.value.kind) == (400, "wrong")
    assert kept(town.centre) == {}
    assert desk.push(rows).sequence == 3  # and the terminal goes on


@pytest.mark.parametrize(
    "spoil",
    [
        lambda push: replace(push, head=replace(push.head, signature=bytes(64))),
        lambda push: replace(push, head=replace(push.head, signature=b"")),
        lambda push: replace(push, head=replace(push.head, hash=bytes(32))),
        lambda push: replace(push, head=replace(push.head, sequence=3)),
        lambda push: replace(push, head=replace(push.head, office="RL02")),
        lambda push: replace(push, head=replace(push.head, terminal="ZZZZ")),
        lambda push: replace(push, head=replace(push.head, terminal="A\0A")),
        lambda push: replace(push, head=replace(push.head, stream="gossip")),
        lambda push: replace(push, after=-1),
        lambda push: replace(push, after=2**70),
        lambda push: replace(push, previous=bytes(31)),
    ],
)
def test_a_forged_head_is_refused(town: Town, spoil: Callable[[Push], Push]) -> None:
    desk = town.machine("AAAA")
    rows = desk.stream().write([entry(), entry()])
    with pytest.raises(Refused) as refused:
        desk.push(rows, spoil(desk.stream().pushed(rows)))
    assert refused.value.kind in ("wrong", "fork")
    assert kept(town.centre) == {}


def test_of_a_terminal_that_nobody_knows_no_head_is_kept(town: Town) -> None:
    desk = town.machine("AAAA")
    stranger = Stream("ZZZZ", desk.key)
    rows = stranger.write([entry(), entry()])
    for some in (rows, rows[1:]):  # one of them does not begin where the stream would
        with pytest.raises(Refused) as refused:
            desk.push(some, stranger.pushed(some))
        assert refused.value.kind == "wrong"
    with town.centre.database.read() as connection:
        heads = {code for (code,) in connection.execute("SELECT terminal FROM head")}
    assert heads == {town.centre.code}


def test_a_commitment_is_as_long_as_a_hash_is(town: Town) -> None:
    """They are stored in one piece: a longer one beside a shorter one would move those between."""
    desk = town.machine("AAAA")
    stream, rows, previous = desk.stream(), [], START
    for row, length in zip(desk.stream().write([entry(), entry(), entry()]), (31, 33, 32), strict=True):
        commitment = bytes(length)
        hashed = chain(previous, row.sequence, commitment)
        rows.append(changed(row, body=None, salt=None, commitment=commitment, previous=previous, hash=hashed))
        previous = hashed
    with pytest.raises(Refused) as refused:
        desk.push(rows, stream.pushed(rows))
    assert (refused.value.status, refused.value.kind) == (400, "wrong")
    assert kept(town.centre) == {}


def test_a_stream_may_not_begin_on_another_ground(town: Town) -> None:
    desk = town.machine("AAAA")
    (row,) = desk.stream().write([entry()])
    assert row.body is not None
    hashed = chain(b"x" * 32, 1, commit_to(row.salt or b"", row.body))
    head = Head("RL01", "AAAA", "office", 1, hashed)
    signed = replace(head, signature=desk.key.sign(head.signed_bytes()))
    with pytest.raises(Refused) as refused:
        desk.push([row], Push(0, b"x" * 32, signed))
    assert refused.value.kind == "fork"


def test_an_entry_of_a_newer_program_is_kept_and_passed_on(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    (row,) = desk.stream().write([entry(kind="teleported", version=9)])
    assert row.body is not None
    newer = json.loads(row.body) | {"colour": "blue"}
    desk.stream().rows.clear()
    (row,) = desk.stream().write(bodies=[json.dumps(newer).encode()])
    assert desk.push([row]).set_aside == ()
    _, rows = other.pull()
    assert [one.body for one in rows if one.stream == "office"] == [row.body]


def test_a_clock_in_2099_is_recorded_and_moves_nobody_elses(town: Town) -> None:
    desk = town.machine("AAAA")
    far = int(4.1e12) << 16
    assert desk.send(entry(time=far, wall="2099-12-31T00:00:00.000+08:00")).set_aside == ()
    assert town.centre.terminal.tick(town.centre.clock()) < far
