"""Identities and times that one terminal makes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kiosk.actions.desk import Desk
from kiosk.actions.terminal import Terminal, uuid7
from kiosk.model.numbers import check_character, number_is_whole
from kiosk.seal import verify
from kiosk.store.backup import backup, restore
from kiosk.store.database import Store
from kiosk.store.keys import FileProvider, new_recovery, open_keys
from tests.office import MONDAY, Office

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@given(st.integers(0, (1 << 64) - 1))
def test_ids_are_version_7_and_carry_their_time(time: int) -> None:
    made = UUID(uuid7(time))
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == time >> 16


@given(st.integers(0, (1 << 64) - 2))
def test_ids_are_sorted_as_they_were_made(time: int) -> None:
    assert uuid7(time) < uuid7(time + 1)


def test_time_never_goes_back_on_one_terminal(office: Office) -> None:
    terminal = office.desk.terminal
    times = [terminal.tick(MONDAY + timedelta(days=days)) for days in (0, 0, -365, 1, -1)]
    assert times == sorted(set(times))


@given(st.lists(st.integers(-(10**8), 10**8), max_size=20))
def test_time_goes_on_after_what_was_heard_but_follows_no_clock_far_ahead(seconds: list[int]) -> None:
    terminal = object.__new__(Terminal)
    terminal.clock, terminal._last_time = lambda: MONDAY, 0
    now = int(MONDAY.timestamp() * 1000) << 16
    heard = [now + (ahead * 1000 << 16) for ahead in seconds]
    terminal.hear(heard)
    time = terminal.tick(MONDAY)
    near = [one for one in heard if one <= now + (3_600_000 << 16)]
    assert time == max([now, *(one + 1 for one in near)])


@given(st.text(ALPHABET, min_size=2, max_size=20), st.data())
def test_the_check_character_finds_one_wrong_or_two_swapped_characters(
    text: str, data: st.DataObject
) -> None:
    number = text + check_character(text)
    at = data.draw(st.integers(0, len(text) - 1))
    wrong = data.draw(st.sampled_from([c for c in ALPHABET if c != number[at]]))
    assert check_character((number[:at] + wrong + number[at + 1 :])[:-1]) != number[-1]
    if at and number[at] != number[at - 1]:
        swapped = number[: at - 1] + number[at] + number[at - 1] + number[at + 1 : -1]
        assert check_character(swapped) != number[-1]


def test_a_number_may_be_read_out_with_or_without_its_dashes() -> None:
    number = "RL01-7K3F-P000123"
    whole = f"{number}-{check_character(number.replace('-', ''))}"
    assert number_is_whole(whole)
    assert number_is_whole(whole.lower().replace("-", " "))
    assert not number_is_whole("P123")


def test_what_a_terminal_sealed_before_it_was_restored_is_still_trusted(
    office: Office, tmp_path: Path
) -> None:
    case = office.worker("approved")
    sealed = office.desk.slip(office.police, case, "permit").seal
    secret, public = new_recovery()
    backup(office.store, tmp_path / "copy.kiosk", public)
    provider = FileProvider(tmp_path / "new")
    restore(tmp_path / "copy.kiosk", tmp_path / "new", secret, provider)
    with Store.open(tmp_path / "new" / "store.db", open_keys(tmp_path / "new", provider)) as store:
        terminal = Terminal.start(store, office.pack, office.clock)
        assert terminal.code != office.desk.terminal.code
        assert verify(sealed, terminal.trust(), MONDAY).status == "valid"
        desk = Desk(terminal)
        assert desk.case(office.police, case, opened=False).facts["permit.status"] == "approved"
        assert (
            terminal.code
            in desk.case(
                office.police, desk.open_case(office.reception, "worker", "my").case, opened=False
            ).number
        )
