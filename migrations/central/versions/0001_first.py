"""The first schema of the centre: what a terminal's store has, and what only the centre knows."""

from alembic import op

revision = "0001"
down_revision = None

# BYTES, NUMBER and PLAIN stand for what the two databases call differently. Texts are compared byte by byte
# in both: numbers are looked up by how they begin.
STATEMENTS = """
CREATE TABLE entry (
    id TEXT NOT NULL,
    office TEXT NOT NULL,
    terminal TEXT NOT NULL,
    stream TEXT NOT NULL,
    sequence NUMBER NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    body BYTES,
    salt BYTES,
    commitment BYTES NOT NULL,
    previous BYTES NOT NULL,
    hash BYTES NOT NULL,
    PRIMARY KEY (office, terminal, stream, sequence),
    UNIQUE (id, office)
);
CREATE INDEX entry_subject ON entry (subject);
CREATE TABLE erasure (subject TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE head (
    office TEXT NOT NULL,
    terminal TEXT NOT NULL,
    stream TEXT NOT NULL,
    sequence NUMBER NOT NULL,
    hash BYTES NOT NULL,
    signature BYTES,
    PRIMARY KEY (office, terminal, stream)
);

CREATE TABLE view_state (subject TEXT NOT NULL PRIMARY KEY, body BYTES NOT NULL);
CREATE TABLE view_replacement (
    replaced TEXT NOT NULL, register TEXT NOT NULL, "by" TEXT NOT NULL, PRIMARY KEY (replaced, register, "by")
) PLAIN;
CREATE TABLE view_rest (
    cited TEXT NOT NULL, register TEXT NOT NULL, entry TEXT NOT NULL, decides NUMBER NOT NULL,
    PRIMARY KEY (cited, register, entry)
) PLAIN;
CREATE TABLE view_shaken (
    decision TEXT NOT NULL, "by" TEXT NOT NULL, "over" TEXT NOT NULL, PRIMARY KEY (decision, "by", "over")
) PLAIN;
CREATE TABLE view_case (
    case_id TEXT NOT NULL PRIMARY KEY, person TEXT, status TEXT NOT NULL, body BYTES NOT NULL
);
CREATE INDEX view_case_person ON view_case (person);
CREATE TABLE view_waiting (
    role TEXT NOT NULL, which TEXT NOT NULL, runs_out TEXT NOT NULL, case_id TEXT NOT NULL,
    PRIMARY KEY (role, which, runs_out, case_id)
) PLAIN;
CREATE TABLE view_document (
    person TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL, issuer TEXT NOT NULL
) PLAIN;
CREATE INDEX view_document_document ON view_document (document, issuer);
CREATE TABLE view_number (
    number TEXT NOT NULL, subject TEXT NOT NULL, case_id TEXT, PRIMARY KEY (number, subject)
) PLAIN;
CREATE TABLE view_guarantor (
    guarantor TEXT NOT NULL PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL
) PLAIN;
CREATE INDEX view_guarantor_code ON view_guarantor (code);
CREATE TABLE view_permit (
    subject TEXT NOT NULL PRIMARY KEY, number TEXT NOT NULL, status TEXT NOT NULL, valid_to TEXT,
    since TEXT NOT NULL
) PLAIN;
CREATE INDEX view_permit_status ON view_permit (status);
CREATE TABLE view_meta ("key" TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE draft (
    operator TEXT NOT NULL, "key" TEXT NOT NULL, body BYTES NOT NULL, saved TEXT NOT NULL,
    PRIMARY KEY (operator, "key")
);
CREATE TABLE staff (
    number TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    verifier TEXT NOT NULL,
    lease_until TEXT,
    failures NUMBER NOT NULL,
    locked_until TEXT
);
CREATE TABLE identity ("key" TEXT NOT NULL PRIMARY KEY, value BYTES NOT NULL);
CREATE TABLE definition (digest TEXT NOT NULL PRIMARY KEY, body BYTES NOT NULL);
CREATE TABLE blob (name TEXT NOT NULL PRIMARY KEY, data BYTES NOT NULL);

CREATE TABLE feed_counter (
    office TEXT NOT NULL, stream TEXT NOT NULL, number NUMBER NOT NULL, PRIMARY KEY (office, stream)
);
CREATE TABLE feed (
    office TEXT NOT NULL,
    stream TEXT NOT NULL,
    number NUMBER NOT NULL,
    terminal TEXT NOT NULL,
    first NUMBER NOT NULL,
    last NUMBER NOT NULL,
    PRIMARY KEY (office, stream, number)
);
CREATE TABLE projected (
    office TEXT NOT NULL, stream TEXT NOT NULL, number NUMBER NOT NULL, PRIMARY KEY (office, stream)
);
CREATE TABLE quarantine (
    office TEXT NOT NULL,
    terminal TEXT NOT NULL,
    stream TEXT NOT NULL,
    sequence NUMBER NOT NULL,
    id TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    body BYTES NOT NULL,
    salt BYTES NOT NULL,
    reason TEXT NOT NULL,
    slots BYTES NOT NULL,
    at TEXT NOT NULL,
    released TEXT,
    PRIMARY KEY (office, terminal, stream, sequence)
);
CREATE TABLE invitation (
    office TEXT NOT NULL,
    secret BYTES NOT NULL,
    name TEXT NOT NULL,
    face TEXT NOT NULL,
    departments TEXT NOT NULL,
    expires TEXT NOT NULL,
    terminal TEXT,
    PRIMARY KEY (office, secret)
);
CREATE TABLE operator (
    office TEXT NOT NULL, number TEXT NOT NULL, verifier TEXT NOT NULL, changed TEXT NOT NULL,
    PRIMARY KEY (office, number)
);
CREATE TABLE contact (
    office TEXT NOT NULL,
    terminal TEXT NOT NULL,
    at TEXT NOT NULL,
    skew NUMBER NOT NULL,
    program TEXT NOT NULL,
    PRIMARY KEY (office, terminal)
);
CREATE TABLE given (
    office TEXT NOT NULL,
    terminal TEXT NOT NULL,
    stream TEXT NOT NULL,
    number NUMBER NOT NULL,
    at TEXT NOT NULL,
    until NUMBER NOT NULL,
    PRIMARY KEY (office, terminal, stream, number, at)
);
CREATE TABLE blob_part (
    name TEXT NOT NULL, start NUMBER NOT NULL, data BYTES NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (name, start)
);
"""
WORDS = {
    "sqlite": {" BYTES": " BLOB", " NUMBER": " INTEGER", ") PLAIN": ") WITHOUT ROWID"},
    "postgresql": {" BYTES": " BYTEA", " NUMBER": " BIGINT", ") PLAIN": ")", " TEXT": ' TEXT COLLATE "C"'},
}

# The journal only grows. Erasure takes payload and salt of its subject; what was held back is filled when it
# is released. As at a terminal (migrations/terminal), in the words of each database.
SQLITE = (
    """
CREATE TRIGGER entry_is_not_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END
""",
    """
CREATE TRIGGER entry_is_not_replaced BEFORE INSERT ON entry
WHEN EXISTS (SELECT 1 FROM entry WHERE id = NEW.id)
    OR EXISTS (
        SELECT 1 FROM entry
        WHERE office = NEW.office AND terminal = NEW.terminal
            AND stream = NEW.stream AND sequence = NEW.sequence
    )
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END
""",
    """
CREATE TRIGGER entry_is_not_changed BEFORE UPDATE ON entry
WHEN NOT (
    NEW.office IS OLD.office AND NEW.terminal IS OLD.terminal
    AND NEW.stream IS OLD.stream AND NEW.sequence IS OLD.sequence
    AND NEW.commitment IS OLD.commitment AND NEW.previous IS OLD.previous AND NEW.hash IS OLD.hash
    AND (
        (
            NEW.body IS NULL AND NEW.salt IS NULL
            AND EXISTS (SELECT 1 FROM erasure WHERE subject = OLD.subject)
            AND NEW.id IS OLD.id AND NEW.act IS OLD.act AND NEW.subject IS OLD.subject
        )
        OR (OLD.subject = '' AND OLD.body IS NULL AND NEW.body IS NOT NULL)
    )
)
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END
""",
    "CREATE TABLE search_fresh (subject TEXT NOT NULL PRIMARY KEY, folded TEXT NOT NULL)",
    """
CREATE TABLE search_text (
    id INTEGER NOT NULL PRIMARY KEY, subject TEXT NOT NULL UNIQUE, folded TEXT NOT NULL
)
""",
    """
CREATE VIRTUAL TABLE search_gram USING fts5 (
    grams, content = '', tokenize = 'ascii', detail = none, columnsize = 0
)
""",
    "INSERT INTO search_gram (search_gram, rank) VALUES ('secure-delete', 1)",
)
POSTGRESQL = (
    """
CREATE FUNCTION journal_only_grows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal only grows'; END
$$
""",
    """
CREATE FUNCTION entry_is_not_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.office, NEW.terminal, NEW.stream, NEW.sequence, NEW.commitment, NEW.previous, NEW.hash)
        = (OLD.office, OLD.terminal, OLD.stream, OLD.sequence, OLD.commitment, OLD.previous, OLD.hash)
        AND (
            (
                NEW.body IS NULL AND NEW.salt IS NULL
                AND EXISTS (SELECT 1 FROM erasure WHERE subject = OLD.subject)
                AND (NEW.id, NEW.act, NEW.subject) = (OLD.id, OLD.act, OLD.subject)
            )
            OR (OLD.subject = '' AND OLD.body IS NULL AND NEW.body IS NOT NULL)
        )
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the journal only grows';
END
$$
""",
    """
CREATE TRIGGER entry_is_not_deleted BEFORE DELETE ON entry
FOR EACH ROW EXECUTE FUNCTION journal_only_grows()
""",
    """
CREATE TRIGGER entry_is_not_emptied BEFORE TRUNCATE ON entry
FOR EACH STATEMENT EXECUTE FUNCTION journal_only_grows()
""",
    """
CREATE TRIGGER entry_is_not_changed BEFORE UPDATE ON entry
FOR EACH ROW EXECUTE FUNCTION entry_is_not_changed()
""",
    """
CREATE TABLE search_text (
    subject TEXT NOT NULL PRIMARY KEY, folded TEXT NOT NULL, grams TEXT[] NOT NULL
)
""",
    "CREATE INDEX search_text_grams ON search_text USING gin (grams)",
)


def upgrade() -> None:
    dialect = op.get_context().dialect.name
    tables = STATEMENTS
    for word, said in WORDS[dialect].items():
        tables = tables.replace(word, said)
    for statement in (*tables.split(";"), *(SQLITE if dialect == "sqlite" else POSTGRESQL)):
        if statement.strip():
            op.execute(statement)
