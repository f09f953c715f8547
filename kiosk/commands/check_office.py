"""`kiosk check-office DIR`: what is wrong with an office pack, a line each, with file, line and mend."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction
from typing import TYPE_CHECKING

from kiosk.commands import counted, path

if TYPE_CHECKING:
    from kiosk.model.office import OfficePack


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "check-office", help="check an office pack: exit status 1 when it has a fault"
    )
    parser.add_argument(
        "folder", metavar="DIR", type=path, help="the folder that holds workflows/, forms/ and assets/"
    )
    parser.add_argument(
        "--draw", action="store_true", help="print the state chart of each stage as a Mermaid diagram"
    )
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """0 without errors, 1 with them. Warnings and drafts are told, and are no errors."""
    from datetime import date

    from kiosk.definitions import ERROR, inspect_pack

    found = inspect_pack(options.folder, date.today())  # noqa: DTZ011 - the day of whoever checks
    findings = list(found.findings)
    if found.pack and not any(finding.severity == ERROR for finding in findings):
        from kiosk.trial_slips import misfits

        findings += misfits(found.pack, found.report)
    for finding in findings:
        where = f"{finding.file}:{finding.line}" if finding.line else finding.file
        label = "" if finding.severity == ERROR else "Warning: "
        print(f"{where}: {label}{finding.text} Mend: {finding.mend}")
    for language, drafts in sorted(found.drafts.items()):
        print(f"Translations into {language}: {drafts.translated}; drafts among them: {drafts.drafts}.")
    if found.pack and found.pack.office.sample:
        print("This is a sample pack: its numbers are examples.")
    errors = sum(finding.severity == ERROR for finding in findings)
    print(f"{counted(errors, 'error')}, {counted(len(findings) - errors, 'warning')}.")
    if options.draw and found.pack:
        _draw(found.pack)
    return 1 if errors or found.pack is None else 0


def _draw(pack: OfficePack) -> None:
    from kiosk.definitions.charts import chart

    for track in pack.tracks.values():
        for stage in track.stages:
            print(f"\n%% {track.key}: {stage.key}\n{chart(stage):mermaid}")
