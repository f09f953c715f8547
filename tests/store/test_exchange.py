"""What a terminal remembers of its exchange: what waits, staff of the centre, blobs."""

from __future__ import annotations

from datetime import timedelta

from msgspec.structs import replace

from kiosk.errors import NotAllowed
from kiosk.model.chain import START, chain
from kiosk.store import exchange, receiving, staff
from tests.office import MONDAY, Office, portrait

GOOD = "correct horse"
LEASE = MONDAY + timedelta(days=7)


def own(office: Office) -> tuple[str, str]:
    return office.desk.terminal.office, office.desk.terminal.code


def test_what_waits_is_what_was_not_acknowledged(office: Office) -> None:
    office.worker("cleared")
    with office.store.write() as connection:
        heads = {head.stream: head for head in exchange.heads(connection)}
        total = sum(head.sequence for head in heads.values())
        assert set(heads) == {"office", "health"}
        assert exchange.waiting(connection, *own(office)) == total
        exchange.acknowledge(connection, "office", 3, MONDAY)
        exchange.acknowledge(connection, "office", 5, LEASE)
        assert exchange.acknowledged(connection) == {"office": 5}
        assert exchange.waiting(connection, *own(office)) == total - 5
        assert exchange.waiting(connection, "RL01", "OTHER") == 0
        exchange.note_exchange(connection, LEASE, timedelta(minutes=-7))
        assert exchange.last_exchange(connection) == LEASE
        assert exchange.clock_offset(connection) == timedelta(minutes=-7)


def test_the_rows_after_a_number_follow_one_another_up_to_the_head(office: Office) -> None:
    office.worker("registered")
    with office.store.read() as connection:
        (head,) = exchange.heads(connection)
        rows = list(exchange.rows_after(connection, replace(head, sequence=head.sequence - 1), 2))
        assert [row.sequence for row in rows] == list(range(3, head.sequence))
        assert exchange.hash_at(connection, head) == head.hash
        assert exchange.hash_at(connection, replace(head, sequence=3)) == rows[0].hash
        assert exchange.hash_at(connection, replace(head, sequence=head.sequence + 1)) == b""
        first = next(exchange.rows_after(connection, head, 0))
        assert first.hash == chain(START, 1, first.commitment)


def test_joining_another_centre_begins_anew(office: Office) -> None:
    with office.store.write() as connection:
        exchange.acknowledge(connection, "office", 3, MONDAY)
        receiving.set_cursor(connection, {"RL01/office": 7})
        exchange.remember(connection, {"centre/url": b"https://x", "exchange/blobs": b"5", "sync": b"key"})
        exchange.forget(connection)
        assert exchange.acknowledged(connection) == {}
        assert receiving.cursor(connection) == {}
        assert exchange.known(connection, "centre/url") is None
        assert exchange.known(connection, "exchange/blobs") is None
        assert exchange.known(connection, "sync") == b"key"
        assert exchange.known(connection, "seal") is not None


def test_the_blobs_of_an_act_are_found_in_its_entries(office: Office) -> None:
    case = office.register()
    office.desk.attach_paper(
        office.reception, case, "registration", "identity_document", portrait(), "image/jpeg"
    )
    with office.store.write() as connection:
        heads = exchange.heads(connection)
        rows = [row for head in heads for row in exchange.rows_after(connection, head, 0)]
        names = exchange.cited(rows)
        assert len(names) == 1
        assert names == {name for _, name in exchange.blobs_after(connection, 0, 10)}
        other = "ab" * 32
        assert exchange.absent(connection, [*names, other]) == [other]
        exchange.keep_blob(connection, other, b"ciphertext")
        exchange.keep_blob(connection, other, b"ciphertext")
        assert exchange.blob(connection, other) == b"ciphertext"
        assert exchange.blob(connection, "cd" * 32) is None
        numbers = [number for number, _ in exchange.blobs_after(connection, 0, 10)]
        assert exchange.blobs_after(connection, numbers[0], 10) == [(numbers[1], other)]


# --- staff ---------------------------------------------------------------------------------------


def member(number: str, passphrase: str = GOOD) -> tuple[str, str, list[str], str, object]:
    return number, "杨立新", ["labour", "reception"], staff.verifier_of(passphrase), LEASE


def keep(office: Office, *members: object) -> None:
    with office.store.write() as connection:
        exchange.keep_staff(connection, members)  # type: ignore[arg-type]


def signs_in(office: Office, number: str, passphrase: str = GOOD) -> bool:
    try:
        staff.verify(office.store, number, passphrase, office.clock())
    except NotAllowed:
        return False
    return True


def test_staff_of_the_centre_sign_in_until_their_lease_ends(office: Office) -> None:
    keep(office, member("L001"))
    assert office.desk.sign_in("L001", GOOD).roles == ("labour", "reception")
    office.clock.forward(days=8)
    assert not signs_in(office, "L001")
    keep(office, (*member("L001")[:4], LEASE + timedelta(days=7)))
    assert signs_in(office, "L001")


def test_who_is_no_longer_listed_is_out_even_when_nobody_is(office: Office) -> None:
    keep(office, member("L001"), member("L002"))
    keep(office, member("L002"))
    assert not signs_in(office, "L001")
    keep(office)
    assert not signs_in(office, "L002")


def test_accounts_of_this_terminal_last_until_the_centre_has_some(office: Office) -> None:
    office.desk.add_staff("S001", "王海宁", ("supervisor",), GOOD)
    keep(office)
    assert signs_in(office, "S001")
    keep(office, member("L001"))
    assert not signs_in(office, "S001")
    assert signs_in(office, "L001")


def test_a_new_passphrase_ends_a_lock_out_and_the_same_one_does_not(office: Office) -> None:
    first = member("L001")
    keep(office, first)
    for _ in range(4):
        assert not signs_in(office, "L001", "wrong horse")
    keep(office, first)
    assert not signs_in(office, "L001")
    keep(office, member("L001", "another horse"))
    assert signs_in(office, "L001", "another horse")
