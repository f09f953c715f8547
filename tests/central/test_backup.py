"""A backup holds everything; what is restored from an old one gets back from the terminals what it lost."""

from __future__ import annotations

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest

from central import admin
from central.backup import backup, restore
from central.centre import Centre
from central.database import open_database
from central.tables import KEPT
from kiosk.actions.terminal import system_clock
from kiosk.errors import KioskError, StoreError, WrongKey
from kiosk.model.chain import START, chain
from kiosk.model.entries import ADMIN
from kiosk.store import journal
from kiosk.store.keys import new_recovery
from kiosk.sync.protocol import Push
from tests.central.cluster import Cluster
from tests.central.machine import Machine, Refused, Town, entry, serving
from tests.central.restoring import PUBLIC, SECRET, bring, restored, revoked_since
from tests.office import sample_pack
from tests.store.compared import views


def nobody() -> str:
    raise AssertionError("the recovery key was asked for")


def content(centre: Centre) -> dict[str, list[tuple[object, ...]]]:
    with centre.database.read() as connection:
        return {
            table.name: sorted(connection.execute(f'SELECT * FROM "{table.name}"').fetchall(), key=str)  # noqa: S608
            for table in KEPT
        }


@pytest.mark.parametrize("into", ["sqlite", "postgresql"])
def test_everything_is_there_again_in_whatever_database(
    town: Town, tmp_path: Path, cluster: Cluster, prepared: str, into: str
) -> None:
    desk = town.machine("AAAA")
    desk.send(entry(), entry(role="king"))
    admin.appoint(town.centre, "R001", "Li", ("reception",), "a long passphrase", "S001")
    file = tmp_path / "backup"
    backup(town.centre.database, file, PUBLIC)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [found.name for found in tmp_path.iterdir() if found.name.startswith("backup")] == ["backup"]
    url = f"sqlite:///{tmp_path / 'new.db'}" if into == "sqlite" else cluster.database(template=prepared)
    before = content(town.centre)
    assert all(before[name] for name in ("entry", "signed", "definition", "quarantine"))
    new = restore(file, open_database(url), sample_pack(), lambda: SECRET)
    after = content(new)
    unlike = {name for name in before if before[name] != after[name]}
    assert unlike - {"contact"} == {  # the server runs on, and notes who was here
        "identity",
        "invitation",  # those from before are void
    }
    assert (new.public, new.office) == (town.centre.public, town.centre.office)
    assert new.epoch != town.centre.epoch
    assert new.code != town.centre.code
    new.projector.catch_up()
    town.centre.projector.catch_up()
    assert views(new.database) == views(town.centre.database)
    new.close()


def test_what_was_lost_is_brought_back_by_the_terminals(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with serving(centre) as town:
        desk, other = town.machine("AAAA"), town.machine("BBBB")
        first = entry()
        desk.send(first)
        backup(centre.database, file, PUBLIC)
        desk.send(entry())
        late = town.machine("CCCC")  # joined after the backup
        late.send(entry(), entry(role="king"))
        admin.appoint(centre, "R001", "Li", ("reception",), "a long passphrase", "S001")
        pulled, rows = other.pull()
        old = centre.code
    with restored(file, "new.db") as new, serving(new) as town:
        again = {one.code: town.known(one) for one in (desk, other)}
        heads = {(head.terminal, head.stream): head.sequence for head in again["BBBB"].heads().heads}
        assert heads == {(old, ADMIN): 2, ("AAAA", "office"): 1}
        bring(again["BBBB"], new, pulled, rows)
        with new.database.read() as connection:
            registry = new.registry(connection)
            assert journal.verify(connection) == []
        assert "CCCC" in registry.members
        assert "R001" in registry.operators
        found = {(head.terminal, head.stream): head.sequence for head in again["AAAA"].heads().heads}
        assert found == {(old, ADMIN): 4, ("AAAA", "office"): 2, ("CCCC", "office"): 2}
        # the author of what was held back brings the payload, of which others have but a stub
        author = town.known(late)
        author.streams = late.streams
        assert [one.sequence for one in author.push(author.stream().rows).set_aside] == [2]


def test_what_was_released_is_not_held_back_again(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with serving(centre) as town:
        desk, other = town.machine("AAAA"), town.machine("BBBB")
        backup(centre.database, file, PUBLIC)
        desk.send(entry(role="police"), entry(role="police"))
        admin.release(centre, ("RL01", "AAAA", "office"), 1, 1, "S001")
        pulled, rows = other.pull()
    with restored(file, "new.db") as new, serving(new) as town:
        again = {one.code: town.known(one) for one in (desk, other)}
        bring(again["BBBB"], new, pulled, [row for row in rows if row.stream == ADMIN])
        author = again["AAAA"]
        assert [one.sequence for one in author.push(desk.stream().rows).set_aside] == [2]


def say_restored(centre: Centre, hours: float) -> None:
    """As if the restore had been so many hours from now: after all had joined, or before."""
    at = (system_clock() + timedelta(hours=hours)).isoformat(timespec="seconds")
    with centre.database.write() as connection:
        connection.execute("UPDATE identity SET value = ? WHERE key = 'restored'", (at.encode(),))


def test_a_backup_restored_twice_knows_what_the_centre_wrote_between(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with serving(centre) as town:
        desk = town.machine("AAAA")
        backup(centre.database, file, PUBLIC)
    with restored(file, "once.db") as once, serving(once) as town:
        between = once.code
        admin.appoint(once, "R001", "Li", ("reception",), "a long passphrase", "S001")
        admin.appoint(once, "R002", "Bo", ("reception",), "a long passphrase", "S001")
        again = town.known(desk)
        pulled, rows = again.pull()
    with restored(file, "twice.db") as twice, serving(twice) as town:
        again = town.known(desk)
        (head,) = (head for head in pulled.heads if head.terminal == between)
        first, last = (row for row in rows if row.terminal == between)
        with pytest.raises(Refused, match="gap"):  # what is undone leaves nothing behind
            again.push([last], Push(1, chain(START, 1, first.commitment), head))
        bring(again, twice, pulled, rows)
        with twice.database.read() as connection:
            registry = twice.registry(connection)
            assert journal.verify(connection) == []
        assert registry.members[between].is_centre
        assert {"R001", "R002"} <= registry.operators.keys()
        heads = {(head.terminal, head.stream): head.sequence for head in again.heads().heads}
        assert heads == {(centre.code, ADMIN): 1, (between, ADMIN): 2}


def test_a_terminal_that_took_a_lost_name_of_the_centre_does_not_silence_it(
    centre: Centre, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    with serving(centre) as town:
        desk, thief = town.machine("AAAA"), town.machine("BBBB")
        backup(centre.database, file, PUBLIC)
    with restored(file, "once.db") as once, serving(once) as town:
        between = once.code
        admin.revoke(once, "BBBB", "S001")
        again = town.known(desk)
        pulled, rows = again.pull()
    with restored(file, "twice.db") as twice, serving(twice) as town:
        again = {one.code: town.known(one) for one in (thief, desk)}
        next_ = town.stranger(between)
        asked = town.asked(next_, "", proof=next_.key.sign(b"RL01/BBBB").hex())
        assert again["BBBB"].call("POST", "/v1/successor", json.dumps(asked).encode()).status_code == 200
        bring(again["AAAA"], twice, pulled, rows)
        with twice.database.read() as connection:
            members = twice.registry(connection).members
        assert members["BBBB"].revoked
        assert members[between].revoked  # whose successor it is
        with pytest.raises(Refused, match="not_yours"):
            next_.send(entry(subject="operator:R001", kind="dismissed"), stream=ADMIN)


def test_a_restore_that_was_killed_after_the_copy_still_begins_anew(centre: Centre, tmp_path: Path) -> None:
    file, url = tmp_path / "backup", f"sqlite:///{tmp_path / 'new.db'}"
    admin.invite(centre, "desk", "counter", ["reception"])
    backup(centre.database, file, PUBLIC)
    with open_database(url) as database:
        forbid = "CREATE TRIGGER forbid BEFORE UPDATE ON identity BEGIN SELECT RAISE(ABORT, 'killed'); END"
        with database.write() as connection:
            connection.execute(forbid)
        with pytest.raises(Exception, match="killed"):
            restore(file, database, sample_pack(), lambda: SECRET)
        with database.write() as connection:
            connection.execute("DROP TRIGGER forbid")
    with Centre(open_database(url), sample_pack()) as new:
        assert new.code != centre.code
        assert new.epoch != centre.epoch
        assert is_careful(new)
        with new.database.read() as connection:
            assert connection.execute("SELECT count(*) FROM invitation").fetchone() == (0,)
        named = new.code, new.epoch
    with Centre(open_database(url), sample_pack()) as new:
        assert (new.code, new.epoch) == named  # once


def asked_for_lists(machine: Machine, epoch: str) -> tuple[int, str]:
    answer = machine.call("GET", f"/v1/lists?epoch={epoch}")
    return answer.status_code, answer.json().get("kind", "")


def is_careful(centre: Centre) -> bool:
    with centre.database.read() as connection:
        return centre.restored(connection) is not None


def test_a_restored_centre_is_careful_until_one_that_knew_it_has_compared(
    centre: Centre, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    with serving(centre) as town:
        desk, kiosk = town.machine("AAAA"), town.machine("BBBB", (), "selfservice")
        unused = admin.invite(centre, "desk", "counter", ["reception"])
        backup(centre.database, file, PUBLIC)
    with restored(file, "new.db") as new, serving(new) as town:
        late = town.stranger("CCCC")
        answer = late.http.post("/v1/enrol", json=town.asked(late, unused))
        assert (answer.status_code, answer.json()["kind"]) == (403, "invitation")
        newcomer = town.machine("DDDD")
        say_restored(new, -1)
        assert asked_for_lists(newcomer, new.epoch) == (200, "")
        assert is_careful(new)  # who joined since cannot know what was lost
        say_restored(new, 1)
        again = [town.known(one) for one in (kiosk, desk)]
        for machine in again:
            assert is_careful(new)
            assert asked_for_lists(machine, centre.epoch) == (409, "epoch")
            assert asked_for_lists(machine, new.epoch) == (200, "")
        assert not is_careful(new)


def test_what_followed_a_revoked_terminal_at_a_restored_centre_goes_with_it(
    centre: Centre, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    thief, desk, pulled, rows = revoked_since(centre, file)
    with restored(file, "new.db") as new, serving(new) as town:
        again = {one.code: town.known(one) for one in (thief, desk)}
        next_ = town.stranger("CCCC")
        asked = town.asked(next_, "", proof=next_.key.sign(b"RL01/AAAA").hex())
        assert again["AAAA"].call("POST", "/v1/successor", json.dumps(asked).encode()).status_code == 200
        assert next_.send(entry()).set_aside == ()  # nobody knows yet
        bring(again["BBBB"], new, pulled, rows)
        for machine in (again["AAAA"], next_):
            assert len(machine.send(entry()).set_aside) == 1


def test_a_database_in_use_is_not_written_over(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    backup(centre.database, file, PUBLIC)
    with pytest.raises(StoreError, match="in use"):
        restore(file, centre.database, sample_pack(), nobody)


@pytest.mark.parametrize("data", [None, b"", b"garbage" * 1000, b"SQLite format 3\0" + bytes(5000)])
def test_what_is_no_backup(tmp_path: Path, data: bytes | None) -> None:
    file = tmp_path / "backup"
    if data is not None:
        file.write_bytes(data)
    with open_database(f"sqlite:///{tmp_path / 'new.db'}") as database:
        with pytest.raises(KioskError):
            restore(file, database, sample_pack(), nobody)
        with database.read() as connection:
            assert connection.execute("SELECT count(*) FROM identity").fetchone()[0] == 0


def test_only_the_recovery_key_opens_a_backup(town: Town, tmp_path: Path) -> None:
    town.machine("AAAA").send(entry())
    file, url = tmp_path / "backup", f"sqlite:///{tmp_path / 'new.db'}"
    count = backup(town.centre.database, file, PUBLIC)
    secrets = [town.centre.key.private_bytes_raw(), town.centre.seal_secret.encode(), b"MA MA SAN", b"entry"]
    assert [secret for secret in secrets if secret in file.read_bytes()] == []
    for wrong, why in ((new_recovery()[0], "does not fit"), (SECRET[:-1], "copied"), ("", "copied")):
        with open_database(url) as database, pytest.raises(WrongKey, match=why):
            restore(file, database, sample_pack(), lambda wrong=wrong: wrong)  # type: ignore[misc]
    with restore(file, open_database(url), sample_pack(), lambda: SECRET) as new:
        assert new.public == town.centre.public
        with new.database.read() as connection:
            assert connection.execute("SELECT count(*) FROM entry").fetchone() == (count,)


@pytest.mark.parametrize("at", [27, 200, -1])
def test_a_damaged_backup_is_told(centre: Centre, tmp_path: Path, at: int) -> None:
    file = tmp_path / "backup"
    backup(centre.database, file, PUBLIC)
    data = bytearray(file.read_bytes())
    data[at] ^= 1
    file.write_bytes(data)
    with open_database(f"sqlite:///{tmp_path / 'new.db'}") as database:
        with pytest.raises(KioskError):
            restore(file, database, sample_pack(), lambda: SECRET)
        with database.read() as connection:
            assert connection.execute("SELECT count(*) FROM identity").fetchone()[0] == 0


def test_a_backup_of_an_earlier_version_is_restored_without_a_key(town: Town, tmp_path: Path) -> None:
    """It was a plain file of SQLite."""
    town.machine("AAAA").send(entry())
    file, before = tmp_path / "backup", content(town.centre)
    with open_database(f"sqlite:///{file}") as plain, plain.write() as connection:
        for name, rows in ((name, rows) for name, rows in before.items() if rows):
            marks = ",".join("?" * len(rows[0]))
            connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)  # noqa: S608
    new = restore(file, open_database(f"sqlite:///{tmp_path / 'new.db'}"), sample_pack(), nobody)
    with new:
        assert content(new)["entry"] == before["entry"]
        assert new.public == town.centre.public
