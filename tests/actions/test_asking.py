"""A person asks at a self-service terminal how his case stands; nothing of the answer stays on its disk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk import logs
from kiosk.actions.asking import ask, sentences
from kiosk.actions.enrolment import enrol
from kiosk.actions.exchange import Exchange
from kiosk.errors import InvalidInput
from kiosk.model.case import OwnCase
from kiosk.model.numbers import whole_number
from kiosk.store.database import Store
from kiosk.sync.refusals import Refusal, Unreachable
from tests.actions.exchanged import Make
from tests.office import PERSON, Office
from tests.running import Running, exchange_of, meet

BORN = str(PERSON["person.birth_date"])


@pytest.fixture
def number(desk: Make) -> str:
    """Of a worker's receipt, in whose case a counter has written."""
    office, exchange = desk()
    case = office.worker("accepted")
    meet(exchange)
    return str(office.facts(case)["case.receipt_number"])


@pytest.fixture
def hall(tmp_path: Path, centre: Running) -> Iterator[Office]:
    """A self-service terminal that has joined."""
    (tmp_path / "hall").mkdir()
    office = Office(tmp_path / "hall", clock=centre.clock)
    enrol(office.desk.terminal, centre.invitation((), "selfservice"))
    yield office
    office.close()


@pytest.fixture
def line(hall: Office) -> Iterator[Exchange]:
    exchange = exchange_of(hall)
    yield exchange
    exchange.client.close()


def asked(hall: Office, line: Exchange, number: str, born: str = BORN) -> OwnCase:
    return ask(line.client, hall.desk.terminal.office, number, born, hall.desk.today())


def test_the_case_is_told_in_the_persons_language(hall: Office, line: Exchange, number: str) -> None:
    own = asked(hall, line, number, "1994.5.17")
    assert [str(sentence) for sentence in sentences(own)] == [
        f"{own.number}: Open",
        "Registration: Registered",
        "Health check: Valid, until 2 September 2026",
        "Guarantee and work registration: Work registered, until 1 March 2027",
        "Temporary residence permit: Waiting for the decision, until 23 March 2026",
        "Next step: " + own.next_step,
        "Come back after 23 March 2026 09:00",
    ]
    for language in ("zh", "my"):
        say = hall.desk.translator(language)
        said = [say(sentence) for sentence in sentences(own)]
        assert not any(letter.isalpha() and letter.isascii() for line in said[1:] for letter in line)


def test_nothing_of_it_is_kept(hall: Office, line: Exchange, number: str, tmp_path: Path, log: Path) -> None:
    """Neither in the files, nor in the store as this terminal reads it, nor in the log."""
    before = contents(hall.store)
    own = asked(hall, line, number)
    with pytest.raises(Refusal):
        asked(hall, line, number, "1990-01-01")
    assert contents(hall.store) == before
    line.begin()
    assert (line.send(), line.fetch().rows) == (0, 0)
    logs.log.info("asked")
    hall.close()
    kept = [log, *(path for path in (tmp_path / "hall").rglob("*") if path.is_file())]
    files = {path.name: path.read_bytes() for path in kept}
    assert {"store.db", "kiosk.log"} <= files.keys()
    for word in (number, own.number, BORN, own.next_step, "MA MA SAN", "Work registered"):
        assert [name for name, data in files.items() if word.encode() in data] == []


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables; those of the search index by the tables that it keeps them in."""
    with store.read() as connection:
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        ).fetchall()
        return {name: connection.execute(f"SELECT * FROM [{name}]").fetchall() for (name,) in names}  # noqa: S608


def test_what_cannot_be_right_is_not_even_asked(
    hall: Office, line: Exchange, number: str, centre: Running
) -> None:
    mistyped = number.replace("R0", "R1")
    centre.end()
    for wrong, born in ((mistyped, BORN), ("", BORN), ("RL02" + number[4:], BORN), (number, "1994")):
        with pytest.raises(InvalidInput):
            asked(hall, line, wrong, born)
    with pytest.raises(InvalidInput):
        asked(hall, line, number, "")
    with pytest.raises(Unreachable):
        asked(hall, line, number)
    centre.begin()


def test_a_number_is_typed_in_any_way(hall: Office, line: Exchange, number: str) -> None:
    bare = number.replace("-", "")
    burmese = bare.translate({ord(str(digit)): 0x1040 + digit for digit in range(10)})
    for typed in (bare.lower(), f" {number} ", burmese, f"{bare[:8]} {bare[8:]}"):
        assert whole_number(typed, hall.desk.terminal.office) == number


def test_a_counter_is_refused(desk: Make, number: str) -> None:
    counter, exchange = desk()
    with pytest.raises(Refusal) as refused:
        asked(counter, exchange, number)
    assert refused.value.problem.kind == "not_yours"
