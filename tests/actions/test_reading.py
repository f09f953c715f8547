"""What is shown and found: after an erasure, of many, and of what waits for whom."""

from __future__ import annotations

from pathlib import Path

from kiosk.actions.act import Operator
from kiosk.store import search
from kiosk.store.rebuild import rebuild
from tests.office import Office


def test_an_erased_entry_does_not_take_its_act_along(office: Office) -> None:
    case = office.worker("registered")
    person = str(office.facts(case)["case.person"])
    with office.store.write() as connection:
        connection.execute(
            "INSERT INTO erasure (subject, at, reason) VALUES (?, '2030-01-01', 'x')", (person,)
        )
        connection.execute("UPDATE entry SET body = NULL, salt = NULL WHERE subject = ?", (person,))
    rebuild(office.store)
    assert office.state(case, "registration") == "done"
    assert office.facts(case)["case.person"] == person
    assert "person.name" not in office.facts(case)


def test_a_number_that_was_cleared_is_found_no_more(office: Office) -> None:
    case = office.begin()
    office.desk.record(office.reception, case, office.person())
    number = str(office.facts(case)["person.document_number"])
    office.desk.record(office.reception, case, {"person.document_number": None})
    assert office.desk.find_person(number) is None


def test_a_full_or_missing_folder_of_the_trust_list_undoes_no_act(office: Office, tmp_path: Path) -> None:
    office.desk.terminal.trust_file = tmp_path / "gone" / "trust.json"
    case = office.worker("approved")
    assert office.state(case, "permit") == "approved"


def test_many_employers_of_one_name_crowd_out_no_worker(office: Office) -> None:
    case = office.register(office.person(**{"person.name_zh": "样本"}))
    with office.store.write() as connection:
        for number in range(40):
            search.index(connection, {f"guarantor:{number}": ("样本木业", f"9153{number}")})
    assert [row.case for row in office.desk.find(office.reception, "样本")] == [case]


def test_a_case_that_waits_for_two_of_my_roles_is_counted_once(office: Office) -> None:
    both = Operator("X001", "双职", ("reception", "labour"))
    office.register()
    assert office.desk.counts(both)["waiting"] == len(office.desk.work_list(both)) == 1


def test_a_parked_case_that_is_withdrawn_waits_for_nobody(office: Office) -> None:
    case = office.register()
    office.desk.park(office.reception, case)
    office.desk.perform(office.reception, case, "", "withdraw", reason="own_wish")
    for who in (office.reception, office.labour, office.police):
        assert set(office.desk.counts(who).values()) == {0}
