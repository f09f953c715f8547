"""`kiosk readers NUMBER`: who has opened a person's data at this terminal."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "readers",
        help="say who has opened a person's data at this terminal",
        description="Prints a sentence for each opening, so that a person can be told who has read his data. "
        "A terminal knows of its own openings; `central readers` of an office's central system knows of all.",
    )
    parser.add_argument("number", metavar="NUMBER", help="of a slip, or of the person's document")
    parser.add_argument("--language", choices=["zh", "my", "en"], default="en", help="of the sentences")
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """0."""
    from kiosk.actions.readers import readings, sentence, subjects_of
    from kiosk.actions.standing import staff_names
    from kiosk.bootstrap import open_store, pack_folder
    from kiosk.definitions import read_pack
    from kiosk.model.text import Translator, say
    from kiosk.settings import load_settings
    from kiosk.store.exchange import known
    from kiosk.store.memory import SqlMemory

    settings = load_settings()
    pack = read_pack(pack_folder(settings))
    translator = pack.translators.get(options.language) or Translator(options.language, {})
    with open_store(settings, read_only=True) as store, store.read() as connection:
        found = readings(connection, subjects_of(connection, options.number))
        names = staff_names(SqlMemory(connection))
        joined = known(connection, "centre/url") is not None
    for reading in found:
        print(translator(sentence(reading, names, {}, pack.office.roles)))
    if not found:
        print(translator(say("Nobody has opened this person's data here.")))
    if joined:
        print(translator(say("What was opened elsewhere, the central system knows: central readers")))
    return 0
