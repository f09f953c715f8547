"""A restored centre does not know who was revoked since its backup; whoever restores it can say so again."""

from __future__ import annotations

from pathlib import Path

from central import admin
from central.centre import Centre
from tests.central.machine import entry, serving
from tests.central.restoring import bring, restored, revoked_since


def test_who_is_revoked_once_more_before_it_serves_writes_nothing(centre: Centre, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    thief, desk, pulled, rows = revoked_since(centre, file)
    with restored(file, "new.db") as new:
        admin.revoke(new, "AAAA", "S001")
        with serving(new) as town:
            again = {one.code: town.known(one) for one in (thief, desk)}
            assert len(again["AAAA"].send(entry()).set_aside) == 1
            bring(again["BBBB"], new, pulled, rows)
            assert len(again["AAAA"].send(entry()).set_aside) == 1
