"""Lists and pictures, which follow the records by a way of their own."""

from __future__ import annotations

import hashlib
from random import Random

import msgspec
import pytest

from central import admin
from central.guard import Limits
from kiosk.actions.carrying import BadLists
from kiosk.errors import NotAllowed
from kiosk.model.entries import Write
from kiosk.store import journal
from kiosk.sync.answers import Lists
from kiosk.sync.refusals import Unreachable
from tests import running
from tests.actions.exchanged import Make, through
from tests.central.machine import entry
from tests.office import portrait
from tests.running import Running, meet
from tests.sync.proxy import Line

# --- lists ---------------------------------------------------------------------------------------


def test_staff_are_kept_at_the_centre_and_sign_in_at_their_departments_desks(
    as_the_clock_goes: None, desk: Make, centre: Running
) -> None:
    (one, up), (other, down) = desk("labour"), desk("police")
    admin.appoint(centre.centre, "L001", "杨立新", ["labour"], "correct horse", "S001", lease_days=3)
    assert up.begin().lists or up.fetch().lists
    for exchange in (up, down):
        exchange.lists()
    assert one.desk.sign_in("L001", "correct horse").roles == ("labour",)
    with pytest.raises(NotAllowed):
        other.desk.sign_in("L001", "correct horse")
    centre.clock.forward(days=4)
    with pytest.raises(NotAllowed, match="too long"):
        one.desk.sign_in("L001", "correct horse")
    up.lists()
    one.desk.sign_in("L001", "correct horse")
    admin.set_passphrase(centre.centre, "L001", "another horse", "S001")
    assert up.fetch().lists
    up.lists()
    one.desk.sign_in("L001", "another horse")
    admin.dismiss(centre.centre, "L001", "S001")
    assert up.fetch().lists
    up.lists()
    with pytest.raises(NotAllowed):
        one.desk.sign_in("L001", "another horse")


def test_lists_that_the_centre_did_not_sign_change_nothing(desk: Make, centre: Running) -> None:
    one, up = desk()
    admin.appoint(centre.centre, "L001", "杨立新", ["labour"], "correct horse", "S001")
    up.lists()
    good = up.client.lists()
    trust = one.desk.terminal.trust()
    for bad in (
        Lists(good.signed, "00" * 64),
        Lists(good.signed.replace("A", "B", 1), good.signature),
        Lists("", good.signature),
        Lists("not base64", "not hex"),
    ):
        up.client.lists = lambda epoch, bad=bad: bad  # type: ignore[method-assign, misc]
        with pytest.raises(BadLists):
            up.lists()
    one.desk.sign_in("L001", "correct horse")
    assert one.desk.terminal.trust() == trust


# --- blobs ---------------------------------------------------------------------------------------


def test_pictures_follow_their_records_and_hold_up_nothing(desk: Make, centre: Running) -> None:
    (one, up), (other, down) = desk(), desk()
    case = one.register()
    one.desk.attach_portrait(one.reception, case, portrait())
    meet(up, down)
    reference = other.desk.case(other.reception, case).facts["case.portrait"]
    assert other.desk.blob(reference) is None
    assert down.blobs() == set()  # the centre has it not yet
    up.blobs()
    assert case in down.blobs()
    assert other.desk.blob(reference) == one.desk.blob(reference)
    assert down.blobs() == set()


def test_names_of_pictures_that_nobody_has_keep_no_picture_away(
    desk: Make, centre: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    (one, up), (other, down) = desk(), desk()
    with one.store.write() as connection:
        for number in range(4):
            names = [hashlib.sha256(f"{number}/{n}".encode()).hexdigest() for n in range(300)]
            invented = entry(writes={"note_pictures": Write([{"blob": name} for name in names])})
            journal.append(connection, [msgspec.structs.replace(invented, terminal=one.desk.terminal.code)])
    case = one.register()
    one.desk.attach_portrait(one.reception, case, portrait())
    meet(up, down)
    up.blobs()
    monkeypatch.setattr(running, "MANY", Limits(terminal=(1e-6, 20.0)))  # for what is asked from now on
    centre.end()
    centre.begin()
    assert case in down.blobs()
    assert down.blobs() == set()
    assert other.desk.blob(other.desk.case(other.reception, case).facts["case.portrait"])


def test_pictures_go_on_where_the_line_was_cut(desk: Make, centre: Running) -> None:
    (one, up), (other, down) = desk(), desk()
    case = one.register()
    scan = Random(1).randbytes(3_000_000)
    one.desk.attach_paper(one.reception, case, "registration", "identity_document", scan, "application/pdf")
    meet(up, down)
    line = Line(centre.port)
    for office, cut_after in ((one, 2_500_000), (other, 1_500_000)):
        exchange = through(line, office)
        tries = 0
        line.budget = cut_after
        while True:
            tries += 1
            try:
                exchange.blobs()
                break
            except Unreachable:
                line.cut()
        assert tries > 1
        exchange.client.close()
    line.close()
    paper = next(p for p in other.desk.case(other.reception, case).papers if p.copy)
    assert other.desk.blob(paper.copy) == scan
