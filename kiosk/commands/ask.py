"""`kiosk ask NUMBER BIRTH_DATE`: what a person may read of his own case, at a self-service terminal."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction

from kiosk.commands.sync import not_enrolled


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "ask",
        help="ask the central system for one case, at a self-service terminal",
        description="Asks by a number on the person's slips and the birth date, and says in the person's own "
        "language how the case stands, what is missing and where to go next. Nothing of the answer is kept. "
        "The exit status is 1 when number and birth date do not belong together.",
    )
    parser.add_argument("number", metavar="NUMBER", help="of a receipt, a progress slip, a notice, a permit…")
    parser.add_argument("birth_date", metavar="BIRTH_DATE", help="as in the document: 1994-05-17")
    parser.add_argument("--language", choices=["zh", "my", "en"], help="default: the person's own")
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """0; 1 when there is no such case, or there were too many wrong tries."""
    from kiosk import logs
    from kiosk.actions.asking import ask, refusal_of, sentences
    from kiosk.actions.line import open_client
    from kiosk.actions.terminal import system_clock
    from kiosk.bootstrap import open_store, pack_folder
    from kiosk.definitions import read_pack
    from kiosk.errors import KioskError
    from kiosk.model.text import Text, Translator, say
    from kiosk.settings import load_settings
    from kiosk.store.exchange import known
    from kiosk.sync.refusals import Refusal

    settings = load_settings()
    logs.configure(settings.logs)
    with open_store(settings, read_only=True) as store:
        found = open_client(store, system_clock)
        with store.read() as connection:
            office = (known(connection, "office") or b"").decode()
            face = known(connection, "centre/face")
    if found is None:
        raise not_enrolled()
    pack = read_pack(pack_folder(settings))
    client, _ = found
    if face != b"selfservice":
        raise KioskError(
            say(
                "Only a self-service terminal asks for a case. "
                "At a counter, kiosk run shows it: search there."
            )
        )

    def translator(language: str) -> Translator:
        return pack.translators.get(language) or Translator(language, {})

    try:
        own = ask(client, office, options.number, options.birth_date, system_clock().date())
    except KioskError as error:
        said = translator(options.language or settings.language)(refusal_of(error))
        if isinstance(error, Refusal) and error.problem.kind in ("no_case", "tries"):
            print(said)
            return 1
        raise KioskError(Text(said)) from error
    finally:
        client.close()
    for sentence in sentences(own):
        print(translator(options.language or own.language)(sentence))
    return 0
