"""Which role takes a stage where stands in the workflow; the centre asks it once more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from central import admin, packs, quarantine
from central.accepting import UNKNOWN_PACK
from central.centre import Centre
from central.rejudging import release_known
from kiosk.definitions import read_pack
from kiosk.model.ask import stage_value
from kiosk.model.entries import KINDS, Decision, Entry, Kind, Write, decode
from kiosk.model.workflow import ActionDefinition
from tests.central.machine import ALL, Machine, Town, act, entry, serving
from tests.office import LODGING, Office, sample_pack
from tests.packing import changed_pack

WORKER = sample_pack().tracks["worker"]
DIGEST = sample_pack().digests["worker"]
SAID = "“{role}” does not write this."


def stage(key: str, state: str, *replaces: str) -> dict[str, Write]:
    return {f"stage.{key}": Write(stage_value(WORKER.stage(key), state), replaces)}


def decided(role: str, action: str, of: str, from_: str, to: str, **changes: Any) -> Entry:
    decision = Decision(action, of, from_, to)
    return wrote(role, "decided", stage(of, to), decision=decision, **changes)


def wrote(role: str, kind: str, writes: dict[str, Write], subject: str = "case:1", **changes: Any) -> Entry:
    return entry(
        **{"role": role, "kind": kind, "writes": writes, "subject": subject, "definitions": DIGEST} | changes
    )


def held(machine: Machine, *entries: Entry) -> list[tuple[str, dict[str, str]]]:
    return [(one.reason, one.slots) for one in machine.send(*act(*entries)).set_aside]


@pytest.fixture
def desk(town: Town) -> Machine:
    return town.machine("AAAA", ALL)


def confirmed() -> list[Entry]:
    """As a desk writes it when the person says that he knows his employer."""
    told = {"confirmed": Write({"name": "x"})}
    return [
        decided("applicant", "confirm", "guarantee", "signed", "confirmed"),
        wrote("applicant", "changed_status", told, "guarantee:1"),
    ]


def written(office: Office) -> list[Entry]:
    with office.store.read() as connection:
        bodies = connection.execute("SELECT body FROM entry WHERE stream = 'office' ORDER BY sequence")
        return [decode(body) for (body,) in bodies.fetchall()]


def test_all_that_a_desk_writes_of_a_whole_case_is_taken(desk: Machine, tmp_path: Path) -> None:
    with Office(tmp_path) as office:
        case = office.worker("approved")
        office.desk.perform(office.police, case, "permit", "take_back")
        ended = office.register()
        office.desk.perform(office.reception, ended, "", "withdraw", reason="own_wish")
        entries = written(office)
    assert {"opened", "decided", "changed_status", "recorded"} <= {one.kind for one in entries}
    assert {one.role for one in entries} >= {"applicant", "reception", "labour", "police"}
    assert desk.send(*entries).set_aside == ()


@pytest.mark.parametrize(
    "writes",
    [
        {"notice_acknowledged": Write(True), "notice_version": Write("1")},
        {"consent_sms": Write(True), "consent_photo_reuse": Write(False)},
    ],
)
def test_the_person_says_what_his_screen_asks(desk: Machine, writes: dict[str, Write]) -> None:
    assert held(desk, wrote("applicant", "recorded", writes)) == []
    assert held(desk, wrote("applicant", "recorded", {**writes, "receipt_number": Write("x")})) != []
    assert held(desk, wrote("applicant", "recorded", writes, definitions="")) != []


def test_the_person_confirms_his_employer_and_decides_nothing_else(desk: Machine) -> None:
    assert held(desk, *confirmed()) == []
    for one in (
        decided("applicant", "approve", "permit", "accepted", "approved"),
        decided("applicant", "confirm", "permit", "open", "accepted"),
        decided("applicant", "confirm", "guarantee", "open", "confirmed"),
        replace(confirmed()[0], writes=stage("permit", "approved")),
        replace(confirmed()[0], definitions=""),
        wrote("applicant", "recorded", stage("permit", "approved")),
        wrote("applicant", "recorded", {"status": Write("withdrawn")}),
        wrote("applicant", "settled", {"entry_date": Write("2026-03-01")}),
        wrote("applicant", "changed_status", {"status": Write("withdrawn")}, "guarantee:1"),
        wrote("applicant", "recorded", {"name": Write("KO KO")}, "person:1"),
    ):
        assert held(desk, one) == [(SAID, {"role": "applicant"})]


def test_no_role_takes_a_stage_where_the_workflow_does_not_let_it(desk: Machine) -> None:
    assert held(desk, decided("police", "approve", "permit", "accepted", "approved")) == []
    for role, one in (
        ("labour", decided("labour", "approve", "permit", "accepted", "approved")),
        ("police", decided("police", "approve", "permit", "accepted", "handed_over")),
        ("reception", wrote("reception", "changed_status", stage("permit", "approved"))),
        ("reception", wrote("reception", "changed_status", stage("permit", "open", "0192-earlier"))),
        ("reception", wrote("reception", "opened", stage("registration", "done"))),
        ("police", replace(decided("police", "x", "permit", "accepted", "approved"), decision=None)),
        ("labour", wrote("labour", "settled", stage("permit", "approved"))),
        ("labour", wrote("labour", "corrected", {"status": Write("withdrawn")})),
        ("labour", wrote("labour", "decided", {"status": Write("withdrawn")}, note={"action": "withdraw"})),
    ):
        assert held(desk, one) == [(SAID, {"role": role})]


def test_a_case_is_begun_in_the_roles_of_its_first_stage_and_opened_by_nobody_for_himself(
    desk: Machine,
) -> None:
    begun = {"status": Write("open"), **stage("registration", "draft")}
    assert held(desk, wrote("reception", "opened", begun)) == []
    assert held(desk, wrote("doctor", "changed_status", stage("permit", "open"))) == []
    for one in (
        *(wrote(role, "opened", begun) for role in ("police", "doctor", "applicant")),
        wrote("doctor", "opened", {"status": Write("open")}),
        wrote("applicant", "changed_status", stage("permit", "open")),
    ):
        assert held(desk, one) == [(SAID, {"role": one.role})]


def test_all_that_is_written_when_the_person_does_something_is_taken(
    town: Town, desk: Machine, tmp_path: Path
) -> None:
    """Here his word opens a stage, and answers are given with it; and one thing he or the clerk may do."""
    waits = "      - stage_is: {stage: guarantee, states: [registered]}"
    changes = [
        ("workflows/worker.yaml", waits, waits.replace("[", "[confirmed, ")),
        ("workflows/worker.yaml", "roles: [labour, reception]", "roles: [labour, applicant]"),
    ]
    folder = changed_pack(tmp_path / "pack", changes=changes, words=())
    packs.publish(town.centre, folder, town.centre.clock().date(), "test")
    with Office(tmp_path, pack=read_pack(folder)) as office:
        case = office.register()
        office.clear(case)
        office.sign(case)
        office.desk.perform(office.labour, case, "guarantee", "confirm", answers=LODGING)
        assert office.state(case, "permit") == "open"
        entries = written(office)
    own = [one for one in entries if one.role == "applicant"]
    assert [(one.kind, one.subject_kind) for one in own] == [
        ("recorded", "case"), ("decided", "case"), ("changed_status", "guarantee"),
    ]  # fmt: skip
    assert desk.send(*entries).set_aside == ()
    (signed,) = [one for one in entries if one.decision and one.decision.action == "sign"]
    hostile = replace(signed, id="another", act="another", act_size=1, role="applicant")
    assert held(desk, hostile) == [(SAID, {"role": "applicant"})]


ENDINGS = [
    (stage.key, action)
    for stage in WORKER.stages
    for action in stage.actions
    if action.roles != ("applicant",) and action.kind != "private"
]


@pytest.mark.parametrize(("of", "action"), ENDINGS, ids=[action.key for _, action in ENDINGS])
def test_an_action_ends_a_case_as_its_effects_do_and_in_no_other_way(
    desk: Machine, of: str, action: ActionDefinition
) -> None:
    ends = {"hand_over": "ended", "refuse_case": "refused", "withdraw_case": "withdrawn"}
    due = {ends[effect] for effect in action.effects if effect in ends}
    made = Decision(action.key, of, action.from_[0], action.to)
    for status in ("open", "ended", "refused", "withdrawn", "whatever"):
        ended = wrote(action.roles[0], "decided", {"status": Write(status)}, decision=made)
        assert held(desk, ended) == ([] if status in due else [(SAID, {"role": action.roles[0]})])


NEWER = "A newer program wrote this. Whether “{role}” may, the central system cannot tell."


def test_a_newer_kind_or_version_is_no_way_around(town: Town, desk: Machine) -> None:
    approved = decided("labour", "approve", "permit", "accepted", "approved")
    for one in (
        replace(approved, version=KINDS["decided"].version + 1),
        replace(approved, kind="whatever", writes={}),
        wrote("labour", "whatever", stage("permit", "approved")),
        wrote("labour", "whatever", {"status": Write("refused")}, definitions=""),
        wrote("applicant", "whatever", {"notice_acknowledged": Write(True)}),
    ):
        assert held(desk, one) == [(NEWER, {"role": one.role})]
    assert held(desk, wrote("labour", "whatever", {"colour": Write("blue")})) == []
    last = len(desk.stream().rows)
    assert admin.release(town.centre, ("RL01", "AAAA", "office"), last - 1, last - 1, "S001") == 1


def test_after_an_update_the_centre_takes_in_what_it_did_not_know(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = replace(
        decided("police", "approve", "permit", "accepted", "approved"), version=KINDS["decided"].version + 1
    )
    not_his = replace(newer, id="other", act="other", role="labour")
    with serving(centre) as town:
        desk = town.machine("AAAA", ALL)
        assert [held(desk, one) for one in (newer, not_his)] == [
            [(NEWER, {"role": one.role})] for one in (newer, not_his)
        ]
    asked: list[object] = []
    rows_of = quarantine.rows_of
    with monkeypatch.context() as counted, serving(centre) as town:  # a start alone changes nothing
        counted.setattr(quarantine, "rows_of", lambda *of: asked.append(of) or rows_of(*of))
        release_known(centre, "admin")
        assert len(asked) == 1  # for many acts, too
        desk = town.known(desk)
        assert [one["reason"] for one in desk.lists()["set_aside"]] == [NEWER, NEWER]
    monkeypatch.setitem(KINDS, "decided", Kind(newer.version, "{stage}: {action}"))
    with serving(centre) as town:
        desk = town.known(desk)
        assert [(one["sequence"], one["reason"]) for one in desk.lists()["set_aside"]] == [(2, SAID)]
        _, rows = desk.rows("AAAA")
        assert [decode(row.body).id for row in rows if row.body] == [newer.id]


def test_a_supervisor_settles_and_a_case_ends_at_the_persons_word(desk: Machine) -> None:
    upheld = Decision("settle", "permit", "accepted", "approved")
    assert held(desk, wrote("supervisor", "settled", stage("permit", "approved"), decision=upheld)) == []
    ended = {"status": Write("withdrawn")}
    assert held(desk, wrote("reception", "decided", ended, note={"action": "withdraw"})) == []


def test_what_lacked_its_pack_is_asked_the_same_when_the_pack_is_there(
    town: Town, desk: Machine, tmp_path: Path
) -> None:
    folder = changed_pack(tmp_path / "pack")
    digest = packs.checked(folder, town.centre.clock().date())[0].digests["worker"]
    good = [replace(one, definitions=digest) for one in confirmed()]
    bad = replace(decided("applicant", "approve", "permit", "accepted", "approved"), definitions=digest)
    desk.send(*act(*good))
    desk.send(bad)
    _, released = packs.publish(town.centre, folder, town.centre.clock().date(), "test")
    assert released == len(good)


def test_what_is_found_of_one_entry_goes_for_no_other_that_does_something_else(town: Town) -> None:
    """One push of entries that differ in one thing each is judged as if each had come alone."""
    approved = decided("police", "approve", "permit", "accepted", "approved", actor="R001")
    accepts = wrote("reception", "corrected", {"accepted_by": Write("R001")})
    entries = [
        approved,
        replace(approved, role="labour"),
        replace(approved, role="doctor"),
        replace(approved, actor="R002"),
        replace(approved, second="R001"),
        replace(approved, second="nobody"),
        replace(approved, definitions="unknown"),
        replace(approved, definitions=""),
        replace(approved, version=2),
        replace(approved, kind="corrected"),
        replace(approved, subject="permit:1"),
        replace(approved, subject="terminal:1"),
        replace(approved, decision=Decision("approve", "permit", "open", "approved")),
        replace(approved, decision=None),
        replace(approved, writes=stage("permit", "handed_over")),
        replace(approved, writes={"stage.health": Write({"state": "approved"})}),
        replace(approved, writes={"status": Write("withdrawn")}),
        replace(approved, writes={**approved.writes, "definitions": Write("unknown")}),
        replace(approved, wall="2026-03-05T10:30:00.000+08:00"),
        wrote("reception", "decided", {"status": Write("withdrawn")}, note={"action": "withdraw"}),
        wrote("reception", "decided", {"status": Write("withdrawn")}, note={"action": "approve"}),
        wrote("police", "changed_status", stage("permit", "open"), actor="R001"),
        wrote("police", "changed_status", stage("permit", "open", "0192-earlier"), actor="R001"),
        accepts,
        replace(accepts, writes={"accepted_by": Write("R002")}),
        replace(accepts, writes={"accepted_by": Write("R001"), "same_as.person:1": Write(True)}),
    ]
    entries = [replace(one, id=f"{at}", act=f"{at}") for at, one in enumerate([*entries, *entries])]
    for number, roles in (("R001", ["police", "reception", "labour"]), ("R002", ["doctor"])):
        admin.appoint(town.centre, number, "MA MA", roles, "a long passphrase", "admin")
    together, alone = town.machine("AAAA", ALL), town.machine("BBBB", ALL)
    found = {one.sequence: one for one in together.send(*entries).set_aside}
    entries = [replace(one, id=f"alone {one.id}", act=f"alone {one.act}") for one in entries]
    each = [alone.send(one).set_aside for one in entries]
    assert [found.get(at + 1) and found[at + 1].reason for at in range(len(entries))] == [
        one[0].reason if one else None for one in each
    ]
    assert len({one.reason for one in found.values()}) > 6
    assert 0 < len(found) < len(entries)


def test_what_no_pack_makes_right_is_not_let_in_behind_one_that_was_not_known(
    town: Town, desk: Machine, tmp_path: Path
) -> None:
    folder = changed_pack(tmp_path / "pack")
    digest = packs.checked(folder, town.centre.clock().date())[0].digests["worker"]
    phone = {"phone": Write("+8613800000000")}
    unknown = wrote("reception", "recorded", phone, "person:1", definitions=digest)
    hostile = [
        wrote("impostor", "recorded", {"status": Write("active")}, "permit:1"),
        wrote("reception", "revoked", {"revoked": Write({"at": "x"})}, "terminal:AAAA"),
        wrote("reception", "recorded", {"same_as.person:2": Write(True)}, "person:1"),
        wrote("reception", "recorded", {"conclusion": Write("FIT")}, "health:1"),
    ]
    for at, one in enumerate(hostile):
        alone = held(desk, replace(one, id=f"alone {at}", act=f"alone {at}"))
        assert held(desk, *act(replace(unknown, id=f"cover {at}"), one)) == 2 * alone
    assert [reason for reason, _ in held(desk, unknown)] == [UNKNOWN_PACK.template]
    _, released = packs.publish(town.centre, folder, town.centre.clock().date(), "test")
    assert released == 1
