"""Signing in: the right passphrase, growing delays after wrong ones, leases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.errors import InvalidInput, NotAllowed
from kiosk.store import staff
from kiosk.store.database import Store
from kiosk.store.staff import default_hasher

NOW = datetime(2026, 3, 5, 9, tzinfo=UTC)
RIGHT, WRONG = "correct horse battery", "correct horse butter"


@pytest.fixture
def desk(store: Store) -> Store:
    with store.write() as connection:
        staff.add(connection, "R001", "Li Na", ["reception", "supervisor"], RIGHT)
    return store


def sign_in(desk: Store, passphrase: str = RIGHT, number: str = "R001", after: float = 0) -> staff.Staff:
    return staff.verify(desk, number, passphrase, NOW + timedelta(seconds=after))


def test_the_right_passphrase_signs_in(desk: Store) -> None:
    assert sign_in(desk) == staff.Staff("R001", "Li Na", ("reception", "supervisor"))
    assert sign_in(desk, number=" R001 ").name == "Li Na"


def test_a_wrong_passphrase_and_an_unknown_number_read_the_same(desk: Store) -> None:
    with pytest.raises(NotAllowed) as wrong:
        sign_in(desk, WRONG)
    with pytest.raises(NotAllowed) as unknown:
        sign_in(desk, number="R999")
    assert str(wrong.value) == str(unknown.value)


def test_delays_grow_and_end_with_the_right_passphrase(desk: Store) -> None:
    waits, now = [], 0.0
    for _ in range(12):
        with pytest.raises(NotAllowed):
            sign_in(desk, WRONG, after=now)
        with desk.read() as connection:
            (until,) = connection.execute("SELECT locked_until FROM staff").fetchone()
        wait = (datetime.fromisoformat(until) - NOW).total_seconds() - now if until else 0
        waits.append(wait)
        if wait:
            with pytest.raises(NotAllowed, match="Try again in"):
                sign_in(desk, RIGHT, after=now + wait - 1)
        now += wait + 1
    assert waits == [0, 0, 30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    sign_in(desk, after=now)
    with pytest.raises(NotAllowed):
        sign_in(desk, WRONG, after=now)
    sign_in(desk, after=now)  # one wrong one is free again


def test_of_many_guesses_at_once_each_counts(desk: Store) -> None:
    with ThreadPoolExecutor(4) as at_once:
        tries = [at_once.submit(sign_in, desk, WRONG) for _ in range(4)]
    assert all(isinstance(one.exception(), NotAllowed) for one in tries)
    with desk.read() as connection:
        (failures,) = connection.execute("SELECT failures FROM staff").fetchone()
    assert failures >= staff.FREE_TRIES
    with pytest.raises(NotAllowed, match="Try again in"):
        sign_in(desk)


def test_a_lock_out_counts_down_and_does_not_outlive_a_clock_set_back(desk: Store) -> None:
    for _ in range(3):
        with pytest.raises(NotAllowed):
            sign_in(desk, WRONG)
    with pytest.raises(NotAllowed, match="Try again in 30 seconds"):
        sign_in(desk)
    assert sign_in(desk, after=-365 * 86400).number == "R001"


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "$argon2id$v=19$m=8,t=1,p=1$",
        "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$!!",
        "$argon2id$v=19$m=1,t=1,p=1$c2FsdHNhbHRzYWx0$c2FsdHNhbHRzYWx0c2FsdHNhbHQ",
        "$scrypt$ln=14$c2FsdHNhbHQ$aGFzaA",
        "\N{REPLACEMENT CHARACTER}",
    ],
)
def test_a_damaged_account_is_no_wrong_passphrase_and_locks_nobody_out(desk: Store, damage: str) -> None:
    with desk.write() as connection:
        (kept,) = connection.execute("SELECT verifier FROM staff").fetchone()
        connection.execute("UPDATE staff SET verifier = ?", (damage,))
    for passphrase in (RIGHT, WRONG, RIGHT, WRONG):
        with pytest.raises(NotAllowed, match="Ask the administrator for a new passphrase"):
            sign_in(desk, passphrase)
    with desk.write() as connection:
        connection.execute("UPDATE staff SET verifier = ?", (kept,))
    assert sign_in(desk).number == "R001"


def test_a_lease_that_ran_out(desk: Store) -> None:
    with desk.write() as connection:
        connection.execute("UPDATE staff SET lease_until = ?", ((NOW + timedelta(hours=1)).isoformat(),))
    sign_in(desk)
    with pytest.raises(NotAllowed, match="central system"):
        sign_in(desk, after=3601)


def test_a_new_passphrase_ends_the_old_one_and_a_lock_out(desk: Store) -> None:
    for _ in range(3):
        with pytest.raises(NotAllowed):
            sign_in(desk, WRONG)
    with desk.write() as connection:
        staff.set_verifier(connection, "R001", staff.verifier_of("another one of mine"))
    assert sign_in(desk, "another one of mine").number == "R001"
    with pytest.raises(NotAllowed):
        sign_in(desk, RIGHT)


def test_the_same_passphrase_from_another_keyboard(desk: Store) -> None:
    with desk.write() as connection:
        staff.set_verifier(connection, "R001", staff.verifier_of("caf\u00e9 ｍｉｎｇ"))
    assert sign_in(desk, "cafe\u0301 ming").number == "R001"


@pytest.mark.parametrize(
    ("number", "name", "passphrase"),
    [("R001", "Twice", RIGHT), ("", "No number", RIGHT), ("R002", " ", RIGHT), ("R002", "Short", "1234567"),
     ("R002", "Long", "x" * 201), ("R002", "Blank", " \u3000" * 8), ("R002", "One", "aaaa aaaa")],
)  # fmt: skip
def test_staff_that_cannot_be_added(desk: Store, number: str, name: str, passphrase: str) -> None:
    with desk.write() as connection, pytest.raises(InvalidInput):
        staff.add(connection, number, name, ["reception"], passphrase)


def test_who_changes_his_passphrase_takes_another_one() -> None:
    with pytest.raises(InvalidInput, match="Choose another one"):
        staff.verifier_of_another("caf\u00e9 ｍｉｎｇ", "cafe\u0301 ming")


def test_the_cost_of_a_real_verifier_is_that_of_rfc_9106(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staff, "default_hasher", default_hasher)
    with store.write() as connection:
        staff.add(connection, "R001", "Li Na", ["reception"], RIGHT)
        (verifier,) = connection.execute("SELECT verifier FROM staff").fetchone()
    assert verifier.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert staff.verify(store, "R001", RIGHT, NOW).name == "Li Na"
