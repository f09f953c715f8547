"""A centre that gives what it should not: it is refused or left out, with a reason, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import httpx
import pytest
import zstandard
from msgspec.structs import replace

from kiosk.actions.exchange import Exchange, open_exchange
from kiosk.errors import KioskError
from kiosk.model.chain import Head, Row
from kiosk.sync import protocol
from kiosk.sync.protocol import LARGEST_BATCH, Pulled
from tests.actions.test_exchange import rows, whole
from tests.office import Office
from tests.running import Running, meet
from tests.store.test_receiving import views

Batch = tuple[Pulled, list[Row]]


class Lying(httpx.BaseTransport):
    """Changes what the centre answers to /v1/pull and /v1/rows, as long as it is told to."""

    def __init__(self, exchange: Exchange) -> None:
        http = exchange.client._http
        self.inner, http._transport = http._transport, self
        self.lie: Callable[[bytes], bytes] | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        if self.lie is None or request.url.path not in ("/v1/pull", "/v1/rows"):
            return answer
        answer.read()
        return httpx.Response(answer.status_code, headers=answer.headers, content=self.lie(answer.content))

    def close(self) -> None:
        self.inner.close()


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path / "centre")
    yield running
    running.end()


@pytest.fixture
def desks(centre: Running, tmp_path: Path) -> Iterator[list[tuple[Office, Exchange]]]:
    """Three that have joined; the first two have sent something, of which the third has heard nothing."""
    made = []
    for name in ("one", "two", "hearer"):
        (tmp_path / name).mkdir()
        office = Office(tmp_path / name, clock=centre.clock)
        made.append((office, centre.joined(office)))
    meet(made[2][1])  # knows the others' keys
    for number, (office, exchange) in enumerate(made[:2]):
        office.counter = 10 * number
        office.register()
        exchange.begin()
        exchange.send()
    yield made
    for office, exchange in made:
        exchange.client.close()
        office.close()


def told(change: Callable[[Pulled, list[Row]], Batch]) -> Callable[[bytes], bytes]:
    """A lie told in the centre's own words."""
    return lambda content: protocol.pack(*change(*protocol.unpack(content, Pulled)))


def of(found: Sequence[Row], terminal: str) -> list[Row]:
    return [row for row in found if (row.terminal, row.stream) == (terminal, "office")]


def lies(about: str, other: str, own: str) -> dict[str, Callable[[Pulled, list[Row]], Batch]]:
    """What may be wrong about the rows of one terminal, of which the last is the end of a push."""

    def changed(pulled: Pulled, found: list[Row]) -> Batch:
        bad = {
            row.id: replace(row, body=(row.body or b"").replace(b"R001", b"R002")) for row in of(found, about)
        }
        return pulled, [bad.get(row.id, row) for row in found]

    def forged(pulled: Pulled, found: list[Row]) -> Batch:
        heads = tuple(
            replace(head, signature=bytes(64)) if head.terminal == about else head for head in pulled.heads
        )
        return replace(pulled, heads=heads), found

    def without_head(pulled: Pulled, found: list[Row]) -> Batch:
        return replace(pulled, heads=tuple(head for head in pulled.heads if head.terminal != about)), found

    def cut(pulled: Pulled, found: list[Row]) -> Batch:
        return pulled, [row for row in found if row not in of(found, about)[-1:]]

    def holed(pulled: Pulled, found: list[Row]) -> Batch:
        return pulled, [row for row in found if row not in of(found, about)[1:2]]

    def swapped(pulled: Pulled, found: list[Row]) -> Batch:
        first, second = of(found, about)[:2]
        bad = {
            first.id: replace(second, sequence=first.sequence),
            second.id: replace(first, sequence=second.sequence),
        }
        return pulled, [bad.get(row.id, row) for row in found]

    def in_the_name_of(terminal: str) -> Callable[[Pulled, list[Row]], Batch]:
        def renamed(pulled: Pulled, found: list[Row]) -> Batch:
            bad = {row.id: replace(row, terminal=terminal, id=f"x{row.id}") for row in of(found, about)}
            heads: tuple[Head, ...] = tuple(
                replace(head, terminal=terminal) if head.terminal == about else head for head in pulled.heads
            )
            kept = [bad.get(row.id, row) for row in found if row.terminal != terminal]
            return replace(pulled, heads=heads), kept

        return renamed

    return {
        "changed": changed, "forged": forged, "without a head": without_head, "cut": cut, "holed": holed,
        "swapped": swapped, "as this terminal's own": in_the_name_of(own),
    }  # fmt: skip


@pytest.mark.parametrize("name", lies("", "", ""))
def test_a_lie_about_one_stream_holds_up_no_other_and_is_made_good(
    desks: list[tuple[Office, Exchange]], name: str
) -> None:
    (one, up), (two, _), (hearer, down) = desks
    lying = Lying(down)
    lying.lie = told(lies(up.own[1], desks[1][1].own[1], down.own[1])[name])
    before = rows(hearer.store)
    down.begin()
    while down.fetch().more:
        pass
    came = {place[0] for place in rows(hearer.store).keys() - before.keys() if place[1] == "office"}
    assert came == {desks[1][1].own[1]}
    assert str(down.status().reason)
    whole(hearer.store)
    again = open_exchange(hearer.desk.terminal)  # the next start, at a centre that speaks the truth
    assert again is not None
    one.register()
    meet(up, again)
    assert again.status().reason is None
    assert rows(hearer.store, "office") == rows(one.store, "office") | rows(two.store, "office")
    whole(hearer.store)
    again.client.close()


def garbled() -> dict[str, Callable[[bytes], bytes]]:
    def bomb(size: int) -> bytes:
        return zstandard.ZstdCompressor(level=19).compress(b" " * size)

    return {
        "nothing": lambda content: b"",
        "garbage": lambda content: b"\x00\xff" * 500,
        "text": lambda content: b'{"epoch":"e1"}',
        "truncated": lambda content: content[:-3],
        "another message": lambda content: protocol.pack(protocol.Rows("RL01", "AAAA", "office", 0)),
        "a line that is none": lambda content: zstandard.ZstdCompressor().compress(
            b'{"epoch":"","cursor":{}}\n7'
        ),
        "deep": lambda content: zstandard.ZstdCompressor().compress(b"[" * 100_000),
        "a bomb": lambda content: bomb(LARGEST_BATCH + 1),
        "a bomb in frames": lambda content: bomb(1000) * 100,
    }


@pytest.mark.parametrize("lie", garbled().values(), ids=garbled())
def test_what_is_no_answer_changes_nothing(
    desks: list[tuple[Office, Exchange]], lie: Callable[[bytes], bytes]
) -> None:
    hearer, down = desks[2]
    before, seen = rows(hearer.store), views(hearer.store)
    lying = Lying(down)
    lying.lie = lie
    down.begin()
    with pytest.raises(KioskError) as raised:
        down.fetch()
    assert str(raised.value)
    assert (rows(hearer.store), views(hearer.store)) == (before, seen)
    lying.lie = None
    assert down.fetch().rows > 0
    whole(hearer.store)
