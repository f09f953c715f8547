"""A restored centre does not know who was revoked since its backup; whoever restores it can say so again.

Of what was done since, the stream `admin` tells again, once a terminal has brought it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from central import admin
from central.__main__ import main
from central.backup import backup
from central.centre import Centre
from kiosk.model.entries import ADMIN
from tests.central.machine import entry, serving
from tests.central.restoring import PUBLIC, bring, restored, revoked_since


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


def test_what_was_done_since_the_backup_is_listed_as_the_journal_tells_it(
    centre: Centre, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "backup"
    with serving(centre) as town:
        author, desk = town.machine("AAAA"), town.machine("BBBB")
        for number in ("R001", "R002"):
            admin.appoint(centre, number, "Li", ["reception"], "a long passphrase", "S001")
        backup(centre.database, file, PUBLIC)
        author.send(entry(role="police"))
        admin.release(centre, ("RL01", "AAAA", "office"), 1, 1, "S001")
        admin.set_passphrase(centre, "R001", "another passphrase", "S001")
        pulled, rows = desk.pull()
    with restored(file, "new.db") as new, serving(new) as town:
        monkeypatch.setenv("CENTRAL_DATABASE", new.database.url)
        assert main(["quarantine", "list", "--released"]) == 0
        assert capsys.readouterr().out == "Nothing is held back, nothing was released.\n"
        bring(town.known(desk), new, pulled, [row for row in rows if row.stream == ADMIN])
        assert main(["quarantine", "list", "--released"]) == 0
        said = capsys.readouterr().out
        assert said.startswith("AAAA/office/1  released 20")
        assert said.endswith(" by S001\n")
        assert main(["operators", "list"]) == 0
        first, second = capsys.readouterr().out.splitlines()
        assert first.endswith(
            "lost in the restore, unless a terminal brings it back: central operators passphrase R001"
        )
        assert "lost" not in second
        assert main(["journal", "complete"]) == 0
        assert capsys.readouterr().out.splitlines()[1:] == [
            "The passphrase of R001 was lost: central operators passphrase R001"
        ]
