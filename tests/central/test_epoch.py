"""A centre begins a new epoch by itself when it is shown that it lost what it had told; by nothing else."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central import admin, position
from central.backup import backup
from central.centre import Centre
from central.database import open_database
from central.server import Server
from kiosk.model.chain import START
from kiosk.model.entries import ADMIN, OFFICE
from kiosk.sync.protocol import Push
from tests.central.machine import Machine, Refused, Town, entry
from tests.central.restoring import PUBLIC, restored
from tests.central.test_pull import got
from tests.office import sample_pack


def lose(centre: Centre, stream: str, number: int) -> None:
    """The feed is as it was when its last line had this number."""
    with centre.database.write() as connection:
        connection.execute("DELETE FROM feed WHERE stream = ? AND number > ?", (stream, number))
        connection.execute("UPDATE feed_counter SET number = ? WHERE stream = ?", (number, stream))


def grown(town: Town) -> tuple[Machine, Machine]:
    """Two desks; one has written three times."""
    one, other = town.machine("AAAA"), town.machine("BBBB")
    for _ in range(3):
        one.send(entry())
    return one, other


def test_a_database_put_back_to_an_older_state_begins_a_new_epoch(town: Town) -> None:
    _, desk = grown(town)
    pulled, _ = desk.pull()
    code = town.centre.code
    lose(town.centre, OFFICE, 2)
    shown = {"position": pulled.position}
    answers = [desk.pull(pulled.cursor, **shown)[0] for _ in range(2)]
    assert {answer.epoch for answer in answers} == {town.centre.epoch} != {pulled.epoch}
    assert town.centre.code != code
    town.machine("CCCC")  # and the centre goes on under its new name
    assert {terminal for terminal, _ in got(desk)} == {"AAAA", code, town.centre.code}


@pytest.mark.parametrize("stream", [OFFICE, ADMIN])
def test_one_that_has_grown_since_over_what_it_told_does_too(town: Town, stream: str) -> None:
    one, desk = grown(town)
    position = desk.heads().position
    with town.centre.database.read() as connection:
        (last,) = connection.execute("SELECT max(number) FROM feed WHERE stream = ?", (stream,)).fetchone()
    lose(town.centre, stream, last - 1)
    for number in range(2):
        if stream == OFFICE:
            one.send(entry())
        else:
            town.machine(f"CCC{number + 2}")
    epoch = town.centre.epoch
    assert desk.pull({}, position=position)[0].epoch == town.centre.epoch != epoch


def test_who_only_says_that_he_knows_more_is_told_so_and_changes_nothing(town: Town) -> None:
    _, desk = grown(town)
    admin.invite(town.centre, "Window 2", "counter", ("reception",))
    pulled, _ = desk.pull()
    before = town.centre.epoch, town.centre.code
    ahead = {feed: number + 1_000 for feed, number in pulled.cursor.items()}
    numbers = {feed.partition("/")[2]: number for feed, number in ahead.items()}
    said = position.Position("RL01", pulled.epoch, {OFFICE: (numbers[OFFICE], b"unknown")})
    own = msgspec.json.encode(said)
    signed = {
        "position": msgspec.Raw(own),
        "signature": Ed25519PrivateKey.generate().sign(position.HEADER + own),
    }
    for proof in (b"", b"garbage", b'{"position":[],"signature":""}', msgspec.json.encode(signed)):
        with pytest.raises(Refused) as refused:
            desk.pull(ahead, position=proof)
        assert (refused.value.status, refused.value.kind) == (409, "ahead")
    with pytest.raises(Refused, match="ahead"):
        desk.pull(ahead, position=pulled.position)  # true, and tells of nothing that is lost
    assert (town.centre.epoch, town.centre.code) == before
    with town.centre.database.read() as connection:
        assert connection.execute("SELECT count(*) FROM invitation WHERE terminal IS NULL").fetchone() == (1,)
        assert town.centre.restored(connection) is None
    assert desk.pull(pulled.cursor, position=pulled.position)[0].epoch == pulled.epoch


def test_what_was_told_in_an_epoch_that_is_over_begins_no_other(town: Town) -> None:
    """Whoever waited while the centre was restored learns of the new epoch, and is given nothing before."""
    _, desk = grown(town)
    pulled, _ = desk.pull()
    lose(town.centre, OFFICE, 1)
    town.centre.renew()
    epoch = town.centre.epoch
    for cursor in (pulled.cursor, {}):
        answer, rows = desk.pull(cursor, position=pulled.position)
        assert (answer.epoch, rows) == (epoch, [])
    assert town.centre.epoch == epoch


@pytest.mark.parametrize("has_grown", [False, True])
def test_what_the_centre_signed_itself_and_lost_begins_one_too(
    centre: Centre, tmp_path: Path, has_grown: bool
) -> None:
    """Also of a terminal that has no position to show: what it was given of the stream `admin`."""
    file, code = tmp_path / "backup", centre.code
    with Server(centre) as server:
        town = Town(centre, server)
        desk = town.machine("AAAA")
        backup(centre.database, file, PUBLIC)
        town.machine("BBBB")
        pulled, rows = desk.pull()
        town.close()
    with restored(file, "new.db") as new, new.database.write() as connection:  # as if nobody had restored it
        connection.execute("UPDATE identity SET value = ? WHERE key = 'terminal'", (code.encode(),))
        connection.execute("DELETE FROM identity WHERE key LIKE 'former/%'")
    with Centre(open_database(f"sqlite:///{tmp_path / 'new.db'}"), sample_pack()) as put_back:
        assert put_back.code == code
        with Server(put_back) as server:
            if has_grown:
                admin.appoint(put_back, "R001", "Li", ("reception",), "a long passphrase", "S001")
            epoch = put_back.epoch
            again = Machine(server.address, "AAAA", desk.key)
            (head,) = (one for one in pulled.heads if one.stream == ADMIN)
            message = Push(0, START, head)
            if has_grown:
                with pytest.raises(Refused, match="fork"):
                    again.push(rows, message)
            else:
                again.push(rows, message)
            assert put_back.epoch != epoch
            assert put_back.code != code
            again.http.close()
