"""Quarantine: what may not be accepted is kept whole and passed to nobody; the rest goes on."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from central import admin, quarantine
from kiosk.errors import Refused as NotDone
from kiosk.model.chain import Head
from kiosk.model.entries import HEALTH, Decision, Entry, Write, decode, encode
from kiosk.store.journal import LARGEST
from kiosk.sync.protocol import Push
from tests.central.holding import listed, received, release
from tests.central.machine import Refused, Town, act, entry

LONG = "x" * 1000


POISON: list[dict[str, Any]] = [
    {"role": "police"},
    {"role": "king"},
    {"role": LONG},
    {"subject": "health:1"},
    {"subject": "terminal:AAAA"},
    {"subject": "operator:R001"},
    {"kind": "enrolled"},
    {"act_size": 2},
    {"subject": f"person:{LONG}"},
    {"act": LONG},
    {"id": "BBBB/office/7"},
    {"id": LONG},
    {"writes": {LONG: Write("x")}},
    {"writes": {"name": Write("x", (LONG,))}},
    {"rests_on": (LONG,)},
    {"writes": {"name": Write("MA\0MA")}},
    {"writes": {"name": Write({"not": "a text"})}},
    {"writes": {"document_number": Write(7)}},
    {"kind": "linked", "writes": {"same_as.person:2": Write(True)}},
    {"wall": "garbage"},
    {"wall": "2026-03-05T10:00:00"},
    {"wall": "9999-12-31T23:59:59+00:00"},  # tomorrow in Beijing is no day
    {"wall": "0001-01-01T00:00:00+08:00"},
    {"rests_on": tuple(f"{number}/x" for number in range(20_001))},
    {"subject": "case:1", "writes": {"stages": Write(5)}},
    {"subject": "case:1", "writes": {"stages": Write([5])}},
    {"subject": "case:1", "writes": {"refused.permit": Write("abc")}},
    {"subject": "case:1", "writes": {"returned.permit": Write({"numbers": [LONG]})}},
    {"subject": "case:1", "writes": {"person": Write("foo:1")}},
    {"subject": "guarantee:1", "writes": {"guarantor": Write("person:1")}},
    {"subject": "case:1", "writes": {"stage.permit": Write({"holder": LONG})}},
    {"writes": {"document_number": Write(LONG)}},
    {"subject": "case:1", "writes": {"stage.permit": Write("approved")}},
    {"subject": "case:1", "writes": {f"stage.{LONG}": Write("approved")}},
    {"subject": "case:1", "writes": {"stage.permit": Write({"state": 1})}},
    {"subject": "case:1", "writes": {"returned.permit": Write([])}},
    {"subject": "case:1", "writes": {"person": Write(["person:1"])}},
    {"writes": {"notes": Write("x" * LARGEST)}},
]


@pytest.mark.parametrize("changes", POISON, ids=lambda changes: "-".join(changes))
def test_what_may_not_be_written_is_set_aside_and_the_rest_goes_on(
    town: Town, changes: dict[str, Any]
) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    before, poison, after = entry(), entry(**changes), entry()
    pushed = desk.send(before, poison, after)
    assert pushed.sequence == 3
    assert [one.sequence for one in pushed.set_aside] == [2]
    assert pushed.set_aside[0].reason
    assert LONG not in str(pushed.set_aside[0].slots)
    assert received(other) == [(1, before.subject), (2, ""), (3, after.subject)]
    (held,) = listed(town.centre)
    assert (held.place, held.sequences) == (("RL01", "AAAA", "office"), (2,))
    town.centre.projector.catch_up()
    with town.centre.database.read() as connection:
        states = connection.execute("SELECT subject FROM view_state WHERE subject LIKE 'person:%'").fetchall()
    assert {subject for (subject,) in states} == {before.subject, after.subject}


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"7", b'{"id":7}', b'"\\u0000"', b'{"subject":"person:1"}'], ids=repr
)
def test_what_cannot_be_read_is_set_aside_and_never_released(town: Town, body: bytes) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    stream = desk.stream()
    stream.write([entry()])
    stream.write(bodies=[body])
    stream.write([entry()])
    assert [one.sequence for one in desk.push(stream.rows).set_aside] == [2]
    assert [sequence for sequence, _ in received(other)] == [1, 2, 3]
    (held,) = listed(town.centre)
    with pytest.raises(NotDone):
        release(town.centre, held)


def test_what_is_nested_too_deep_for_some_readers_is_set_aside_and_never_released(town: Town) -> None:
    deep: object = "x"
    for _ in range(300):
        deep = [deep]
    flat = [[str(number)] for number in range(300)]
    pushed = town.machine("AAAA").send(
        entry(writes={"other": Write(flat)}), entry(writes={"other": Write(deep)})
    )
    assert [one.sequence for one in pushed.set_aside] == [2]
    (held,) = listed(town.centre)
    with pytest.raises(NotDone):
        release(town.centre, held)


def test_an_entry_that_says_another_place_than_its_own_is_set_aside(town: Town) -> None:
    desk = town.machine("AAAA")
    strange = entry(terminal="BBBB", sequence=7)
    desk.stream().write(bodies=[encode(strange)])
    assert [one.sequence for one in desk.push(desk.stream().rows).set_aside] == [1]


def test_an_act_is_set_aside_whole(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    whole = act(entry(), entry(role="police"), entry())
    pushed = desk.send(entry(), *whole, entry())
    assert [one.sequence for one in pushed.set_aside] == [2, 3, 4]
    assert [sequence for sequence, subject in received(other) if not subject] == [2, 3, 4]
    (held,) = listed(town.centre)
    assert held.subjects == tuple(one.subject for one in whole)


def test_an_id_that_is_taken_is_set_aside_also_within_one_batch(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    first = entry()
    desk.send(first)
    same = entry(id=first.id)
    twice = entry()
    assert [
        one.sequence for one in other.send(entry(), same, twice, replace(entry(), id=twice.id)).set_aside
    ] == [
        2,
        4,
    ]
    for held in listed(town.centre):
        with pytest.raises(NotDone):
            release(town.centre, held)


def test_a_lost_answer_is_given_again_with_what_was_set_aside(town: Town) -> None:
    desk = town.machine("AAAA")
    rows = desk.stream().write([entry(), entry(role="police")])
    first = desk.push(rows)
    assert desk.push(rows) == first
    assert len(listed(town.centre)) == 1


def test_what_is_released_reaches_everybody_once(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    act_ = act(entry(role="police"), entry(role="police"))
    desk.send(entry(), *act_, entry())
    pulled, _ = other.pull()
    (held,) = listed(town.centre)
    release(town.centre, held)
    assert listed(town.centre) == []
    pulled, rows = other.pull(pulled.cursor)
    noted, *rows = rows
    assert [(row.sequence, row.subject) for row in rows] == [(2, act_[0].subject), (3, act_[1].subject)]
    assert rows[0].body == desk.stream().rows[1].body
    assert noted.body is not None
    said = decode(noted.body)
    assert (said.subject, said.kind, said.actor) == ("terminal:AAAA", "released", "S001")
    assert other.pull(pulled.cursor)[1] == []
    assert desk.push(desk.stream().rows).set_aside == ()
    with pytest.raises(NotDone):
        release(town.centre, held)
    newcomer = town.machine("CCCC")
    assert [subject for _, subject in received(newcomer)].count(act_[0].subject) == 2  # again: passed over


def test_a_range_is_released_whole_acts_at_once(town: Town) -> None:
    desk = town.machine("AAAA")
    desk.send(
        *act(entry(role="police"), entry(role="police")), entry(), entry(role="police"), entry(role="king")
    )
    assert admin.release(town.centre, ("RL01", "AAAA", "office"), 2, 4, "S001") == 3
    assert [held.sequences for held in listed(town.centre)] == [(5,)]
    with town.centre.database.read() as connection:
        releases = town.centre.registry(connection).releases()
        assert quarantine.listed(connection, "RL01", also_released=True)[0].sequences == (1, 2)
    assert {place: one.by for place, one in releases.items()} == {
        ("AAAA", "office", 1): "S001",
        ("AAAA", "office", 4): "S001",
    }


def test_what_is_released_is_that_act_alone_whatever_others_are_called(town: Town) -> None:
    desk = town.machine("AAAA")
    harmless = entry(role="police")
    desk.send(harmless, entry(), entry(role="king", act=harmless.act))
    desk.send(entry(role="police", act=harmless.act))  # side by side, but sent later
    held = listed(town.centre)
    assert [one.sequences for one in held] == [(1,), (3,), (4,)]
    release(town.centre, held[0])
    assert [one.sequences for one in listed(town.centre)] == [(3,), (4,)]
    release(town.centre, held[2])
    assert [one.sequences for one in listed(town.centre)] == [(3,)]


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": "case:1", "writes": {"refused.permit": Write("abc")}},
        {"wall": "garbage"},
        {"writes": {"name": Write("MA\0MA")}},
        {"writes": {"notes": Write("x" * LARGEST)}},
    ],
    ids=str,
)
def test_what_no_program_could_read_is_never_released(town: Town, changes: dict[str, Any]) -> None:
    desk = town.machine("AAAA")
    desk.send(entry(role="police"), entry(role="police", **changes), entry(role="police"))
    with pytest.raises(NotDone):
        admin.release(town.centre, ("RL01", "AAAA", "office"), 1, 3, "S001")
    first, _, last = listed(town.centre)
    release(town.centre, first)
    release(town.centre, last)
    assert [one.sequences for one in listed(town.centre)] == [(2,)]


def test_what_a_revoked_terminal_sends_later_is_set_aside_and_what_came_before_stays(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    before, after = entry(), entry()
    desk.send(before)
    admin.revoke(town.centre, "AAAA", "S001")
    assert [one.sequence for one in desk.send(after).set_aside] == [2]
    assert received(other) == [(1, before.subject), (2, "")]
    health = desk.stream(HEALTH).write([entry(subject="health:1", role="doctor")])
    assert len(desk.push(health).set_aside) == 1  # a stream that begins only now, too
    for held in listed(town.centre):
        if held.place[2] == "office":
            release(town.centre, held)
    assert (2, after.subject) in received(other)


def test_what_a_revoked_terminal_wrote_is_set_aside_whoever_brings_it(town: Town) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    admin.revoke(town.centre, "AAAA", "S001")
    rows = desk.stream().write([entry()])
    assert len(other.push(rows, desk.stream().pushed(rows)).set_aside) == 1


def test_only_the_centre_writes_the_stream_admin(town: Town) -> None:
    desk = town.machine("AAAA")
    with pytest.raises(Refused) as refused:
        desk.send(entry(), stream="admin")
    assert (refused.value.status, refused.value.kind) == (403, "not_yours")
    head = Head("RL01", town.centre.code, "admin", 1, bytes(32))
    signed = replace(head, signature=desk.key.sign(head.signed_bytes()))
    (row,) = desk.stream("admin").rows
    with pytest.raises(Refused):
        desk.push([replace(row, terminal=town.centre.code)], Push(0, bytes(32), signed))


@pytest.mark.parametrize(
    ("role", "accepted"),
    [("applicant", False), ("supervisor", True), ("reception", True), ("system", False), ("police", False)],
)
def test_who_may_write_at_a_counter(town: Town, role: str, accepted: bool) -> None:
    assert (town.machine("AAAA").send(entry(role=role)).set_aside == ()) is accepted


@pytest.mark.parametrize(
    ("role", "accepted"), [("applicant", True), ("system", False), ("supervisor", False)]
)
def test_who_may_write_at_a_self_service_terminal(town: Town, role: str, accepted: bool) -> None:
    machine = town.machine("AAAA", (), "selfservice")
    assert (machine.send(entry(role=role, actor="")).set_aside == ()) is accepted


@pytest.mark.parametrize(
    "changes",
    [
        {"actor": "P001"},
        {"subject": "case:1", "writes": {"stage.permit": Write({"state": "approved"})}},
        {"subject": "case:1", "writes": {"status": Write("open")}},
        {"subject": "case:1", "writes": {"accepted_by": Write("")}},
        {"subject": "permit:1", "writes": {"status": Write("void")}},
        {"subject": "clearance:1", "writes": {"valid_to": Write("2027-01-01")}},
        {"subject": "case:1", "decision": Decision("approve", "permit", "accepted", "approved")},
    ],
)
def test_a_self_service_terminal_decides_and_issues_nothing(town: Town, changes: dict[str, Any]) -> None:
    machine = town.machine("AAAA", (), "selfservice")
    assert len(machine.send(entry(**{"role": "applicant", "actor": ""} | changes)).set_aside) == 1


def doctors(**changes: Any) -> Entry:
    return entry(role="doctor", subject="health:1", **changes)


def test_only_the_health_post_writes_what_a_doctor_found(town: Town) -> None:
    post, desk = town.machine("AAAA", ("health_post",)), town.machine("BBBB")
    assert post.send(doctors(), stream=HEALTH).set_aside == ()
    ordered = entry(subject="health:1", writes={"laboratory_number": Write("N4038PT")})
    assert desk.send(ordered, stream=HEALTH).set_aside == ()
    for kind, writes in (
        ("corrected", ordered.writes),
        ("recorded", {"case": Write("case:2", (ordered.id,))}),
        ("private", {}),
    ):
        other = entry(subject="health:1", kind=kind, writes=writes)
        assert len(desk.send(other, stream=HEALTH).set_aside) == 1
    assert len(desk.send(entry(subject="health:1"), stream=HEALTH).set_aside) == 1
    assert len(post.send(entry(role="doctor"), stream=HEALTH).set_aside) == 1  # no subject of that stream
    assert len(post.send(doctors()).set_aside) == 1
