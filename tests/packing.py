"""Office packs for tests: the sample, changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from central.centre import Centre
from kiosk.actions.packs import BUNDLE, keep
from kiosk.definitions.bundle import PARTS, bundle, digest_of
from kiosk.model.entries import ADMIN
from kiosk.settings import sample_pack_folder
from kiosk.store.database import Connection

QUESTION = "      - {key: person.shoe_size, type: integer, label: Shoe size, main: false}\n"
PHONE = "      - {key: person.phone,"
NEW_WORDS = (("Shoe size", "鞋码", "ဖိနပ်အရွယ်"),)


def changed_pack(
    folder: Path,
    version: int = 2,
    changes: Iterable[tuple[str, str, str]] = (("forms/registration.yaml", PHONE, QUESTION + PHONE),),
    words: Iterable[tuple[str, str, str]] = NEW_WORDS,
) -> Path:
    """The sample pack in a folder of its own, of another version.

    `changes` are (file, old, new), each once; `words` are (English, Chinese, Burmese). By default the
    registration has one more question.
    """
    for part in PARTS:
        for path in sample_pack_folder().glob(part):
            target = folder / path.relative_to(sample_pack_folder())
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    for file, old, new in (("assets/office.yaml", "\nversion: 1", f"\nversion: {version}"), *changes):
        text = (folder / file).read_text("utf-8")
        assert old in text, f"{old!r} does not stand in {file}"
        (folder / file).write_text(text.replace(old, new, 1), "utf-8")
    for english, *translated in words:
        for language, text in zip(("zh", "my"), translated, strict=True):
            with (folder / f"assets/translations/{language}.po").open("a", encoding="utf-8") as catalogue:
                catalogue.write(f'\nmsgid "{english}"\nmsgstr "{text}"\n')
    return folder


def give_out_unread(centre: Centre, folder: Path, version: int, tracks: dict[str, bytes]) -> str:
    """Gives out a pack as the centre of a newer program does; its digest. `tracks` are their definitions."""
    content, pinned = bundle(folder), {track: digest_of(source) for track, source in tracks.items()}
    values = {"version": version, "since": date(2026, 1, 1).isoformat(), "tracks": pinned}

    def work(connection: Connection) -> None:
        keep(connection, BUNDLE + digest_of(content), content)
        for track, source in tracks.items():
            keep(connection, pinned[track], source)
        centre.write_admin(connection, f"pack:{digest_of(content)}", "published", values, "admin")

    centre.database.transact(work)
    centre.on_commit({ADMIN})
    return digest_of(content)
