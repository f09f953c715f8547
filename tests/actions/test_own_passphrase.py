"""An operator changes his own passphrase at a desk: through the centre, or alone where there is none."""

from __future__ import annotations

from contextlib import suppress

import pytest
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from central import admin, passphrases
from kiosk.actions.exchange import Exchange
from kiosk.errors import InvalidInput, KioskError, NotAllowed, Refused
from kiosk.sync.answers import Lists
from kiosk.sync.refusals import Refusal, Unanswered
from tests.actions.exchanged import Make, through
from tests.office import Office
from tests.running import Running, meet
from tests.sync.proxy import Line

GIVEN, OWN, OTHER = "a long passphrase", "known to me alone", "known to a thief"


@pytest.fixture
def here(desk: Make, centre: Running) -> tuple[Office, Exchange]:
    """A desk whose R001 was given a passphrase, and knows it."""
    office, exchange = desk("reception")
    admin.appoint(centre.centre, "R001", "李晓梅", ["reception"], GIVEN, "admin", to_change=True)
    exchange.lists()
    return office, exchange


def change(office: Office, old: str = GIVEN, new: str = OWN) -> None:
    office.desk.change_passphrase(office.reception, old, new)


def at(office: Office) -> str:
    """The passphrase that counts at a desk."""
    with office.store.read() as connection:
        (verifier,) = connection.execute("SELECT verifier FROM staff WHERE number = 'R001'").fetchone()
    return which(verifier)


def at_the_centre(centre: Running) -> str:
    with centre.database.read() as connection:
        return which(passphrases.kept(connection, "RL01")["R001"])


def which(verifier: str) -> str:
    for one in (GIVEN, OWN):
        with suppress(VerifyMismatchError):
            PasswordHasher().verify(verifier, one)
            return one
    raise AssertionError("another one")


def test_it_counts_here_at_once_and_elsewhere_after_the_next_exchange(
    here: tuple[Office, Exchange], desk: Make
) -> None:
    one, exchange = here
    other, down = desk("reception")
    down.lists()
    assert one.desk.must_change(one.reception)
    change(one)
    assert one.desk.sign_in("R001", OWN).roles == ("reception",)
    assert not one.desk.must_change(one.reception)
    assert (at(one), at(other)) == (OWN, GIVEN)
    for each in (exchange, down):
        each.lists()
    assert at(one) == at(other) == OWN
    assert not other.desk.must_change(one.reception)


def test_lists_that_were_under_way_do_not_bring_the_old_one_back(
    here: tuple[Office, Exchange], centre: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, exchange = here
    ask = exchange.client.lists

    def answered_late(epoch: str) -> Lists:
        answer = ask(epoch)
        change(one)
        return answer

    with monkeypatch.context() as slow:
        slow.setattr(exchange.client, "lists", answered_late)
        exchange.lists()
    assert at(one) == OWN
    assert not one.desk.must_change(one.reception)
    admin.set_passphrase(centre.centre, "R001", GIVEN, "admin")
    exchange.lists()
    assert at(one) == GIVEN


def test_without_a_line_nothing_is_changed(here: tuple[Office, Exchange], centre: Running) -> None:
    one, _ = here
    centre.end()
    with pytest.raises(Refused, match=r"cannot be reached now\. Nothing was changed"):
        change(one)
    centre.begin()
    assert at(one) == at_the_centre(centre) == GIVEN


def test_wherever_the_line_breaks_one_of_the_two_counts_and_he_is_told(
    here: tuple[Office, Exchange], centre: Running
) -> None:
    """Cut at more and more bytes, until the whole of it has passed."""
    one, _ = here
    line = Line(centre.port)
    exchange = through(line, one)
    told: list[type[KioskError] | None] = []
    for line.budget in range(0, 20_000, 500):
        told.append(outcome(one))
        if told[-1] is None:
            break
        now = at_the_centre(centre)
        assert at(one) == GIVEN  # until the next exchange
        assert now == GIVEN or told[-1] is Unanswered
        line.budget = None
        exchange.lists()
        assert at(one) == now
        admin.set_passphrase(centre.centre, "R001", GIVEN, "admin")
        exchange.lists()
    assert set(told) == {Refused, Unanswered, None}
    assert at(one) == at_the_centre(centre) == OWN
    exchange.client.close()
    line.close()


def outcome(office: Office) -> type[KioskError] | None:
    try:
        change(office)
    except KioskError as error:
        return type(error)
    return None


def test_a_wrong_old_one_is_told_and_counted_at_the_centre(here: tuple[Office, Exchange]) -> None:
    one, _ = here
    for _ in range(3):
        with pytest.raises(Refusal, match=r"The passphrase until now is wrong\."):
            change(one, OTHER)
    with pytest.raises(Refusal, match="Try again in 30 seconds"):
        change(one)
    assert one.desk.sign_in("R001", GIVEN)  # what is counted here is for who signs in here


def test_one_that_nobody_may_choose(here: tuple[Office, Exchange], centre: Running) -> None:
    one, _ = here
    with pytest.raises(KioskError, match="8 to 200 characters"):
        change(one, new="short")
    with pytest.raises(KioskError, match="This is the old passphrase"):
        change(one, new=GIVEN)
    assert at(one) == at_the_centre(centre) == GIVEN


def test_who_is_out_does_not_even_ask(
    as_the_clock_goes: None, here: tuple[Office, Exchange], centre: Running
) -> None:
    one, exchange = here
    centre.clock.forward(days=15)
    with pytest.raises(NotAllowed, match="for too long"):
        change(one)
    admin.dismiss(centre.centre, "R001", "admin")
    exchange.lists()
    admin.appoint(centre.centre, "S001", "王海宁", ["supervisor"], OTHER, "admin")
    exchange.lists()
    with pytest.raises(NotAllowed, match="no account for you at this terminal"):
        change(one)


def test_a_revoked_terminal_changes_nothing(here: tuple[Office, Exchange], centre: Running) -> None:
    one, _ = here
    admin.revoke(centre.centre, one.desk.terminal.code, "admin")
    with pytest.raises(Refusal, match="This terminal was revoked"):
        change(one)
    assert at(one) == at_the_centre(centre) == GIVEN


def test_what_this_terminal_cannot_note_is_said(here: tuple[Office, Exchange], centre: Running) -> None:
    one, exchange = here
    with one.store.write() as connection:
        connection.execute(  # the disk is full by what this row takes
            "CREATE TRIGGER full BEFORE UPDATE ON staff BEGIN "
            "INSERT INTO identity (key, value) VALUES ('much', zeroblob(50000000)); END"
        )
    (pages,) = one.store.raw.execute("PRAGMA page_count").fetchone()
    one.store.raw.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(KioskError, match="The new passphrase counts, but here only after the next exchange"):
        change(one)
    one.store.raw.execute(f"PRAGMA max_page_count = {2**30}")
    with one.store.write() as connection:
        connection.execute("DROP TRIGGER full")
    assert (at(one), at_the_centre(centre)) == (GIVEN, OWN)
    exchange.lists()
    assert at(one) == OWN


def test_a_restored_centre_takes_the_later_one_back_from_a_desk_that_has_it(
    desk: Make, centre: Running
) -> None:
    """Elsewhere the older one is asked for another: who knows it, nobody can say."""
    (office, exchange), (_, of_labour) = desk("reception"), desk("labour")
    admin.appoint(centre.centre, "R001", "李晓梅", ["reception"], GIVEN, "admin")
    meet(exchange, of_labour)
    exchange.lists()
    centre.back_up()
    centre.clock.forward(minutes=1)
    change(office)
    meet(exchange, of_labour)
    centre.put_back()
    meet(of_labour)
    new, first = desk("reception")
    first.lists()
    assert (at(new), new.desk.must_change(office.reception)) == (GIVEN, True)
    meet(exchange)
    for one, its in ((office, exchange), (new, first)):
        its.lists()
        assert (at(one), one.desk.must_change(office.reception)) == (OWN, False)
    assert at_the_centre(centre) == OWN


def test_where_no_centre_keeps_the_accounts_it_is_changed_here(office: Office) -> None:
    office.desk.add_staff("S001", "王海宁", ("supervisor",), GIVEN)
    boss = office.supervisor
    with pytest.raises(InvalidInput):
        office.desk.change_passphrase(boss, GIVEN, "short")
    for _ in range(3):
        with pytest.raises(NotAllowed, match="wrong"):
            office.desk.change_passphrase(boss, OTHER, OWN)
    with pytest.raises(NotAllowed, match="Try again in"):
        office.desk.change_passphrase(boss, GIVEN, OWN)
    office.clock.forward(minutes=1)
    office.desk.change_passphrase(boss, GIVEN, OWN)
    assert office.desk.sign_in("S001", OWN).roles == ("supervisor",)
    assert not office.desk.must_change(boss)
