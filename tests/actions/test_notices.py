"""What the slips of one case say as it goes on: their numbers and dates, and where the person goes next."""

from __future__ import annotations

import pytest

from kiosk.model.case import Mark
from kiosk.model.numbers import number_is_whole
from kiosk.model.text import Text
from tests.office import Office


def returned(office: Office, case: str, *, key: str = "person.name") -> str:
    """The police return the case; the number of the notice."""
    items, second = [Mark(key, "differs")], office.supervisor
    office.desk.perform(office.police, case, "permit", "return_permit", items=items, second=second)
    return office.desk.slip(office.reception, case, "missing").number


def test_each_notice_has_a_number_of_its_own_and_is_found_by_it(office: Office) -> None:
    case = office.worker("accepted")
    first = returned(office, case)
    office.desk.perform(office.reception, case, "permit", "accept")
    second = returned(office, case, key="person.sex")
    office.desk.perform(office.reception, case, "permit", "accept")
    office.desk.perform(office.police, case, "permit", "refuse", reason="papers_not_full")
    refusal = office.desk.slip(office.reception, case, "refusal").number
    own = office.desk.slip(office.reception, case, "progress").number
    assert len({first, second, refusal, own}) == 4
    for number in (first, second, refusal, own):
        assert number_is_whole(number)
        assert [row.case for row in office.desk.find(office.reception, number)] == [case]


def test_a_second_notice_is_no_reprint_of_the_first(office: Office) -> None:
    case = office.worker("accepted")
    returned(office, case)
    office.desk.printed(office.reception, case, "missing")
    assert office.desk.slip(office.reception, case, "missing").reprint == 1
    office.desk.perform(office.reception, case, "permit", "accept")
    returned(office, case, key="person.sex")
    assert office.desk.slip(office.reception, case, "missing").reprint == 0


def test_a_reprint_keeps_the_day_on_which_the_slip_was_issued(office: Office) -> None:
    case = office.worker("accepted")
    accepted = office.clock.now
    office.clock.forward(days=1)
    office.approve(case)
    approved = office.clock.now
    office.clock.forward(days=2)
    slip = office.desk.slip
    assert slip(office.reception, case, "receipt").issued_at == accepted
    assert slip(office.reception, case, "permit").issued_at == approved
    assert slip(office.reception, case, "progress").issued_at == office.clock.now


@pytest.mark.parametrize(
    ("until", "picture", "says", "comes_back"),
    [
        ("registered", "window", "The health check is ordered there", False),
        ("cleared", "guarantee", "together with your employer", True),
        ("confirmed", "guarantee", "The labour window registers your work", True),
        ("work_registered", "window", "hand in the application", False),
        ("accepted", "wait", "The exit-entry police decide", True),
        ("approved", "window", "Collect your permit", False),
        ("handed_over", "carry", "", False),
    ],
)
def test_the_progress_slip_says_where_to_go_and_what_to_do_there(
    office: Office, until: str, picture: str, says: str, comes_back: bool
) -> None:
    slip = office.desk.slip(office.reception, office.worker(until), "progress")
    assert slip.next_step == picture
    assert says in str(slip.next_text or "")
    assert (slip.collect_after is not None) is comes_back


def test_an_ordered_health_check_sends_the_person_to_the_health_post(office: Office) -> None:
    case = office.register()
    office.order_health(case)
    slip = office.desk.slip(office.reception, case, "progress")
    assert slip.next_step == "health"
    assert "Go to the health post" in str(slip.next_text)


def test_a_notice_says_to_which_window_the_papers_go(office: Office) -> None:
    case = office.worker("confirmed")
    items = [Mark("paper.guarantee.work_contract", "missing")]
    office.desk.perform(office.labour, case, "guarantee", "return_work", items=items)
    slip = office.desk.slip(office.labour, case, "missing")
    assert slip.next_text == Text("Bring what the notice lists to the labour window.")
    assert slip.next_step == "bring"
    assert slip.collect_after is None


def test_what_is_stamped_is_not_called_provisional(office: Office) -> None:
    case = office.worker("accepted")
    assert not office.desk.slip(office.reception, case, "receipt").provisional
    assert office.desk.slip(office.reception, case, "progress").provisional
    returned(office, case)
    assert not office.desk.slip(office.reception, case, "missing").provisional
