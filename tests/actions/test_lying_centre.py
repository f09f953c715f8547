"""A centre that gives what it should not: it is refused or left out, with a reason, and the rest goes on."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import httpx
import pytest
import zstandard
from msgspec.structs import replace

from kiosk.actions.exchange import Exchange
from kiosk.errors import KioskError
from kiosk.model.chain import Head, Row, chain, commit_to
from kiosk.store import exchange as remembered
from kiosk.store import journal
from kiosk.sync import protocol
from kiosk.sync.protocol import LARGEST_BATCH, Pulled
from tests.actions.exchanged import Made, Make, rows, whole
from tests.running import Running, exchange_of, meet
from tests.store.compared import views

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
def three(desk: Make) -> list[Made]:
    """Three that have joined; the first two have sent something, of which the third has heard nothing."""
    made = [desk(), desk(), desk()]
    meet(made[2][1])  # knows the others' keys
    for number, (office, exchange) in enumerate(made[:2]):
        office.counter = 10 * number
        office.register()
        exchange.begin()
        exchange.send()
    return made


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
def test_a_lie_about_one_stream_holds_up_no_other_and_is_made_good(three: list[Made], name: str) -> None:
    (one, up), (two, _), (hearer, down) = three
    lying = Lying(down)
    lying.lie = told(lies(up.own[1], three[1][1].own[1], down.own[1])[name])
    before = rows(hearer.store)
    down.begin()
    while down.fetch().more:
        pass
    came = {place[0] for place in rows(hearer.store).keys() - before.keys() if place[1] == "office"}
    assert came == {three[1][1].own[1]}
    assert str(down.status().reason)
    whole(hearer.store)
    again = exchange_of(hearer)  # the next start, at a centre that speaks the truth
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
def test_what_is_no_answer_changes_nothing(three: list[Made], lie: Callable[[bytes], bytes]) -> None:
    hearer, down = three[2]
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


def forge(centre: Running, code: str) -> None:
    """Somebody at the centre changes the last entry of a terminal, and all that follows from its bytes."""
    with centre.database.write() as connection:
        connection.execute("DROP TRIGGER entry_is_not_changed")
        head = next(head for head in remembered.heads(connection) if head.terminal == code)
        (*_, row) = remembered.rows_after(connection, head, head.sequence - 1)
        assert row.body is not None
        body = row.body.replace(b"R001", b"R002")
        commitment = commit_to(row.salt or b"", body)
        hashed = chain(row.previous, row.sequence, commitment)
        connection.execute(
            "UPDATE entry SET body = ?, commitment = ?, hash = ? WHERE hash = ?",
            (body, commitment, hashed, row.hash),
        )
        connection.execute("UPDATE head SET hash = ? WHERE hash = ?", (hashed, row.hash))
        assert journal.verify(connection) == []


def test_what_a_terminal_did_not_sign_is_left_out_and_the_rest_goes_on(desk: Make, centre: Running) -> None:
    (one, up), (two, also), (other, down) = desk(), desk(), desk()
    meet(down)
    one.register()
    two.register(two.person(**{"person.name": "KO KO"}))
    for exchange in (up, also):
        exchange.begin()
        exchange.send()
    forge(centre, up.own[1])
    meet(down)
    assert {place[0] for place in rows(other.store, "office")} == {also.own[1]}
    assert "did not sign" in str(down.status().reason)
    again = two.register(two.person(**{"person.name": "MA AYE"}))
    meet(also, down)
    assert other.state(again, "registration") == "done"
    whole(other.store)
