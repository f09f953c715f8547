"""What a centre gives out: checked, dated and announced; and what it holds back for want of a pack."""

from __future__ import annotations

import base64
import shutil
from datetime import date, timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec.structs import replace

from central import admin, packs, quarantine
from central.__main__ import main
from central.accepting import UNKNOWN_PACK
from central.centre import Centre
from kiosk.definitions.bundle import bundle, digest_of
from kiosk.errors import PackError, Refused
from kiosk.model.entries import ADMIN, Write, decode
from kiosk.store.database import Connection
from tests.central.machine import Town, act, entry
from tests.office import sample_pack
from tests.packing import PHONE, changed_pack

TODAY = date(2026, 3, 2)
WORKER = sample_pack().digests["worker"]


def in_force(centre: Centre) -> int:
    """The version that the centre names, 0 where it names none."""
    with centre.database.read() as connection:
        found = centre.in_force(connection)
    return found.version if found else 0


# --- giving out ----------------------------------------------------------------------------------


def test_a_pack_is_announced_named_in_the_signed_lists_and_given(town: Town, tmp_path: Path) -> None:
    desk = town.machine("AAAA")
    folder = changed_pack(tmp_path / "pack")
    offer, released = packs.publish(town.centre, folder, TODAY, "admin")
    assert (offer.version, offer.since, released) == (2, "2026-03-02", 0)
    _, rows = desk.pull()
    (told,) = [decode(row.body) for row in rows if row.body and row.subject.startswith("pack:")]
    assert (told.kind, told.actor, told.stream) == ("published", "admin", ADMIN)
    assert told.subject == f"pack:{digest_of(bundle(folder))}"
    lists = desk.lists()
    signed = base64.b64decode(lists["signed"])
    public = Ed25519PublicKey.from_public_bytes(town.centre.public)
    public.verify(bytes.fromhex(lists["signature"]), signed)
    named = msgspec.json.decode(signed)
    assert named["packs"] == [msgspec.to_builtins(offer)]
    assert {*offer.tracks.values(), WORKER} <= set(named["definitions"])
    for digest in (offer.digest, *named["definitions"]):
        answer = desk.call("GET", f"/v1/packs/{digest}")
        assert digest_of(answer.content) == digest
    town.centre.follow_pack()
    assert town.centre.pack.office.version == 2


def test_a_pack_is_given_to_the_offices_terminals_and_to_nobody_else(town: Town, tmp_path: Path) -> None:
    desk, kiosk = town.machine("AAAA"), town.machine("CCCC", (), "selfservice")
    offer, _ = packs.publish(town.centre, changed_pack(tmp_path / "pack"), TODAY, "admin")
    way = f"/v1/packs/{offer.digest}"
    assert kiosk.call("GET", way).status_code == 200
    assert desk.call("GET", f"/v1/packs/{'0' * 64}").status_code == 404
    assert desk.call("GET", "/v1/packs/..").status_code in (400, 404)
    assert desk.http.get(way).status_code == 401
    admin.revoke(town.centre, "AAAA", "admin")
    assert desk.call("GET", way).status_code == 403


def test_a_new_terminal_is_given_the_pack_of_today_for_its_invitation(town: Town, tmp_path: Path) -> None:
    desk = town.machine("AAAA")

    def asked(secret: str) -> httpx.Response:
        return desk.http.post("/v1/packs/invited", json={"secret": secret})

    secret = admin.invite(town.centre, "new", "counter", ["reception"])
    assert asked(secret).status_code == 400  # the centre was opened by a test, without a pack to give
    folder = changed_pack(tmp_path / "pack")
    packs.publish(town.centre, folder, TODAY, "admin")
    assert asked(secret).content == bundle(folder)
    assert asked("0" * 26).status_code == 403


def test_the_greatest_version_counts_whose_day_has_come(centre: Centre, tmp_path: Path) -> None:
    today = centre.clock().date()
    assert in_force(centre) == 0
    packs.publish(centre, changed_pack(tmp_path / "two"), today, "admin")
    packs.publish(centre, changed_pack(tmp_path / "three", 3), today + timedelta(days=30), "admin")
    assert in_force(centre) == 2
    packs.publish(centre, changed_pack(tmp_path / "four", 4), today, "admin")
    assert in_force(centre) == 4


def test_a_centre_gives_what_it_was_opened_with_until_a_pack_counts(centre: Centre, tmp_path: Path) -> None:
    folder = changed_pack(tmp_path / "opened", 1, (), ())
    opened = Centre(centre.database, sample_pack(), centre.clock, bundled=bundle(folder))
    assert in_force(opened) == 1
    today = centre.clock().date()
    packs.publish(opened, changed_pack(tmp_path / "two"), today + timedelta(days=1), "admin")
    assert in_force(opened) == 1
    packs.publish(opened, changed_pack(tmp_path / "three", 3), today, "admin")
    assert in_force(opened) == 3
    with opened.database.read() as connection:
        assert [one.version for one in opened.offers(connection)] == [3, 2]


@pytest.mark.parametrize(
    ("version", "changes", "says"),
    [
        (1, [], "already"),
        (2, [], "greater version"),
        (3, [("assets/office.yaml", "code: RL01", "code: XX01")], "of office XX01"),
        (3, [("assets/texts.yaml", "notice_help:", "notice_other:")], "texts.notice_help"),
    ],
)
def test_a_pack_that_may_not_follow_is_refused(
    centre: Centre, tmp_path: Path, version: int, changes: list[tuple[str, str, str]], says: str
) -> None:
    packs.publish(centre, changed_pack(tmp_path / "first", 1, (), ()), TODAY, "admin")
    packs.publish(centre, changed_pack(tmp_path / "second"), TODAY, "admin")
    folder = changed_pack(tmp_path / "third", version, changes, ())
    with pytest.raises(Refused, match=says):
        packs.publish(centre, folder, TODAY, "admin")
    assert in_force(centre) == 2


def test_an_earlier_pack_is_known_for_its_cases_and_worked_by_nowhere(town: Town, tmp_path: Path) -> None:
    desk = town.machine("AAAA")
    folder = changed_pack(tmp_path / "old", 1)
    with pytest.raises(Refused, match="would be worked by"):
        packs.publish(town.centre, folder, TODAY, "admin", earlier=True)
    packs.publish(town.centre, changed_pack(tmp_path / "new", 2, (), ()), TODAY, "admin")
    old = packs.checked(folder, TODAY)[0].digests["worker"]
    assert desk.send(entry(definitions=old)).set_aside[0].reason == UNKNOWN_PACK.template
    assert packs.publish(town.centre, folder, TODAY, "admin", earlier=True)[1] == 1
    assert in_force(town.centre) == 2
    assert desk.send(entry(definitions=old)).set_aside == ()


def test_a_bad_pack_is_refused_with_file_line_and_mend(centre: Centre, tmp_path: Path) -> None:
    change = ("forms/registration.yaml", PHONE, PHONE.replace("key: person", "key: persn"))
    with pytest.raises(PackError, match=r"cannot be given out\. Faults: 1\.") as bad:
        packs.publish(centre, changed_pack(tmp_path / "pack", 2, [change], ()), TODAY, "admin")
    (found,) = bad.value.findings
    assert (found.file, str(found.text)) == ("forms/registration.yaml", "Unknown subject “persn”.")
    with pytest.raises(PackError, match="no folder"):
        packs.publish(centre, tmp_path / "nothing", TODAY, "admin")
    (tmp_path / "no.zip").write_bytes(b"PK no")
    with pytest.raises(PackError, match="no zip file"):
        packs.publish(centre, tmp_path / "no.zip", TODAY, "admin")
    assert in_force(centre) == 0


def test_a_restored_centre_takes_a_pack_that_it_lost_once_more(centre: Centre, tmp_path: Path) -> None:
    folder = changed_pack(tmp_path / "pack")
    offer, _ = packs.publish(centre, folder, TODAY, "admin")

    def forget(connection: Connection) -> None:
        connection.execute("DELETE FROM definition")

    centre.database.transact(forget)
    again = Centre(centre.database, sample_pack(), centre.clock)
    with again.database.read() as connection:
        assert set(offer.tracks.values()) <= again.registry(connection).definitions
    assert packs.publish(again, folder, TODAY, "admin")[0] == offer
    again.follow_pack()
    assert again.pack.office.version == 2
    with pytest.raises(Refused, match="already"):
        packs.publish(again, folder, TODAY, "admin")


def test_no_terminal_brings_back_what_was_never_given_out_or_is_something_else(
    town: Town, tmp_path: Path
) -> None:
    desk, content = town.machine("AAAA"), bundle(changed_pack(tmp_path / "pack"))
    offer, _ = packs.publish(town.centre, tmp_path / "pack", TODAY, "admin")
    foreign = bundle(changed_pack(tmp_path / "other", 9))

    def lose(connection: Connection) -> None:
        connection.execute("DELETE FROM definition WHERE digest LIKE ?", (f"%{offer.digest}",))

    town.centre.database.transact(lose)
    assert desk.heads().wanted == (offer.digest,)
    for digest, brought in ((digest_of(foreign), foreign), (offer.digest, foreign)):
        assert desk.call("PUT", f"/v1/wanted/{digest}", brought).status_code == 400
    assert desk.heads().wanted == (offer.digest,)
    for _ in range(2):  # another desk may just have brought it
        assert desk.call("PUT", f"/v1/wanted/{offer.digest}", content).status_code == 200
    assert desk.heads().wanted == ()
    admin.revoke(town.centre, "AAAA", "S001")
    assert desk.call("PUT", f"/v1/wanted/{offer.digest}", content).status_code == 403


def test_a_pack_that_this_program_reads_no_more_stops_no_command(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CENTRAL_DATABASE", centre.database.url)
    monkeypatch.setenv("CENTRAL_DATA", str(tmp_path))
    packs.publish(centre, changed_pack(tmp_path / "two"), TODAY, "admin")
    folder = changed_pack(tmp_path / "three", 3)
    offer, _ = packs.publish(centre, folder, TODAY, "admin")
    (folder / "assets" / "office.yaml").unlink()

    def read_more_strictly(connection: Connection) -> None:
        connection.execute(
            "UPDATE definition SET body = ? WHERE digest = ?", (bundle(folder), f"pack/{offer.digest}")
        )

    centre.database.transact(read_more_strictly)
    again = Centre(centre.database, sample_pack(), centre.clock)
    assert again.pack.office.version == 2
    assert main(["packs", "list"]) == 0
    assert "cannot read it, or it is not here: the centre works by version 2" in said(capsys)
    assert main(["packs", "add", str(changed_pack(tmp_path / "four", 4))]) == 0
    again.follow_pack()
    assert again.pack.office.version == 4


def test_a_repeat_takes_in_what_the_first_one_was_stopped_before(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, folder = town.machine("AAAA"), changed_pack(tmp_path / "pack")
    pinned = packs.checked(folder, TODAY)[0].digests["worker"]
    desk.send(entry(definitions=pinned))
    with monkeypatch.context() as stopped:
        stopped.setattr(quarantine, "listed", stop)
        with pytest.raises(KeyboardInterrupt):
            packs.publish(town.centre, folder, TODAY, "admin")
    with town.centre.database.read() as connection:
        assert quarantine.listed(connection, town.centre.office)
    with pytest.raises(Refused, match="already"):
        packs.publish(town.centre, folder, TODAY, "admin")
    with town.centre.database.read() as connection:
        assert not quarantine.listed(connection, town.centre.office)


def stop(*_: object) -> None:
    raise KeyboardInterrupt


def test_the_commands_give_out_and_list(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CENTRAL_DATABASE", town.centre.database.url)
    monkeypatch.setenv("CENTRAL_DATA", str(tmp_path))
    folder = changed_pack(tmp_path / "pack")
    archive = shutil.make_archive(str(tmp_path / "zipped"), "zip", tmp_path, "pack")
    day = town.centre.clock().date()
    assert main(["packs", "add", archive, "--from", "2020-01-01"]) == 2
    assert said(capsys) == (
        "central: 1 January 2020 is past. A pack counts from today on, or from a later day.\n"
    )
    assert main(["packs", "add", archive, "--from", f"{day}"]) == 0
    assert f"Version 2 is given out, for {day} and later: {digest_of(bundle(folder))}" in said(capsys)
    assert main(["packs", "add", str(folder)]) == 2
    assert "given out already" in said(capsys)
    assert main(["packs", "list"]) == 0
    assert f"version 2  from {day}" in said(capsys)
    with pytest.raises(SystemExit):
        main(["packs", "add", archive, "--from", "tomorrow"])
    assert "a day is written 2026-04-01" in said(capsys)


def test_the_command_says_each_fault_once_with_its_mend(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CENTRAL_DATABASE", town.centre.database.url)
    unknown = ("forms/registration.yaml", PHONE, PHONE.replace("key: person", "key: persn"))
    folder = changed_pack(tmp_path / "pack", 2, [unknown], ())
    (folder / "workflows/worker.yaml").unlink()
    assert main(["packs", "add", str(folder)]) == 2
    first, *faults = said(capsys).splitlines()
    assert first.startswith("central: This office pack cannot be given out. Faults: ")
    assert len(faults) == len(set(faults)) == int(first.split()[-1].rstrip("."))
    assert all(" Mend: " in fault and ":0:" not in fault for fault in faults)


def test_the_pack_that_counts_is_not_given_out_and_none_that_was_withdrawn_counts(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CENTRAL_DATABASE", centre.database.url)
    first = changed_pack(tmp_path / "first", 1, (), ())
    opened = ["--pack", str(first)]
    assert main(["packs", "add", str(first), *opened]) == 2
    assert "This very pack counts already, as version 1: the centre was opened with it." in said(capsys)
    packs.publish(centre, first, TODAY, "admin")  # as an earlier program did
    assert main(["packs", "withdraw", "1", *opened]) == 2
    assert "no earlier pack here to go back to" in said(capsys)
    assert main(["packs", "list", *opened]) == 0
    assert len(said(capsys).splitlines()) == 1


def said(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    return out + err


# --- the door ------------------------------------------------------------------------------------


def test_what_goes_by_an_unknown_pack_waits_at_the_door_until_the_pack_is_there(
    town: Town, tmp_path: Path
) -> None:
    desk, other = town.machine("AAAA"), town.machine("BBBB")
    folder = changed_pack(tmp_path / "pack")
    pinned = packs.checked(folder, TODAY)[0].digests["worker"]
    known, new = entry(definitions=WORKER), entry(definitions=pinned)
    case = entry(subject="case:1", writes={"definitions": Write(pinned)})
    never = entry(definitions="f" * 64)
    both = act(entry(), entry(definitions=pinned))
    answer = desk.send(known, new, case, never, *both)
    assert [one.sequence for one in answer.set_aside] == [2, 3, 4, 5, 6]
    assert {one.reason for one in answer.set_aside} == {UNKNOWN_PACK.template}
    _, released = packs.publish(town.centre, folder, TODAY, "admin")
    assert released == 4
    with town.centre.database.read() as connection:
        (left,) = quarantine.listed(connection, town.centre.office)
        by = town.centre.registry(connection).releases()
    assert left.sequences == (4,)
    assert {one.by for one in by.values()} == {"admin"}
    _, rows = other.pull()
    assert {new.id, case.id, both[1].id} <= {row.id for row in rows}
    more = replace(entry(), definitions=pinned)
    assert desk.send(more).set_aside == ()


def test_a_pack_takes_in_nothing_else_that_bears_the_name_of_what_waited_for_it(
    town: Town, tmp_path: Path
) -> None:
    desk = town.machine("AAAA")
    folder = changed_pack(tmp_path / "pack")
    waiting = entry(definitions=packs.checked(folder, TODAY)[0].digests["worker"])
    desk.send(waiting, entry(), replace(waiting, id="x", role="king"))
    desk.send(replace(waiting, id="y", role="king"))
    assert packs.publish(town.centre, folder, TODAY, "admin")[1] == 1
    with town.centre.database.read() as connection:
        assert [one.sequences for one in quarantine.listed(connection, "RL01")] == [(3,), (4,)]


def test_what_cannot_be_taken_in_holds_back_no_more_than_its_part(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central.rejudging.AT_ONCE", 1)
    desk, folder = town.machine("AAAA"), changed_pack(tmp_path / "pack")
    pinned = packs.checked(folder, TODAY)[0].digests["worker"]
    waiting = [entry(definitions=pinned) for _ in range(3)]
    desk.send(*waiting)
    assert desk.send(entry(id=waiting[1].id)).set_aside == ()  # now another entry has its number
    assert packs.publish(town.centre, folder, TODAY, "admin")[1] == 2
    with town.centre.database.read() as connection:
        assert [one.sequences for one in quarantine.listed(connection, "RL01")] == [(2,)]


def test_no_terminal_announces_a_pack(town: Town) -> None:
    desk = town.machine("AAAA")
    answer = desk.send(
        entry(subject="pack:1", kind="recorded"), entry(kind="published"), entry(role="reception")
    )
    assert [one.sequence for one in answer.set_aside] == [1, 2]
