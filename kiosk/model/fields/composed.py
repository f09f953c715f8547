"""Answers of several parts: addresses, contacts, images. Their normal form is a small object."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from kiosk.model.characters import ascii_digits, clean
from kiosk.model.documents.phones import grouped, phone
from kiosk.model.entries import Json
from kiosk.model.fields.base import Plain
from kiosk.model.parsed import Context, Parsed, Wrong, explained
from kiosk.model.text import Translator, say


class AddressField(Plain):
    """{"division": code of GB/T 2260, "text": street and room}; typed as the code, a space, the text."""

    name = "address"
    options = ("max",)

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        division, _, rest = clean(raw, context.number("max", 200)).partition(" ")
        division, rest = ascii_digits(division), rest.strip()
        if not division:
            return Parsed()
        if not re.fullmatch("[0-9]{6}([0-9]{3}([0-9]{3})?)?", division):
            raise Wrong(say("Choose the town or street first, then type the rest of the address."))
        if context.codes and division not in context.codes:
            raise Wrong(say("“{key}” is not in the list; choose one that is.", key=division))
        if not rest:
            raise Wrong(say("Type street, house and room too."))
        return Parsed({"division": division, "text": rest})

    def reads(self, value: Json) -> bool:
        return _has_texts(value, "division", "text")

    def _raw(self, value: Json) -> str:
        return f"{value['division']} {value['text']}"

    def _show(self, value: Json, say: Translator, context: Context) -> str:
        code = context.codes.get(value["division"])
        return f"{say(code.label) if code else value['division']} {value['text']}"


class ContactField(Plain):
    """{"name", "phone"}, the phone "" when it is not known; typed as the name, a comma, the phone."""

    name = "contact"
    options = ("max",)

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        text = clean(raw, context.number("max", 200))
        if not text:
            return Parsed()
        name, _, number = (part.strip() for part in re.sub("[，၊;；]", ",", text).partition(","))
        if not re.search(r"\w", name):
            raise Wrong(say("Type the name, a comma and the phone number."))
        read = phone(number) if number else Parsed("")
        if read.problem:
            raise Wrong(read.problem)
        return Parsed({"name": name, "phone": read.value})

    def reads(self, value: Json) -> bool:
        return _has_texts(value, "name", "phone")

    def _raw(self, value: Json) -> str:
        return ", ".join(part for part in (value["name"], value["phone"]) if part)

    def _show(self, value: Json, say: Translator, context: Context) -> str:
        return f"{value['name']} {grouped(value['phone'])}".strip()


class ImageField(Plain):
    """A reference to an encrypted picture: {"blob": sha256 hex, "key": hex, "type": media type}.

    Nobody types it; its raw form is the JSON of the reference.
    """

    name = "image"

    @explained
    def parse(self, raw: str, context: Context) -> Parsed:
        text = clean(raw, 400)
        if not text:
            return Parsed()
        value = _decoded(text)
        if not self.reads(value):
            raise Wrong(say("This is not a picture that was taken here; attach it again."))
        return Parsed(value)

    def reads(self, value: Json) -> bool:
        return _is_reference(value)

    def _raw(self, value: Json) -> str:
        return msgspec.json.encode(value, order="sorted").decode()

    def _show(self, value: Json, say: Translator, context: Context) -> str:
        return say("Picture attached")


def _has_texts(value: Json, *parts: str) -> bool:
    return isinstance(value, dict) and all(isinstance(value.get(part), str) for part in parts)


def _decoded(raw: str) -> Json:
    try:
        return msgspec.json.decode(raw)
    except msgspec.DecodeError:
        return None


def _is_reference(value: object) -> bool:
    rules = {"blob": "[0-9a-f]{64}", "key": "([0-9a-f]{2})+", "type": r"image/[a-z]+"}
    return (
        isinstance(value, Mapping)
        and value.keys() == rules.keys()
        and all(isinstance(value[key], str) and re.fullmatch(rule, value[key]) for key, rule in rules.items())
    )
