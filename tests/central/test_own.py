"""The centre works at cases itself: what its desk writes is in the feeds at once, beside all that runs."""

from __future__ import annotations

import threading

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from central import admin, feed
from central.centre import Centre
from kiosk.actions.desk import Desk
from kiosk.errors import Refused
from kiosk.model.entries import ADMIN, OFFICE, decode
from kiosk.store import journal
from tests.office import Clerks, Clock


@pytest.fixture
def clock() -> Clock:
    """The day of the sample dates."""
    return Clock()


def test_what_is_decided_at_the_centre_is_given_to_the_terminals(centre: Centre, clerks: Clerks) -> None:
    case = clerks.worker("approved")
    with centre.database.read() as connection:
        batch = feed.pull(connection, centre.office, "AAAA", (OFFICE,), {}, 5_000)
        assert journal.verify(connection) == []
    told = [decode(row.body) for row in batch.rows if row.body and row.subject == case]
    assert [one.decision.action for one in told if one.decision][-1] == "approve"
    assert {one.terminal for one in told} == {centre.code}
    (head,) = batch.heads
    Ed25519PublicKey.from_public_bytes(centre.public).verify(head.signature, head.signed_bytes())


def test_the_views_are_those_of_a_rebuild(centre: Centre, clerks: Clerks) -> None:
    case = clerks.worker("approved")
    before = clerks.desk.case(clerks.police, case, opened=False)
    centre.projector.rebuild()
    assert clerks.desk.case(clerks.police, case, opened=False) == before


def test_a_refused_act_leaves_nothing(centre: Centre, clerks: Clerks) -> None:
    case = clerks.worker("accepted")
    numbers = own_heads(centre)
    with pytest.raises(Refused):
        clerks.desk.perform(clerks.police, case, "permit", "refuse")
    assert own_heads(centre) == numbers


def own_heads(centre: Centre) -> list[tuple[str, int]]:
    with centre.database.read() as connection:
        return list(
            connection.execute(
                "SELECT stream, sequence FROM head WHERE terminal = ? AND stream <> ? ORDER BY stream",
                (centre.code, ADMIN),
            ).fetchall()
        )


def test_desk_and_administrator_do_not_wait_for_each_other(centre: Centre, clerks: Clerks) -> None:
    """Each holds for a moment what the other needs: in one order, whatever comes first."""
    failed: list[BaseException] = []

    def appoint() -> None:
        try:
            for number in range(4):
                admin.appoint(centre, f"X{number}", "a clerk", ["labour"], "a passphrase", "S001")
        except BaseException as error:
            failed.append(error)

    other = threading.Thread(target=appoint, daemon=True)
    other.start()
    for _ in range(8):
        clerks.register()
    other.join(60)
    assert not other.is_alive()
    assert not failed


def test_within_an_act_reading_sees_what_the_act_wrote(centre: Centre) -> None:
    store = centre.terminal.store
    with store.write() as connection:
        connection.execute("INSERT INTO definition (digest, body) VALUES (?, ?)", ("d", b"{}"))
        with store.read() as reading:
            assert reading.execute("SELECT 1 FROM definition WHERE digest = 'd'").fetchone()


def test_what_the_centre_writes_is_later_than_what_it_has_heard(centre: Centre, clerks: Clerks) -> None:
    centre.clock.forward(minutes=30)  # type: ignore[attr-defined]
    clerks.begin()
    heard = times(centre)
    centre.clock.forward(minutes=-30)  # type: ignore[attr-defined]
    again = Centre(centre.database, centre.pack, centre.clock)  # under another name it knows of no own time
    again.renew()
    again.terminal._last_time = 0
    Clerks(Desk(again.terminal)).begin()
    assert min(times(again)) > max(heard)


def times(centre: Centre) -> list[int]:
    with centre.database.read() as connection:
        rows = connection.execute(
            "SELECT body FROM entry WHERE terminal = ? AND stream = ?", (centre.code, OFFICE)
        ).fetchall()
    return [decode(body).time for (body,) in rows]
