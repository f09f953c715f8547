"""Cases of a newer program or of a pack that is not here: shown, and only looked at."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from kiosk.errors import Refused
from kiosk.model.entries import Json, Write
from kiosk.store import journal
from kiosk.store.memory import SqlMemory
from kiosk.store.views import apply
from tests.actions.conftest import Pair
from tests.central.machine import entry
from tests.elsewhere import arrives
from tests.office import Office


def test_a_case_of_a_newer_program_is_only_looked_at(office: Office) -> None:
    case = office.register()
    arrives(office.store, case, {"colour": "blue"})
    with office.store.write() as connection:
        state = SqlMemory(connection).state(case)
        state.read_only = True
        memory = SqlMemory(connection)
        memory.keep(case, state)
        memory.save()
    assert office.desk.case(office.reception, case, opened=False).read_only
    for call in (
        lambda: office.desk.record(office.reception, case, {"person.phone": "+8613900139000"}),
        lambda: office.desk.park(office.reception, case),
        lambda: office.order_health(case),
    ):
        with pytest.raises(Refused, match="newer program"):
            call()


@pytest.mark.parametrize("about", ["case", "case.person"])
def test_what_a_newer_program_wrote_goes_to_the_other_desk_and_is_only_looked_at_there(
    desks: Pair, join: Callable[[], None], about: str
) -> None:
    one, other = desks
    case = one.register()
    foreseen = entry(
        subject=case if about == "case" else str(one.facts(case)[about]),
        kind="foreseen",
        version=9,
        writes={"colour": Write("blue")},
        terminal=one.desk.terminal.code,
        time=one.desk.terminal.tick(one.clock()),
        wall=one.clock().isoformat(),
    )
    with one.store.write() as connection:
        apply(SqlMemory(connection), journal.append(connection, [foreseen]))
    join()
    for office in desks:
        view = office.desk.case(office.reception, case)
        assert view.read_only
        assert "An entry of a newer program" in [str(line.sentence) for line in view.history]
        with pytest.raises(Refused, match="newer program"):
            office.desk.record(office.reception, case, {"person.phone": "+8613900139000"})
    with other.store.read() as connection:
        assert foreseen.id in {row.id for _, row in journal.rows(connection)}


def test_a_case_of_an_unknown_pack_is_shown_and_only_looked_at(office: Office) -> None:
    good, strange = office.register(), office.register()
    arrives(office.store, strange, {"definitions": "0" * 64}, seen=True)
    assert {row.case for row in office.desk.work_list(office.labour)} == {good, strange}
    view = office.desk.case(office.labour, strange)
    assert view.read_only
    assert view.slips == ()
    assert {str(reason) for action in view.actions for reason in action.closed} == {
        "This terminal does not have this case's office pack yet. It can only be looked at."
    }
    for call in (
        lambda: office.desk.record(office.reception, strange, {"person.phone": "+8613900139000"}),
        lambda: office.desk.slip(office.reception, strange, "progress"),
        lambda: office.order_health(strange),
    ):
        with pytest.raises(Refused, match=r"office pack yet|cannot be printed"):
            call()


def newer_pack(office: Office, **changes: Json) -> bytes:
    """The definitions of the worker's track as a newer program might write them."""
    pack = office.pack
    source = msgspec.json.decode(pack.sources[pack.digests["worker"]])
    stage = source["track"]["stages"][0]
    stage["states"]["draft"]["light"] = "blinking"
    stage["states"]["dreaming"] = {"key": "dreaming", "label": "Dreaming", "light": "mine"}
    stage["actions"][0]["guards"].append({"name": "moon_is_full", "arguments": {}})
    source["forms"]["registration"]["sections"][0]["fields"][0]["type"] = "hologram"
    return msgspec.json.encode(source | changes)


@pytest.mark.parametrize("changes", [{}, {"track": "something else"}])
def test_a_case_of_a_pack_that_needs_a_newer_program_is_shown(
    office: Office, changes: dict[str, Json]
) -> None:
    case = office.register()
    digest = "1" * 64
    with office.store.write() as connection:
        connection.execute(
            "INSERT INTO definition (digest, body) VALUES (?, ?)", (digest, newer_pack(office, **changes))
        )
    stage = {"state": "dreaming", "light": "glowing", "holder": "labour"}
    arrives(office.store, case, {"definitions": digest, "stage.registration": stage}, seen=True)
    (row,) = office.desk.work_list(office.labour)
    assert row.lights[0].shape == "elsewhere"
    view = office.desk.case(office.reception, case)
    assert view.read_only
    assert view.stages[0].state == "dreaming"
    assert view.facts["person.sex"] == "2"
    assert [entry["kind"] for entry in office.journal()][-1] == "read"
    with pytest.raises(Refused, match="of a newer program"):
        office.desk.park(office.reception, case)
