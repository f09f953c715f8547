"""What stands behind the cases: views equal a rebuild, kills lose nothing, apart writes are settled."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.actions.act import Operator
from kiosk.errors import NotAllowed, Refused
from kiosk.model.case import Mark
from kiosk.model.entries import Decision
from kiosk.model.numbers import check_character, number_is_whole
from kiosk.store import journal
from kiosk.store.database import Store
from kiosk.store.rebuild import is_due, rebuild
from tests.elsewhere import arrives
from tests.office import STAGES, Office
from tests.store.compared import meant


def dump(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every view table, as it is meant: a state is kept by entry, in the order in which they came."""
    with store.read() as connection:
        tables = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if name.startswith("view_") and name != "view_meta"
        ]
        return {
            name: sorted(map(meant, connection.execute(f"SELECT * FROM {name}")), key=str)  # noqa: S608
            for name in tables
        }


def test_views_equal_a_rebuild(office: Office) -> None:
    for stage in STAGES:
        office.worker(stage)
    case = office.worker("accepted")
    office.desk.perform(
        office.police, case, "permit", "return_permit", items=[Mark("person.name", "differs")]
    )
    office.desk.record(office.reception, case, {"person.document_number": "MM7654321"})
    case = office.worker("approved")
    office.desk.perform(office.police, case, "permit", "take_back")
    before = dump(office.store)
    assert all(before[f"view_{name}"] for name in ("state", "case", "waiting", "number", "permit", "rest"))
    rebuild(office.store)
    assert dump(office.store) == before
    assert not is_due(office.store)
    assert [row.name for row in office.desk.find(office.reception, "MM7654321")] == ["MA MA SAN"]
    rebuild(office.store)
    assert dump(office.store) == before


def test_what_is_done_while_views_are_rebuilt_is_in_them(office: Office) -> None:
    office.worker("accepted")
    done: list[str] = []
    rebuild(office.store, lambda step, count: done.append(office.register()) if not done else None)
    after = dump(office.store)
    assert any(case == done[0] for case, *_ in after["view_case"])
    rebuild(office.store)
    assert dump(office.store) == after


def test_every_chain_of_a_day_verifies(office: Office) -> None:
    office.worker()
    with office.store.read() as connection:
        assert journal.verify(connection) == []


def test_numbers_are_whole_and_never_given_twice(office: Office) -> None:
    for _ in range(3):
        office.worker()
    numbers = [
        str(write["value"])
        for entry in office.journal()
        for register, write in entry["writes"].items()
        if register.endswith("number") and str(write["value"]).startswith("RL01-")
    ]
    assert len(numbers) == len(set(numbers))
    assert all(number_is_whole(number) for number in numbers)
    for digit in {*"0123456789"} - {numbers[0][-3]}:
        assert not number_is_whole(numbers[0][:-3] + digit + numbers[0][-2:])
    assert check_character("RL017K3FP000123") != check_character("RL017K3FP000132")


def test_a_contested_stage_allows_one_action_settling_by_a_supervisor(office: Office) -> None:
    case = office.worker("approved")
    refused = {"state": "refused", "light": "refused", "holder": ""}
    decision = Decision("refuse", "permit", "accepted", "refused")
    arrives(office.store, case, {"stage.permit": refused}, actor="P009", role="police", decision=decision)
    view = office.view(case)
    assert view.stages[3].contested
    assert view.stages[3].light.shape == "contested"
    assert len(view.contested["case.stage.permit"]) == 2
    office.desk.printed(office.reception, case, "permit")
    with pytest.raises(Refused):
        office.desk.perform(office.reception, case, "permit", "hand_over")
    approved = next(v for v in view.contested["case.stage.permit"] if v["state"] == "approved")
    with pytest.raises(NotAllowed, match="supervisor"):
        office.desk.settle(office.police, case, "case.stage.permit", approved, "same case at two desks")
    with pytest.raises(Refused, match="reason"):
        office.desk.settle(office.supervisor, case, "case.stage.permit", approved, " ")
    office.desk.settle(office.supervisor, case, "case.stage.permit", approved, "same case at two desks")
    assert not office.view(case).contested
    office.desk.perform(office.reception, case, "permit", "hand_over")
    assert office.state(case, "permit") == "handed_over"


def test_a_contested_phone_is_settled_by_any_clerk_and_blocks_nothing(office: Office) -> None:
    case = office.worker("accepted")
    person = str(office.facts(case)["case.person"])
    arrives(office.store, person, {"phone": "+8613900139000"})
    office.approve(case)
    office.desk.settle(office.reception, case, "person.phone", "+8613900139000", "asked him")
    assert office.desk.case(office.reception, case, opened=False).facts["person.phone"] == "+8613900139000"


def test_a_contested_expiry_closes_what_rests_on_it(office: Office) -> None:
    case = office.worker("accepted")
    person = str(office.facts(case)["case.person"])
    arrives(office.store, person, {"document_expiry": "2026-03-03"})
    with pytest.raises(Refused, match="Two unlike values stand for Document valid until"):
        office.approve(case)


def test_a_guarantee_withdrawn_unseen_shakes_the_permit(office: Office) -> None:
    case = office.worker("approved")
    guarantee = str(office.facts(case)["case.guarantee"])
    arrives(office.store, guarantee, {"status": "withdrawn"}, seen=True)
    shaken = [stage.shaken for stage in office.desk.case(office.police, case, opened=False).stages]
    assert shaken == [False, False, True, True]


def test_a_guarantee_withdrawn_at_this_desk_does_not(office: Office) -> None:
    case = office.worker("accepted")
    office.desk.perform(office.labour, case, "guarantee", "withdraw_guarantee")
    assert not any(stage.shaken for stage in office.desk.case(office.police, case).stages)


def test_a_clock_set_back_a_year_changes_nothing_but_the_display(office: Office) -> None:
    case = office.worker("accepted")
    office.clock.forward(days=-365)
    office.desk.record(office.reception, case, {"person.phone": "+8613900139000"})
    assert office.desk.case(office.reception, case, opened=False).facts["person.phone"] == "+8613900139000"
    times = [int(entry["time"]) for entry in office.journal() if entry["stream"] == "office"]
    assert times == sorted(times)


KILLED = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
from tests.office import Office
office = Office(Path({folder!r}))
Path({folder!r}, "key").write_bytes(office.key)
for number in range(1000):
    case = office.register()
    print(case, flush=True)
"""


def test_a_kill_at_any_moment_loses_no_action_that_was_done(tmp_path: Path) -> None:
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-c", KILLED.format(root=root, folder=str(tmp_path))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        done = [process.stdout.readline().strip() for _ in range(7)]
        process.kill()
    with Store.open(tmp_path / "store.db", (tmp_path / "key").read_bytes()) as store:
        with store.read() as connection:
            assert journal.verify(connection) == []
            cases = {case for (case,) in connection.execute("SELECT case_id FROM view_case")}
        assert set(done) <= cases
        before = dump(store)
        rebuild(store)
        assert dump(store) == before


def test_drafts_are_private_and_durable(office: Office) -> None:
    typed = {"person.name": "MA MA S", "person.birth_date": "199"}
    office.desk.save_draft(office.reception, "registration", typed)
    assert office.desk.draft(office.reception, "registration") == typed
    assert office.desk.draft(Operator("R002", "", ("reception",)), "registration") == {}
    assert "MA MA S" not in str(office.journal())
    office.desk.drop_draft(office.reception, "registration")
    assert office.desk.draft(office.reception, "registration") == {}
