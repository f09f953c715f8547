"""A restored centre does not know who was revoked since its backup; whoever restores it can say so again."""

from __future__ import annotations

from pathlib import Path

from central import admin
from central.backup import backup
from central.centre import Centre
from tests.central.machine import entry, serving
from tests.central.test_backup import PUBLIC, bring, restored


def test_who_is_revoked_once_more_before_it_serves_writes_nothing(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    with serving(centre) as town:
        thief, desk = town.machine("AAAA"), town.machine("BBBB")
        backup(centre.database, file, PUBLIC)
        admin.revoke(centre, "AAAA", "S001")
        pulled, rows = desk.pull()
    with restored(file, "new.db") as new:
        admin.revoke(new, "AAAA", "S001")
        with serving(new) as town:
            again = {one.code: town.known(one) for one in (thief, desk)}
            assert len(again["AAAA"].send(entry()).set_aside) == 1
            bring(again["BBBB"], new, pulled, rows)
            assert len(again["AAAA"].send(entry()).set_aside) == 1
