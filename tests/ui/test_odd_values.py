"""Whatever an enrolled terminal writes, what the centre accepts of it stops no list, case, slip or page.

A terminal writes into every register of some cases what no desk would: impossible dates, other kinds, unknown
codes. Each round gives a third of the registers an odd value and the others a good one again, so that what
one odd value hides another round shows. A failure names the door, and what was odd in its case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.actions.own_case import own_case
from kiosk.actions.terminal import uuid7
from kiosk.errors import KioskError, Refused
from kiosk.model.ask import Mark
from kiosk.model.entries import HEALTH, KINDS, OFFICE, Entry, Json, Write
from kiosk.model.forms import FieldDefinition
from kiosk.settings import Settings
from kiosk.store import journal
from kiosk.store.memory import SqlMemory
from tests.central.pages.visitor import Visitor, appoint, enters, path_of
from tests.office import PERSON, Office
from tests.running import Running, meet
from tests.ui.clerk import Clerk

LISTS = ("waiting", "due", "returned", "ready", "parked", "twice")
TEXTS: tuple[Json, ...] = (
    "2026-02-30", "2026-13-45", "9999-12-31", "2026-03-05T25:00+08:00", "x", "", "\u202eabc", "9" * 600,
)  # fmt: skip
OTHERS: tuple[Json, ...] = (
    "9" * 3000, 5, -1, 1.5, 10**30, True, False, None, [], [1], ["x"], {}, {"a": 1},
    {"division": 5, "text": []}, {"name": None}, {"blob": "x", "key": "zz", "type": 5},
    {"slip": 5}, {"slip": "permit", "number": 5, "at": "x"}, {"sighted": 5, "copy": "x"},
    {"state": "nowhere", "light": "pink", "holder": "reception"}, {"reason": 5, "by": 5},
    {"items": [5, {"key": 5}], "numbers": ["x"], "before": 5, "reason": "x"},
)  # fmt: skip
Fact = tuple[str, str]  # (subject, register)
Door = tuple[str, str, Callable[[], object]]  # its name, the case that it is about or "", what to do


class World:
    """A centre, a desk with cases in several states, and a terminal that writes what it likes."""

    def __init__(self, folder: Path) -> None:
        self.centre = Running(folder / "centre")
        self.office = Office(folder / "desk", clock=self.centre.clock)
        self.hostile = Office(folder / "hostile", clock=self.centre.clock)
        self.exchange, self.other = self.centre.joined(self.office), self.centre.joined(self.hostile)
        self.cases = self._cases()
        meet(self.exchange)
        self.good = self._facts()
        self.visitors = [self._visitor(one) for one in ("R001", "D001", "L001", "P001", "S001")]

    def _cases(self) -> list[str]:
        one, desk = self.office, self.office.desk
        returned, refused = one.begin(), one.worker("accepted", **{"person.name": "KO KO"})
        marks = [Mark("person.name", "missing"), Mark("paper.registration.identity_document", "missing")]
        desk.perform(one.reception, returned, "registration", "return_registration", items=marks)
        desk.perform(one.police, refused, "permit", "refuse", reason="fraud")
        living = [one.worker(until) for until in ("handed_over", "approved", "accepted", "cleared")]
        return [*living, returned, refused, one.register()]

    def _facts(self) -> dict[Fact, Json]:
        """What stands in each register of the cases, and in those that a form would fill."""
        found: dict[Fact, Json] = {}
        with self.office.store.read() as connection:
            memory = SqlMemory(connection)
            for case in self.cases:
                for kind, subject in memory.file(case).subjects.items():
                    state = memory.state(subject)
                    names = {
                        *state.registers,
                        *(one.register for one in self.fields() if one.subject == kind),
                    }
                    found |= {(subject, name): state.value(name) for name in sorted(names)}
        return found

    def fields(self) -> list[FieldDefinition]:
        return [field for form in self.office.pack.forms.values() for field in form.fields]

    def _visitor(self, number: str) -> Visitor:
        appoint(self.centre.centre, self.office, number)
        visitor = Visitor(f"127.0.0.1:{self.centre.port}")
        visitor.sign_in(number)
        return visitor

    def round(self, seed: int) -> None:
        """Odd values here, good ones there; some beside what stands, and so contested."""
        chance = Random(seed)
        self.write(
            {
                fact: chance.choice(chance.choice((TEXTS, OTHERS))) if chance.random() < 0.33 else good
                for fact, good in self.good.items()
            },
            chance,
        )

    def write(self, values: dict[Fact, Json], chance: Random | None = None) -> None:
        """What the centre accepts of it is at the desk then, and on the pages."""
        with self.office.store.read() as connection:
            memory = SqlMemory(connection)
            made = []
            for (subject, register), value in values.items():
                state = memory.state(subject)
                stands = tuple(state.survivors(register))
                if state.value(register) != value or len(stands) > 1:
                    beside = chance is not None and chance.random() < 0.1
                    made.append(self._entry(subject, register, Write(value, () if beside else stands)))
        with self.hostile.store.write() as connection:
            for entry in made:
                journal.append(connection, [entry])
        self.other.send()
        while self.exchange.fetch().more:
            pass
        self.centre.centre.projector.catch_up()

    def _entry(self, subject: str, register: str, write: Write) -> Entry:
        """As its program would not write it. Only a supervisor who settles writes how a case stands."""
        terminal, now = self.hostile.desk.terminal, self.hostile.clock()
        moves, health = register == "status" or register.startswith("stage."), subject.startswith("health:")
        time = terminal.tick(now)
        return Entry(
            id=uuid7(time), act=uuid7(time), act_size=1, subject=subject,
            kind="settled" if moves else "recorded", version=KINDS["recorded"].version,
            writes={register: write}, actor="D001" if health else "S001",
            role="doctor" if health else "supervisor", office=terminal.office, terminal=terminal.code,
            stream=HEALTH if health else OFFICE, sequence=0, time=time, wall=now.isoformat(),
            definitions=self.office.pack.digests["worker"],
        )  # fmt: skip

    def odd_in(self, case: str) -> dict[str, Json]:
        """What is not as it was in a case, for who looks for the cause."""
        with self.office.store.read() as connection:
            memory = SqlMemory(connection)
            subjects = {one: kind for kind, one in memory.file(case).subjects.items()}
            return {
                f"{subjects[subject]}.{register}": memory.state(subject).value(register)
                for (subject, register), good in self.good.items()
                if subject in subjects and memory.state(subject).value(register) != good
            }

    def close(self) -> None:
        for visitor in self.visitors:
            visitor.close()
        for exchange in (self.exchange, self.other):
            exchange.client.close()
        for office in (self.office, self.hostile):
            office.close()
        self.centre.end()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = World(tmp_path_factory.mktemp("world"))
    yield made
    made.close()


@pytest.fixture
def sit(
    world: World, qtbot: QtBot, settings: Settings, dressed: QApplication
) -> Iterator[Callable[[int], Clerk]]:
    """Opens the counter of the desk for one of its operators."""
    made = []

    def sit_down(number: int) -> Clerk:
        everybody = world.office.everybody()
        made.append(Clerk(qtbot, world.office, settings, everybody[number % len(everybody)]))
        return made[-1]

    yield sit_down
    for one in made:
        one.window.close()


def at_the_desk(world: World) -> Iterator[Door]:
    one, desk = world.office, world.office.desk
    for who in one.everybody():
        for which in LISTS:
            yield (
                f"the list {which} of {who.roles}",
                "",
                lambda who=who, which=which: desk.work_list(who, which),
            )
        yield f"find as {who.roles}", "", lambda who=who: (desk.find(who, "ma san"), desk.counts(who))
    yield "employers", "", lambda: desk.guarantors("")
    yield "a person", "", lambda: desk.find_person("MM1000001")
    yield "the list of trust", "", desk.terminal.trust
    for case in world.cases:
        yield from of_a_case(world, case)


def of_a_case(world: World, case: str) -> Iterator[Door]:
    one, desk = world.office, world.office.desk
    for who in one.everybody():
        yield f"as {who.roles}", case, lambda who=who: desk.case(who, case, opened=False)
    yield "proposals", case, lambda: desk.proposals(one.supervisor, case, {})
    yield "actions", case, lambda: desk.actions(one.police, case, {})
    yield "records of the person", case, lambda: or_refused(desk.records, one.supervisor, case)
    for key in one.view(case).contested:
        yield f"settling {key}", case, lambda key=key: desk.dispute(one.supervisor, case, key)
    with one.store.read() as connection:
        file = SqlMemory(connection).file(case)
    yield "as its person", case, lambda: or_refused(own_case, desk.terminal, file, one.clock())
    for kind in one.view(case).slips:
        yield (
            f"the slip {kind}",
            case,
            lambda kind=kind: or_refused(desk.slip_pdf, one.reception, case, kind),
        )


def or_refused(do: Callable[..., object], *given: object) -> None:
    """Done, or refused with a sentence."""
    with suppress(KioskError):
        do(*given)


def in_the_window(clerk: Clerk, case: str) -> None:
    clerk.open(case)
    for stage in clerk.view.stages:
        clerk.page.choose(stage.key)
        for _ in clerk.page.panel.pages:
            clerk.page.panel.turn(1)
    clerk.page.refresh()
    clerk.settle()


def pages(world: World, cases: list[str]) -> Iterator[tuple[str, str]]:
    yield "", "/cases"
    for case in cases:
        view = world.office.view(case)
        yield case, path_of(case)
        yield case, path_of(case, "portrait")
        for stage in view.track.stages:
            yield from ((case, path_of(case, "forms", form)) for form in stage.forms)
        yield from ((case, path_of(case, "papers", one.stage, one.key)) for one in view.papers)
        yield from ((case, path_of(case, "actions", one.stage or "-", one.key)) for one in view.actions)


@pytest.mark.parametrize("seed", range(4))
def test_nothing_stops(world: World, sit: Callable[[int], Clerk], seed: int) -> None:
    world.round(seed)
    clerk = sit(seed)
    cases = world.cases[seed % 2 :: 2]
    window = [("the window", case, lambda case=case: in_the_window(clerk, case)) for case in cases]
    for name, case, do in (*at_the_desk(world), ("the window's list", "", clerk.bench.list.refresh), *window):
        try:
            do()
        except Exception as error:
            error.add_note(f"{name}: {world.odd_in(case) if case else ''}")
            raise
    for case, path in pages(world, cases):
        answer = world.visitors[seed % 5].get(path)
        assert answer.status_code < 500, (path, world.odd_in(case) if case else "")


@pytest.mark.parametrize("value", ["2026-02-30", 5, True, ["x"], {"a": 1}, "9" * 600])
def test_what_is_odd_is_seen_and_corrected_like_any_other_answer(world: World, value: Json) -> None:
    world.write(world.good)
    case, one = world.cases[-1], world.office
    subjects = {"case": case, "person": str(one.facts(case)["case.person"])}
    keys = [key for key in PERSON if key.partition(".")[0] in subjects]
    world.write({(subjects[key.partition(".")[0]], key.partition(".")[2]): value for key in keys})
    odd = world.odd_in(case)
    assert {"case.stay_until", "person.birth_date", "person.sex", "case.purpose"} <= {*odd}
    one.desk.record(one.reception, case, {key: PERSON[key] for key in odd}, reason="read again")
    assert {key: one.facts(case)[key] for key in odd} == {key: PERSON[key] for key in odd}
    meet(world.exchange)


def test_it_is_corrected_by_typing_over_it(world: World, sit: Callable[[int], Clerk]) -> None:
    world.write(world.good)
    case, one = world.cases[-1], world.office
    person = str(one.facts(case)["case.person"])
    world.write({(case, "stay_until"): "2026-02-30", (person, "birth_date"): 5, (person, "sex"): ["x"]})
    clerk = sit(0)
    clerk.open(case)
    clerk.page.choose("registration")
    stands = {"case.stay_until": "2026-02-30", "person.birth_date": "5", "person.sex": '["x"]'}
    assert {key: clerk.form().fields[key].raw() for key in stands} == stands
    for key, typed in (("case.stay_until", "2026-03-29"), ("person.birth_date", "1994"), ("person.sex", "2")):
        clerk.correct("registration", key, typed)
        assert one.facts(case)[key] == typed
    meet(world.exchange)
    world.write({(person, "birth_date"): "1990-02-30"})
    form, visitor = path_of(case, "forms", "registration"), world.visitors[0]
    visitor.get(form)
    assert 'value="1990-02-30"' in visitor.page
    answers = {key: value for key, value in one.facts(case).items() if key in PERSON}
    answer = visitor.send(form, **enters("", answers | {"person.birth_date": "1994-05-17"}))
    assert answer.status_code == 303
    visitor.get(path_of(case))
    assert "17 May 1994" in visitor.words
    assert "1990-02-30" in visitor.words, "what stood there before is shown as it stood"


def test_a_permit_is_not_printed_where_its_dates_cannot_be_read(world: World) -> None:
    world.write(world.good)
    case, one = world.cases[1], world.office
    permit = str(one.facts(case)["case.permit"])
    assert one.desk.slip_pdf(one.reception, case, "permit")
    for register in ("valid_from", "valid_to", "decided_at"):
        world.write({(permit, register): "2026-02-30"})
        with pytest.raises(Refused, match="dates of this permit cannot be read"):
            one.desk.slip_pdf(one.reception, case, "permit")
        world.write(world.good)
