"""Collects every sentence of the program and of the sample pack, and updates assets/translations/*.po.

    python tools/translations.py           writes the .po files, keeping what is translated; lists what is not
    python tools/translations.py --check   only lists; exit status 1 when something is missing

A sentence of the program is the first literal of `say(…)`, `Text(…)` and `tr(…)`, or stands in one of
the tables of CONSTANTS; of a page template it is the first literal of `say(…)`. A sentence that is only
slots and spaces needs no translation.
"""

from __future__ import annotations

import ast
import string
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from jinja2 import Environment
from jinja2.ext import extract_from_ast

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from kiosk.definitions.catalogue import DRAFT, Message, read_catalogue  # noqa: E402
from kiosk.definitions.reading import read_folder  # noqa: E402
from kiosk.definitions.wording import texts_of  # noqa: E402

# Functions and classes whose argument with this number is a sentence.
CALLS = {"say": 0, "Text": 0, "tr": 0, "SlipKind": 0, "Kind": 1, "FieldDefinition": 2}
# Module constants whose text values are sentences.
CONSTANTS = {"MONTHS", "NEXT_STEPS", "RUNS_OUT", "LIGHT_WORDS", "STATUS_WORDS"}
PACKAGES = ("central", "kiosk")
TEMPLATES = Environment(autoescape=True)
CHECKED = {"zh"}  # languages whose new entries are no drafts
HEADER = """\
# Translations of the program and of the sample office pack, made by tools/translations.py.
# An entry flagged "draft" has not been checked by a native reader.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"
"""


def sentences(root: Path = ROOT) -> dict[str, set[str]]:
    """Every msgid in use, with the files it stands in."""
    found: dict[str, set[str]] = {}
    for path in sorted(path for package in PACKAGES for path in (root / package).rglob("*.*")):
        if path.suffix in READERS:
            for text in READERS[path.suffix](path.read_text(encoding="utf-8")):
                found.setdefault(text, set()).add(path.relative_to(root).as_posix())
    reading = read_folder(root)
    if reading.pack is None:
        raise SystemExit("The sample pack cannot be read: run kiosk check-office")
    for text, place in texts_of(reading.pack, reading.report):
        found.setdefault(text, set()).add(place.file)
    return {text: files for text, files in found.items() if needs_translation(text)}


def template_texts(source: str) -> Iterator[str]:
    """The sentences of one page template."""
    for _line, _function, messages in extract_from_ast(TEMPLATES.parse(source), ("say",), False):
        yield from [text for text in messages[:1] if text is not None]


def program_texts(source: str) -> Iterator[str]:
    """The sentences of one module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in CALLS and len(node.args) > CALLS[name]:
                yield from _literals(node.args[CALLS[name]])
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id in CONSTANTS for target in targets):
                yield from _values(node.value)


READERS: Mapping[str, Callable[[str], Iterator[str]]] = {".py": program_texts, ".html": template_texts}


def _literals(node: ast.expr) -> Iterator[str]:
    """The text of a literal, of both arms of `a if x else b`, or of what `.get(x, default)` falls back to."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _literals(node.body)
        yield from _literals(node.orelse)
    elif isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get":
        yield from _literals(node.args[-1])


def _values(node: ast.expr | None) -> Iterator[str]:
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from _literals(value)
    elif isinstance(node, ast.Tuple | ast.List):
        for value in node.elts:
            yield from _literals(value)


def needs_translation(text: str) -> bool:
    """False for a sentence that is only slots and spaces."""
    return any(literal.strip() for literal, *_ in string.Formatter().parse(text))


def known(language: str, root: Path = ROOT) -> dict[str, Message]:
    """What stands in the language's .po file."""
    path = root / f"assets/translations/{language}.po"
    return {message.msgid: message for message in read_catalogue(path)} if path.exists() else {}


def missing(used: Mapping[str, set[str]], language: str, root: Path = ROOT) -> list[str]:
    """Sentences in use without a translation."""
    messages = known(language, root)
    return [text for text in used if not (text in messages and messages[text].msgstr)]


def catalogue(used: Mapping[str, set[str]], messages: Mapping[str, Message], language: str) -> str:
    """The text of a .po file: what is in use, by file, with the translations known so far."""
    parts = [HEADER.format(language=language)]
    for text in sorted(used, key=lambda text: (min(used[text]), text)):
        message = messages.get(text)
        draft = message.draft if message else language not in CHECKED
        references = f"#: {' '.join(sorted(used[text]))}\n"
        flags = f"#, {DRAFT}\n" if draft else ""
        translated = message.msgstr if message else ""
        parts.append(f"{references}{flags}msgid {quoted(text)}\nmsgstr {quoted(translated)}\n")
    return "\n".join(parts)


def quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def main(arguments: list[str]) -> int:
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    used = sentences()
    untranslated = 0
    for path in sorted((ROOT / "assets/translations").glob("*.po")):
        language = path.stem
        if not options.check:
            path.write_text(catalogue(used, known(language), language), encoding="utf-8", newline="\n")
        for text in missing(used, language):
            untranslated += 1
            print(f"{language}: {text!r} ({', '.join(sorted(used[text]))})")
    print(f"{len(used)} sentences, {untranslated} translations missing")
    return 1 if untranslated else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
