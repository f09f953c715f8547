"""The tables of the store. `migrations/terminal` makes them; a test compares the two.

What begins with `view_` is read off the journal and can be rebuilt; the rest is kept.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text

metadata = MetaData()


def _text(name: str, **options: bool) -> Column[str]:
    return Column(name, Text, **{"nullable": False} | options)  # type: ignore[arg-type]


def _key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


def _bytes(name: str, *, nullable: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=nullable)


def _number(name: str, *, primary_key: bool = False) -> Column[int]:
    return Column(name, Integer, nullable=False, primary_key=primary_key)


# --- the journal ---------------------------------------------------------------------------------

entry = Table(
    "entry",
    metadata,
    _text("id", unique=True),
    _key("office"),
    _key("terminal"),
    _key("stream"),
    _number("sequence", primary_key=True),
    _text("act"),
    _text("subject"),
    _bytes("body", nullable=True),  # gone, with its salt, when its subject was erased
    _bytes("salt", nullable=True),
    _bytes("commitment"),
    _bytes("previous"),
    _bytes("hash"),
    Index("entry_subject", "subject"),
)
erasure = Table("erasure", metadata, _key("subject"), _text("at"), _text("reason"))
head = Table(
    "head",
    metadata,
    _key("office"),
    _key("terminal"),
    _key("stream"),
    _number("sequence"),
    _bytes("hash"),
    _bytes("signature", nullable=True),
)
signed = Table(  # what a stream's author signed: where it stood then; `head` has the last of them, too
    "signed",
    metadata,
    _key("office"),
    _key("terminal"),
    _key("stream"),
    _number("sequence", primary_key=True),
    _bytes("signature"),
    sqlite_with_rowid=False,
)

# --- views: what the journal means ----------------------------------------------------------------

view_state = Table("view_state", metadata, _key("subject"), _bytes("body"))
view_replacement = Table(
    "view_replacement", metadata, _key("replaced"), _key("register"), _key("by"), sqlite_with_rowid=False
)
view_rest = Table(
    "view_rest",
    metadata,
    _key("cited"),
    _key("entry"),
    _number("decides"),
    _bytes("registers"),
    sqlite_with_rowid=False,
)
view_shaken = Table(
    "view_shaken", metadata, _key("decision"), _key("by"), _key("over"), sqlite_with_rowid=False
)
view_case = Table(
    "view_case",
    metadata,
    _key("case_id"),
    _text("person", nullable=True),
    _text("status"),
    _bytes("body"),
    Index("view_case_person", "person"),
)
view_waiting = Table(
    "view_waiting",
    metadata,
    _key("role"),
    _key("which"),
    _key("runs_out"),
    _key("case_id"),
    sqlite_with_rowid=False,
)
view_document = Table(
    "view_document",
    metadata,
    _key("person"),
    _text("document"),
    _text("issuer"),
    Index("view_document_document", "document", "issuer"),
    sqlite_with_rowid=False,
)
view_number = Table(
    "view_number",
    metadata,
    _key("number"),
    _key("subject"),
    _text("case_id", nullable=True),
    sqlite_with_rowid=False,
)
view_guarantor = Table(
    "view_guarantor",
    metadata,
    _key("guarantor"),
    _text("code"),
    _text("name"),
    Index("view_guarantor_code", "code"),
    sqlite_with_rowid=False,
)
view_permit = Table(
    "view_permit",
    metadata,
    _key("subject"),
    _text("number"),
    _text("status"),
    _text("valid_to", nullable=True),
    _text("since"),
    Index("view_permit_status", "status"),
    sqlite_with_rowid=False,
)
view_meta = Table("view_meta", metadata, _key("key"), _text("value"))

# --- what is not in the journal -------------------------------------------------------------------

draft = Table("draft", metadata, _key("operator"), _key("key"), _bytes("body"), _text("saved"))
staff = Table(
    "staff",
    metadata,
    _key("number"),
    _text("name"),
    _text("roles"),  # separated by spaces
    _text("verifier"),  # Argon2id
    _text("lease_until", nullable=True),
    _number("failures"),
    _text("locked_until", nullable=True),
)
identity = Table("identity", metadata, _key("key"), _bytes("value"))
definition = Table("definition", metadata, _key("digest"), _bytes("body"))
blob = Table("blob", metadata, _key("name"), _bytes("data"))  # ciphertext, named by its SHA-256

# --- the exchange with the central system -----------------------------------------------------------

cursor = Table("cursor", metadata, _key("feed"), _number("number"))
acknowledged = Table("acknowledged", metadata, _key("stream"), _number("sequence"), _text("at"))
set_aside = Table(  # own entries that the centre holds back, and why
    "set_aside",
    metadata,
    _key("stream"),
    _number("sequence", primary_key=True),
    _text("subject"),
    _bytes("reason"),
    _text("at"),
)

# --- search (its FTS5 table, search_gram, SQLAlchemy cannot describe) -------------------------------

search_fresh = Table("search_fresh", metadata, _key("subject"), _text("folded"))
search_text = Table(
    "search_text", metadata, _number("id", primary_key=True), _text("subject", unique=True), _text("folded")
)
