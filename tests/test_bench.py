"""The benchmark runs and its table is complete. How long anything took is no business of tests."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import msgspec
import pytest

from tests.bench.__main__ import main
from tests.bench.figures import Figure, Spread, Target, table

ROWS = {
    "commit": 6, "search": 11, "reading": 3, "rebuild": 3, "push": 1, "pull": 3, "live": 4, "newcomer": 4,
    "many": 9,
}  # fmt: skip


def test_a_small_run_has_every_row_and_uses_its_store_again(tmp_path: Path) -> None:
    out = tmp_path / "bench.md"
    arguments = ["--out", str(out), "--cases", "200"]
    assert main([*arguments, *(f"--only={name}" for name in ROWS)]) == 0
    written = out.read_text("utf-8")
    found = msgspec.json.decode(out.with_suffix(".json").read_bytes())
    assert {name: len(figures) for name, figures in found["figures"].items()} == ROWS
    for figure in chain(*found["figures"].values()):
        assert figure["own"]["median"] > 0
        assert f"| {figure['what']} | {figure['unit']} |" in written
    key = (tmp_path / "bench" / "cases-200" / "keys.json").read_bytes()
    assert main([*arguments, "--only=search"]) == 0
    assert (tmp_path / "bench" / "cases-200" / "keys.json").read_bytes() == key


def test_a_machine_without_the_peer_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "bench.md"
    monkeypatch.setenv("PATH", str(tmp_path))  # no npm there
    assert main(["--out", str(out), "--cases", "200", "--only=peer"]) == 0
    assert "| no peer on this machine: node and npm are not installed |" in out.read_text("utf-8")


def test_a_figure_is_a_ratio_to_the_bare_thing() -> None:
    own, bare = Spread.of([4.0, 6.0, 5.0]), Spread.of([2.0, 2.5, 3.0])
    figure = Figure("an act", own, bare="a write", bare_spread=bare, target=Target("ratio", 2))
    assert (figure.ratio, figure.met) == (2.0, True)
    assert Figure("an act", own, bare="a write", bare_spread=bare, target=Target("median", 4)).met is False
    assert "| an act | ms | 5 | 6.8 | a write | 2.5 | 3.4 | 2.00× | ratio ≤ 2 | yes |" in table([figure])
