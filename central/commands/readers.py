"""`central readers NUMBER`: who has opened a person's data, and which terminals were given it."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace, _SubParsersAction

from central.opening import add_options, open_centre


def add_to(subparsers: _SubParsersAction[ArgumentParser]) -> None:
    parser = subparsers.add_parser(
        "readers",
        help="say who has opened a person's data, and which terminals were given it",
        description="Prints a sentence for each opening that the terminals have sent, and for each terminal "
        "that was given entries about the person (in the last three years), so that he can be told.",
    )
    parser.add_argument("number", metavar="NUMBER", help="of a slip, or of the person's document")
    parser.add_argument("--language", choices=["zh", "my", "en"], default="en", help="of the sentences")
    add_options(parser)
    parser.set_defaults(run=run)


def run(options: Namespace) -> int:
    """0."""
    from central.readers import holders
    from kiosk.actions.readers import named, readings, sentence, subjects_of
    from kiosk.model.text import Translator, say

    with open_centre(options) as centre:
        centre.projector.catch_up()
        with centre.database.read() as connection:
            subjects = subjects_of(connection, options.number)
            found = readings(connection, subjects)
            given = holders(connection, centre.office, subjects)
            registry = centre.registry(connection)
        office = centre.pack.office
        translator = centre.pack.translators.get(options.language) or Translator(options.language, {})
    names = {number: operator.name for number, operator in registry.operators.items()}
    browser = say("a browser")
    places = {code: browser if one.is_centre else one.name for code, one in registry.members.items()}
    told = [
        (at, say("{when}: first given to the terminal {place}.", when=at, place=named(terminal, places)))
        for terminal, at in given
    ]
    told += [(reading.at, sentence(reading, names, places, office.roles)) for reading in found]
    for _, text in sorted(told, key=lambda line: line[0]):
        print(translator(text))
    if not found:
        print(translator(say("Nobody has opened this person's data, as far as the terminals have told.")))
    return 0
