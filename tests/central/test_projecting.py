"""Views at the centre follow the feeds, equal a terminal's own, and no entry stops them."""

from __future__ import annotations

import threading
from itertools import count

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from central import projecting
from central.centre import Centre
from central.registry import Member
from kiosk.model.chain import Head, Row
from kiosk.model.entries import Write
from kiosk.store import many
from kiosk.store.database import Store
from kiosk.sync.protocol import Push, whole_acts
from tests.central.machine import ALL, Stream, Town, act, entry
from tests.office import Office
from tests.store.compared import rows, views


class Author:
    """Somebody who pushes without a line between."""

    def __init__(self, centre: Centre, code: str) -> None:
        self.centre, self.code, self.key = centre, code, Ed25519PrivateKey.generate()
        registers = {
            "name": "a", "face": "counter", "departments": list(ALL), "enrolled": "",
            "key": self.key.public_key().public_bytes_raw().hex(), "seal": "00" * 32,
        }  # fmt: skip
        centre.database.transact(
            lambda connection: centre.write_admin(
                connection, f"terminal:{code}", "enrolled", registers, "S001"
            )
        )
        with centre.database.read() as connection:
            self.member: Member = centre.registry(connection).members[code]

    def push(self, sent: list[Row]) -> list[int]:
        """The sequences that were set aside."""
        last = sent[-1]
        head = Head(last.office, last.terminal, last.stream, last.sequence, last.hash)
        head = replace(head, signature=self.key.sign(head.signed_bytes()))
        push = Push(sent[0].sequence - 1, sent[0].previous, head)
        return [one.sequence for one in self.centre.journal.push(self.member, push, sent).set_aside]

    def push_all(self, store: Store, limit: int) -> None:
        streams: dict[str, list[Row]] = {}
        for row in rows(store):
            streams.setdefault(row.stream, []).append(row)
        for stream in streams.values():
            for batch in whole_acts(stream, limit):
                assert self.push(batch) == []  # a real desk writes nothing that is set aside


@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_the_views_are_those_of_the_terminal_and_of_a_rebuild(
    centre: Centre, author: Office, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(projecting, "CHUNK", 3 * limit)
    monkeypatch.setattr(many, "AT_ONCE", 3)
    Author(centre, author.desk.terminal.code).push_all(author.store, limit)
    centre.projector.catch_up()
    found = seen_of(centre)
    assert found == views(author.store)
    centre.projector.rebuild()
    assert seen_of(centre) == found


def test_views_of_another_version_are_made_anew(centre: Centre, author: Office) -> None:
    Author(centre, author.desk.terminal.code).push_all(author.store, 1000)
    centre.projector.catch_up()
    with centre.database.write() as connection:
        connection.execute("UPDATE view_meta SET value = 'older' WHERE key = 'version'")
        connection.execute("DELETE FROM view_case")
        connection.execute("UPDATE view_state SET body = 'of other rules'")
    centre.projector.catch_up()
    assert seen_of(centre) == views(author.store)


codes = count()
Views = dict[str, list[tuple[object, ...]]]


def without_admin(found: Views) -> Views:
    """Without the terminals, of which a desk that stands alone knows nothing."""
    return found | {
        "state": [row for row in found["state"] if not str(row[0]).startswith(("terminal:", "operator:"))]
    }


def seen_of(centre: Centre) -> Views:
    return without_admin(views(centre.database))


def test_nothing_is_folded_within_a_push(centre: Centre) -> None:
    author = Author(centre, "AAAA")
    author.push(Stream("AAAA", author.key).write([entry()]))
    assert seen_of(centre)["state"] == []
    centre.projector.catch_up()
    assert len(seen_of(centre)["state"]) == 1


def test_an_entry_that_no_view_was_made_for_stops_nothing(centre: Centre) -> None:
    author = Author(centre, "AAAA")
    stream = Stream("AAAA", author.key)
    before, poison, after = (entry(subject=f"lodging:{number}") for number in range(3))
    whole = act(replace(poison, writes={"case": Write("case:1")}), entry(subject="case:1"))
    stream.write([before, *whole, after])
    author.push(stream.rows)
    with pytest.MonkeyPatch.context() as patched:
        folding = projecting.apply_act

        def stumble(memory: object, entries: object) -> set[str]:
            if any(one.subject == "lodging:1" for one in entries):  # type: ignore[attr-defined]
                raise TypeError
            return folding(memory, entries)  # type: ignore[arg-type]

        patched.setattr(projecting, "apply_act", stumble)
        centre.projector.catch_up()
    assert [row[0] for row in seen_of(centre)["state"]] == ["lodging:0", "lodging:2"]
    centre.projector.rebuild()  # a program that knows better folds all of it
    assert len(seen_of(centre)["state"]) == 4


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
registers = st.sampled_from(
    ["name", "status", "number", "person", "case", "guarantor", "stage.permit", "returned.permit", "valid_to",
     "document_number", "document_issuer", "kind", "uscc", "parked_by", "decide_by", "stay_until", "stages",
     "refused.permit"]
)  # fmt: skip
subjects = st.sampled_from(
    ["case:1", "person:1", "permit:1", "guarantee:1", "guarantor:1", "lodging:1", "clearance:1"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    written=st.lists(
        st.tuples(subjects, st.dictionaries(registers, values, max_size=4)), min_size=1, max_size=5
    )
)
def test_whatever_is_accepted_can_be_folded_by_everybody(
    centre: Centre, written: list[tuple[str, dict[str, object]]]
) -> None:
    """What would stop a view is set aside at the door: a view at the centre has an index."""
    author = Author(centre, f"{next(codes):04d}")
    stream = Stream(author.code, author.key)
    made = [
        entry(subject=subject, writes={name: Write(value) for name, value in writes.items()})
        for subject, writes in written
    ]
    author.push(stream.write(made))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(projecting, "MISTAKES", ())
        centre.projector.catch_up()


def test_what_stops_one_look_at_the_views_does_not_stop_the_next(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    catch_up, looks = town.centre.projector.catch_up, threading.Semaphore(0)

    def stumble() -> None:
        looks.release()
        monkeypatch.setattr(town.centre.projector, "catch_up", again)
        raise RuntimeError

    def again() -> None:
        catch_up()
        looks.release()

    monkeypatch.setattr(town.centre.projector, "catch_up", stumble)
    town.machine("AAAA").send(entry())
    assert looks.acquire(timeout=30)
    assert looks.acquire(timeout=30)
    assert seen_of(town.centre)["state"]
