"""The first schema."""

from alembic import op

revision = "0001"
down_revision = None

STATEMENTS = """
CREATE TABLE entry (
    id TEXT NOT NULL UNIQUE,
    office TEXT NOT NULL,
    terminal TEXT NOT NULL,
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    body BLOB,
    salt BLOB,
    commitment BLOB NOT NULL,
    previous BLOB NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (office, terminal, stream, sequence)
);
CREATE INDEX entry_subject ON entry (subject);
CREATE TABLE erasure (subject TEXT NOT NULL PRIMARY KEY, at TEXT NOT NULL, reason TEXT NOT NULL);
CREATE TABLE head (
    office TEXT NOT NULL,
    terminal TEXT NOT NULL,
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    hash BLOB NOT NULL,
    signature BLOB,
    PRIMARY KEY (office, terminal, stream)
);

CREATE TABLE view_state (subject TEXT NOT NULL PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE view_replacement (
    replaced TEXT NOT NULL, register TEXT NOT NULL, "by" TEXT NOT NULL, PRIMARY KEY (replaced, register, "by")
) WITHOUT ROWID;
CREATE TABLE view_rest (
    cited TEXT NOT NULL, register TEXT NOT NULL, entry TEXT NOT NULL, decides INTEGER NOT NULL,
    PRIMARY KEY (cited, register, entry)
) WITHOUT ROWID;
CREATE TABLE view_shaken (
    decision TEXT NOT NULL, "by" TEXT NOT NULL, "over" TEXT NOT NULL, PRIMARY KEY (decision, "by", "over")
) WITHOUT ROWID;
CREATE TABLE view_case (
    case_id TEXT NOT NULL PRIMARY KEY, person TEXT, status TEXT NOT NULL, body BLOB NOT NULL
);
CREATE INDEX view_case_person ON view_case (person);
CREATE TABLE view_waiting (
    role TEXT NOT NULL, which TEXT NOT NULL, runs_out TEXT NOT NULL, case_id TEXT NOT NULL,
    PRIMARY KEY (role, which, runs_out, case_id)
) WITHOUT ROWID;
CREATE TABLE view_document (
    person TEXT NOT NULL PRIMARY KEY, document TEXT NOT NULL, issuer TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX view_document_document ON view_document (document, issuer);
CREATE TABLE view_number (
    number TEXT NOT NULL, subject TEXT NOT NULL, case_id TEXT, PRIMARY KEY (number, subject)
) WITHOUT ROWID;
CREATE TABLE view_guarantor (
    guarantor TEXT NOT NULL PRIMARY KEY, code TEXT NOT NULL, name TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX view_guarantor_code ON view_guarantor (code);
CREATE TABLE view_permit (
    subject TEXT NOT NULL PRIMARY KEY, number TEXT NOT NULL, status TEXT NOT NULL, valid_to TEXT,
    since TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX view_permit_status ON view_permit (status);
CREATE TABLE view_meta ("key" TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE draft (
    operator TEXT NOT NULL, "key" TEXT NOT NULL, body BLOB NOT NULL, saved TEXT NOT NULL,
    PRIMARY KEY (operator, "key")
);
CREATE TABLE staff (
    number TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    roles TEXT NOT NULL,
    verifier TEXT NOT NULL,
    lease_until TEXT,
    failures INTEGER NOT NULL,
    locked_until TEXT
);
CREATE TABLE identity ("key" TEXT NOT NULL PRIMARY KEY, value BLOB NOT NULL);
CREATE TABLE definition (digest TEXT NOT NULL PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE blob (name TEXT NOT NULL PRIMARY KEY, data BLOB NOT NULL);

CREATE TABLE search_fresh (subject TEXT NOT NULL PRIMARY KEY, folded TEXT NOT NULL);
CREATE TABLE search_text (
    id INTEGER NOT NULL PRIMARY KEY, subject TEXT NOT NULL UNIQUE, folded TEXT NOT NULL
);
"""

# The journal only grows. Erasure is the one door: a subject that stands in `erasure` loses payload
# and salt. A row that is there already is not replaced either, whatever the statement says.
TRIGGERS = (
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
    NEW.body IS NULL AND NEW.salt IS NULL
    AND EXISTS (SELECT 1 FROM erasure WHERE subject = OLD.subject)
    AND NEW.id IS OLD.id AND NEW.office IS OLD.office AND NEW.terminal IS OLD.terminal
    AND NEW.stream IS OLD.stream AND NEW.sequence IS OLD.sequence AND NEW.act IS OLD.act
    AND NEW.subject IS OLD.subject AND NEW.commitment IS OLD.commitment
    AND NEW.previous IS OLD.previous AND NEW.hash IS OLD.hash
)
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END
""",
)

# FTS5 as kiosk.store.search uses it: grams without texts or positions; what is deleted is gone from
# the file; a page of FTS5 fits into a page of SQLCipher. The tokenizer splits at spaces alone, since
# grams hold only letters, marks and digits.
SEARCH = (
    """
CREATE VIRTUAL TABLE search_gram USING fts5 (
    grams, content = '', tokenize = 'ascii', detail = none, columnsize = 0
)
""",
    "INSERT INTO search_gram (search_gram, rank) VALUES ('secure-delete', 1)",
    "INSERT INTO search_gram (search_gram, rank) VALUES ('pgsz', 3900)",
)


def upgrade() -> None:
    for statement in (*STATEMENTS.split(";"), *TRIGGERS, *SEARCH):
        if statement.strip():
            op.execute(statement)
