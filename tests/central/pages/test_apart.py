"""What desks wrote apart, side by side on the page of its case."""

from __future__ import annotations

from central.centre import Centre
from tests.central.pages.visitor import Enter, path_of
from tests.elsewhere import arrives
from tests.office import PERSON, Clerks


def test_unlike_values_stand_side_by_side(enter: Enter, clerks: Clerks, centre: Centre) -> None:
    case = clerks.worker("registered", **{"person.name": "MA SAN"})
    arrives(centre.database, str(clerks.facts(case)["case.person"]), {"name": "MA SANDA"})
    supervisor = enter("S001")
    supervisor.get("/cases")
    assert path_of(case) in supervisor.page
    supervisor.get(path_of(case))
    assert "To be settled: Name as in the document" in supervisor.words
    assert "MA SANDA L009 (Labour clerk) 2 March 2026 10:30, at ZZZZ" in supervisor.words
    assert "Did not know that L009 wrote “MA SANDA” for Name as in the document" in supervisor.words
    assert "A supervisor settles it at a counter." in supervisor.words


def test_a_shaken_decision_stands_beside_what_it_rests_on(
    enter: Enter, clerks: Clerks, centre: Centre
) -> None:
    case = clerks.worker("approved")
    arrives(centre.database, str(clerks.facts(case)["case.guarantee"]), {"status": "withdrawn"}, seen=True)
    police = enter("P001", "zh")
    police.get(path_of(case))
    assert "待核对: 临时居留证" in police.words
    assert "担保 有效 已撤回 L009" in police.words
    doctor = enter("D001")
    doctor.get(path_of(case))
    assert "L009" not in doctor.words


def test_what_a_reader_need_not_know_is_masked_here_too(enter: Enter, clerks: Clerks, centre: Centre) -> None:
    case = clerks.worker("registered")
    arrives(centre.database, str(clerks.facts(case)["case.person"]), {"phone": "+8613900139055"})
    police, reception = enter("P001"), enter("R001")
    police.get(path_of(case))
    assert "To be settled: Phone" in police.words
    assert "139 0013 9055" not in police.words
    reception.get(path_of(case))
    assert "139 0013 9055" in reception.words


def test_who_was_registered_twice_is_said(enter: Enter, clerks: Clerks, centre: Centre) -> None:
    case = clerks.register(PERSON)
    for register in ("document_number", "document_issuer"):
        arrives(centre.database, "person:theirs", {register: PERSON[f"person.{register}"]})
    reception, supervisor, labour = enter("R001"), enter("S001"), enter("L001")
    for one, told in ((reception, True), (supervisor, True), (labour, False)):
        one.get(path_of(case))
        assert ("This document is known of another person, too." in one.words) is told
    supervisor.get("/cases?list=twice")
    assert path_of(case) in supervisor.page
    reception.get("/cases")
    assert "Registered twice" not in reception.words


def test_a_number_of_two_cases_is_said_at_both(enter: Enter, clerks: Clerks, centre: Centre) -> None:
    first = clerks.register()
    with centre.database.write() as connection:  # as two copies of one terminal count
        connection.execute("DELETE FROM identity WHERE key LIKE 'counter.%'")
    second = clerks.register()
    reception = enter("R001")
    for case in (first, second):
        reception.get(path_of(case))
        assert "Another case has the same number, too:" in reception.words
