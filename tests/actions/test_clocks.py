"""A clock that was far ahead for a while: everybody sees it, and work goes on in the right time after it."""

from __future__ import annotations

import pytest

from tests.actions.exchanged import Made, Make, opened, whole
from tests.office import Clock, Office
from tests.running import Running, meet
from tests.store.compared import views

DAYS = [27_000, 90]  # an empty battery; somebody mistook the month
WRONG = "the clock of that terminal was wrong"
PHONE = "+86138001380{:02}"


def record(office: Office, case: str, number: int) -> None:
    office.desk.record(office.reception, case, {"person.phone": PHONE.format(number)})


def times(office: Office) -> list[int]:
    """Of what this desk wrote, in hours after its clock as it is now, as it was written."""
    now = office.clock().timestamp()
    own = [row for row in office.journal() if row["terminal"] == office.desk.terminal.code]
    return [round(((row["time"] >> 16) / 1000 - now) / 3600) for row in own]


def lines(office: Office, case: str) -> list[tuple[str, bool]]:
    """Who wrote the last four lines of the history, and whether his clock was wrong."""
    view = office.desk.case(office.reception, case, opened=False)
    return [(line.terminal, WRONG in str(line.sentence)) for line in view.history[-4:]]


@pytest.fixture
def far(centre: Running) -> Clock:
    """The clock of one desk; it is right at first."""
    return Clock(centre.clock())


@pytest.fixture
def ahead(desk: Make, centre: Running, far: Clock, request: pytest.FixtureRequest) -> tuple[Made, Made, str]:
    """Two desks and a case; one of them wrote while its clock was so many days ahead, and is right again."""
    (one, up), (other, down) = desk(clock=far), desk()
    case = one.register()
    meet(up, down)
    up.lists()
    far.forward(days=request.param)
    record(one, case, 11)
    meet(up, down)
    centre.clock.forward(hours=1)
    far.now = centre.clock()
    return (one, up), (other, down), case


@pytest.mark.parametrize("ahead", DAYS, indirect=True)
def test_it_comes_back_to_right_time_and_every_history_shows_what_was_wrong(
    ahead: tuple[Made, Made, str], centre: Running, far: Clock
) -> None:
    (one, up), (other, down), case = ahead
    up.lists()
    record(one, case, 12)
    assert times(one)[-1] == 0
    meet(up, down)
    centre.clock.forward(hours=1)
    far.now = centre.clock()
    record(other, case, 13)
    meet(down, up)
    mine, his = one.desk.terminal.code, other.desk.terminal.code
    for office in (one, other):
        assert lines(office, case) == [(mine, False), (mine, True), (mine, False), (his, False)]
        assert office.facts(case)["person.phone"] == PHONE.format(13)
        whole(office.store)
    assert views(one.store) == views(other.store)
    ids = [row["id"] for row in one.journal()]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("ahead", DAYS, indirect=True)
def test_a_start_leaves_the_wrong_time_behind(ahead: tuple[Made, Made, str]) -> None:
    """Without the line: how late it is was counted on meanwhile."""
    (one, up), _, case = ahead
    up.client.close()
    one.close()
    one, up = opened(one)
    record(one, case, 12)
    assert times(one)[-1] == 0
    up.client.close()
    one.close()


@pytest.mark.parametrize("ahead", [27_000], indirect=True)
def test_before_the_line_is_up_again_the_history_goes_by_what_the_clock_shows(
    ahead: tuple[Made, Made, str], centre: Running, far: Clock
) -> None:
    (one, up), (other, down), case = ahead
    record(one, case, 12)  # after 2100 still, for want of the centre's word
    centre.clock.forward(hours=2)
    far.now = centre.clock()
    record(other, case, 13)
    up.send()
    down.fetch()
    mine, his = one.desk.terminal.code, other.desk.terminal.code
    assert lines(other, case) == [(mine, False), (mine, True), (mine, False), (his, False)]


def test_a_clock_that_lost_its_time_puts_nothing_first(desk: Make, centre: Running, far: Clock) -> None:
    (one, up), (other, down) = desk(clock=far), desk()
    case = one.register()
    meet(up, down)
    far.forward(days=-19_000)
    record(one, case, 11)
    far.now = centre.clock()
    record(one, case, 12)
    meet(up, down)
    code = one.desk.terminal.code
    for office in (one, other):
        assert lines(office, case)[1:] == [(code, False), (code, True), (code, False)]
