"""An operator changes his own passphrase at a counter: what the centre asks, does, keeps and tells."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import httpx
import msgspec
import pytest
from argon2 import PasswordHasher

from central import admin, passphrases
from central.centre import Centre
from central.own_passphrase import TRIES
from central.pages.accounts import Accounts
from central.registry import Operator, Passphrase
from kiosk.errors import NotAllowed, Refused
from kiosk.model.entries import Entry, decode
from kiosk.store.database import Connection
from kiosk.sync.answers import Verifier
from tests.central.machine import ALL, Machine, Town

GIVEN, OWN, OTHER = "a long passphrase", "known to me alone", "known to a thief"


@pytest.fixture
def desk(town: Town) -> Machine:
    """Of the reception, whose R001 was given a passphrase."""
    admin.appoint(town.centre, "R001", "Li", ["reception"], GIVEN, "admin", to_change=True)
    return town.machine("AAAA")


def ask(desk: Machine, old: str = GIVEN, new: str = OWN, number: str = "R001") -> httpx.Response:
    return desk.call(
        "POST", "/v1/passphrase", msgspec.json.encode({"number": number, "old": old, "new": new})
    )


def said(answer: httpx.Response) -> tuple[int, str]:
    problem = answer.json()
    return answer.status_code, problem["reason"].format(**problem["slots"])


def listed(town: Town, desk: Machine) -> tuple[str, bool]:
    """What is kept of the passphrase, as a desk is told it, and whether it is to be changed."""
    (one,) = town.lists(desk)["staff"]
    return one["verifier"], one["given"]


def setting(town: Town) -> Passphrase:
    with town.centre.database.read() as connection:
        found = town.centre.registry(connection).operators["R001"].passphrase
    assert found is not None
    return found


WRONG = (403, "The passphrase until now is wrong.")


def test_the_new_one_counts_and_every_terminal_hears_of_it(town: Town, desk: Machine) -> None:
    other = town.machine("BBBB", ALL)
    pulled, _ = other.pull()
    assert listed(town, desk)[1] is True
    answer = ask(desk, number="r001")
    verifier = msgspec.json.decode(answer.content, type=Verifier).verifier
    PasswordHasher().verify(verifier, OWN)
    assert other.pull(pulled.cursor)[1]  # which tells it to come for the lists
    assert listed(town, desk) == listed(town, other) == (verifier, False)
    assert said(ask(desk)) == WRONG


def test_who_when_and_where_is_told_and_never_what(town: Town, desk: Machine) -> None:
    assert (setting(town).by, setting(town).place, setting(town).given) == ("admin", "", True)
    before = town.centre.clock()
    verifier = ask(desk).json()["verifier"]
    known = setting(town)
    assert (known.by, known.place, known.given) == ("R001", "AAAA", False)
    assert before.isoformat(timespec="milliseconds") <= known.at
    entries = journal(town)
    assert [(one.kind, one.actor, one.subject) for one in entries if "passphrase" in one.writes] == [
        ("appointed", "admin", "operator:R001"),
        ("changed_passphrase", "R001", "operator:R001"),
    ]
    for word in (GIVEN, OWN, verifier):
        assert all(word not in str(one) for one in entries)


def journal(town: Town) -> list[Entry]:
    with town.centre.database.read() as connection:
        rows = connection.execute("SELECT body FROM entry ORDER BY sequence").fetchall()
    return [decode(body) for (body,) in rows]


def test_guesses_at_the_old_one_count_as_at_a_sign_in(town: Town, desk: Machine) -> None:
    for _ in range(3):
        assert said(ask(desk, old=OTHER)) == WRONG
    status, reason = said(ask(desk))  # the right one, too late
    assert (status, reason.startswith("Too many wrong passphrases. Try again in ")) == (403, True)
    admin.set_passphrase(town.centre, "R001", OTHER, "admin")  # ends the lock-out
    assert ask(desk, old=OTHER).status_code == 200


def test_of_many_guesses_at_once_each_counts(desk: Machine) -> None:
    desk.http.get("/v1/time")  # it knows the server's session
    with ThreadPoolExecutor(4) as at_once:
        answers = list(at_once.map(lambda _: ask(desk, old=OTHER), range(4)))
    assert {one.status_code for one in answers} == {403}
    assert said(ask(desk))[1].startswith("Too many wrong passphrases.")


def test_a_terminal_has_so_many_tries(desk: Machine) -> None:
    """Whoever it is about; those that no passphrase could come of are among them."""
    answers = [ask(desk, new="short", number=f"X{at}") for at in range(int(TRIES[1]) + 1)]
    assert {said(one) for one in answers[:-1]} == {(400, "A passphrase has 8 to 200 characters.")}
    assert answers[-1].json()["kind"] == "tries"
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize("new", ["1234567", "x" * 201, GIVEN])
def test_one_that_nobody_may_choose_changes_nothing(town: Town, desk: Machine, new: str) -> None:
    before = listed(town, desk)
    assert ask(desk, new=new).status_code == 400
    assert listed(town, desk) == before


@pytest.mark.parametrize("number", ["\0", "", "R 1", "R001\n", "R" * 21])
def test_what_is_no_staff_number_is_no_message(desk: Machine, number: str) -> None:
    assert said(ask(desk, number=number)) == (400, "What arrived is not a message of this program.")


def test_what_is_no_text_is_no_message(desk: Machine) -> None:
    """From a terminal, and from a stranger."""
    answers = [
        desk.call("POST", "/v1/passphrase", b'{"number": "R001", "old": "\xff", "new": ""}'),
        desk.http.post("/v1/enrol", content=b'{"secret": "\xff"}'),
    ]
    assert {said(one) for one in answers} == {(400, "What arrived is not a message of this program.")}


def test_nor_does_a_browser_send_one_that_a_database_cannot_look_for(centre: Centre) -> None:
    with pytest.raises(NotAllowed):
        Accounts(centre).sign_in("\0", GIVEN)


def test_who_is_not_at_work_there_changes_nothing(town: Town, desk: Machine) -> None:
    """Dismissed, unknown, of another department."""
    post = town.machine("BBBB", ("health_post",))
    assert said(ask(post)) == (403, "You have no account at this terminal.")
    assert said(ask(desk, number="X001")) == WRONG
    before = setting(town)
    admin.dismiss(town.centre, "R001", "admin")
    assert said(ask(desk)) == WRONG
    assert setting(town) == before


def test_only_a_counter_that_is_trusted_may_ask(town: Town, desk: Machine) -> None:
    hall = town.machine("HA11", (), "selfservice")
    assert ask(hall).json()["kind"] == "not_yours"
    admin.revoke(town.centre, "AAAA", "admin")
    assert ask(desk).json()["kind"] == "revoked"
    unsigned = desk.http.post("/v1/passphrase", json={"number": "R001", "old": GIVEN, "new": OWN})
    assert unsigned.status_code == 401
    assert setting(town).by == "admin"


def test_what_an_administrator_gives_meanwhile_stays(town: Town, desk: Machine) -> None:
    """While the old one was looked at."""
    with town.centre.database.read() as connection:
        before = passphrases.kept(connection, "RL01")["R001"]
    admin.set_passphrase(town.centre, "R001", OTHER, "admin")
    verifier = listed(town, desk)[0]
    with pytest.raises(Refused, match="Nothing was changed here"):
        passphrases.replace(town.centre, "R001", before, before, "AAAA")
    assert (listed(town, desk)[0], setting(town).by) == (verifier, "admin")


def test_who_signs_in_by_one_that_is_replaced_at_that_moment_is_out_at_once(centre: Centre) -> None:
    admin.appoint(centre, "R001", "Li", ["reception"], GIVEN, "admin")
    accounts, clock = Accounts(centre), centre.clock

    def meanwhile() -> datetime:
        centre.clock = clock
        admin.set_passphrase(centre, "R001", OTHER, "admin")
        return clock()

    centre.clock = meanwhile
    by = accounts.sign_in("R001", GIVEN).passphrase
    now = accounts.find("R001")
    assert now is not None
    assert now.passphrase != by


def test_who_read_the_accounts_before_a_change_does_not_write_them_after_it(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two at once; the one that read first is the slower one."""
    admin.appoint(centre, "R001", "Li", ["reception"], GIVEN, "admin")
    accounts, kept, is_given = Accounts(centre), passphrases.kept, passphrases.is_given
    first, second = (threading.Thread(target=accounts.refresh) for _ in range(2))
    has_read, may_write, has_written = (threading.Event() for _ in range(3))

    def read(connection: Connection, office: str) -> dict[str, str]:
        found = kept(connection, office)
        if threading.current_thread() is first:
            has_read.set()
            may_write.wait(20)
        return found

    def written(operator: Operator, known: str | None) -> bool:
        if threading.current_thread() is second:
            has_written.set()
            first.join(20)
        return is_given(operator, known)

    monkeypatch.setattr(passphrases, "kept", read)
    monkeypatch.setattr(passphrases, "is_given", written)
    first.start()
    has_read.wait(20)
    admin.set_passphrase(centre, "R001", OTHER, "admin")
    second.start()
    has_written.wait(0.5)
    may_write.set()
    for each in (first, second):
        each.join(20)
    with pytest.raises(NotAllowed):
        accounts.sign_in("R001", GIVEN)


def test_it_is_in_no_log(town: Town, desk: Machine, log: Path) -> None:
    ask(desk)
    ask(desk, old=OTHER)
    text = log.read_text("utf-8")
    assert "v1.passphrase" in text
    assert all(word not in text for word in (GIVEN, OWN, OTHER))
