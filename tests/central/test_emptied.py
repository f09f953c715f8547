"""Rows that come without their payload, erased or held back: when it is filled, and when never again."""

from __future__ import annotations

from functools import partial

import pytest
from msgspec.structs import replace

from kiosk.errors import Refused as NotDone
from kiosk.model.chain import stub_id
from kiosk.store import journal
from tests.central.holding import listed, received, release
from tests.central.machine import ALL, Town, act, entry
from tests.store.compared import erase


def test_stubs_from_another_terminal_are_filled_by_their_author(town: Town) -> None:
    """After a restore the centre may hear of what it held back from somebody who has only the stub."""
    desk, other = town.machine("AAAA", ALL), town.machine("BBBB")
    rows = desk.stream().write([entry(), entry(), entry(role="king")])
    stubs = [
        replace(row, id=stub_id("AAAA", "office", row.sequence), act="", subject="", body=None, salt=None)
        for row in rows
    ]
    other.push(stubs, desk.stream().pushed(rows))
    pulled, _ = other.pull()
    assert [one.sequence for one in desk.push(rows).set_aside] == [3]
    _, filled = other.pull(pulled.cursor)
    assert [(row.sequence, row.subject) for row in filled] == [(1, rows[0].subject), (2, rows[1].subject)]


@pytest.mark.parametrize(
    ("names", "believed"),
    [(("taken", "a", "person:1"), "person:1"), (("x" * 500, "a", "b"), ""), (("A\0", "a", "b"), "")],
)
def test_what_is_said_of_an_erased_row_is_believed_only_where_it_fits(
    town: Town, names: tuple[str, str, str], believed: str
) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    other.send(entry(id="taken"))
    rows = desk.stream().write([entry(), entry()])
    id_, act_, subject = names
    erased = replace(rows[0], id=id_, act=act_, subject=subject, body=None, salt=None)
    assert desk.push([erased, rows[1]], desk.stream().pushed(rows)).sequence == 2
    assert [subject for _, subject in received(other)] == [believed, rows[1].subject]
    pulled, found = other.pull()
    (first,) = [row for row in found if (row.terminal, row.sequence) == ("AAAA", 1)]
    assert first.id == stub_id("AAAA", "office", 1)  # another entry may have that id
    assert desk.push(rows).set_aside == ()
    _, filled = other.pull(pulled.cursor)
    assert filled == [replace(rows[0], previous=b"", hash=b"")]


def test_what_was_brought_as_erased_is_filled_unless_its_subject_was_erased_here(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    rows = desk.stream().write(act(entry(), entry(), entry(subject="person:gone")))
    emptied = [rows[0], *(replace(row, body=None, salt=None) for row in rows[1:])]
    assert other.push(emptied, desk.stream().pushed(rows)).set_aside == ()
    with town.centre.database.write() as connection:
        connection.execute("INSERT INTO erasure (subject, at, reason) VALUES ('person:gone', '', '')")
    assert desk.push(rows).set_aside == ()  # the act is whole, although a part of it was here
    found = [row for row in other.pull()[1] if row.terminal == "AAAA"]
    assert {row.sequence: row.body for row in found} == {1: rows[0].body, 2: rows[1].body, 3: None}
    with town.centre.database.read() as connection:
        assert journal.verify(connection) == []


def test_of_a_subject_that_was_erased_here_no_payload_is_kept_whenever_it_comes(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    gone = partial(entry, subject="person:gone")
    desk.send(gone(), gone(role="king"))
    with town.centre.database.write() as connection:
        erase(connection, "person:gone")
    later = act(entry(), gone())
    assert desk.send(*later).set_aside == ()
    with pytest.raises(NotDone, match="was erased"):
        release(town.centre, listed(town.centre)[0])
    found = {row.sequence: row for row in other.pull()[1] if row.terminal == "AAAA"}
    assert [(number, row.body is None) for number, row in sorted(found.items())] == [
        (1, True),
        (2, True),
        (3, False),
        (4, True),
    ]
    assert (found[4].id, found[4].subject) == (later[1].id, "person:gone")
