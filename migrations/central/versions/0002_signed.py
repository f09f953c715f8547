"""Every signed head is kept; a row without payload may be filled; what was given says of whom; blob parts say
of whom they came."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = """
CREATE TABLE signed (
    office TEXT NOT NULL,
    terminal TEXT NOT NULL,
    stream TEXT NOT NULL,
    sequence NUMBER NOT NULL,
    signature BYTES NOT NULL,
    PRIMARY KEY (office, terminal, stream, sequence)
) PLAIN;
INSERT INTO signed (office, terminal, stream, sequence, signature)
SELECT office, terminal, stream, sequence, signature FROM head WHERE signature IS NOT NULL;

ALTER TABLE given RENAME TO given_before;
CREATE TABLE given (
    office TEXT NOT NULL,
    terminal TEXT NOT NULL,
    stream TEXT NOT NULL,
    author TEXT NOT NULL,
    number NUMBER NOT NULL,
    at TEXT NOT NULL,
    until NUMBER NOT NULL,
    PRIMARY KEY (office, terminal, stream, author, number, at, until)
);
INSERT INTO given (office, terminal, stream, author, number, at, until)
SELECT office, terminal, stream, '', number, at, until FROM given_before;
DROP TABLE given_before;

DROP TABLE blob_part;
CREATE TABLE blob_part (
    office TEXT NOT NULL,
    terminal TEXT NOT NULL,
    name TEXT NOT NULL,
    start NUMBER NOT NULL,
    data BYTES NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (office, terminal, name, start)
);
"""
WORDS = {
    "sqlite": {" BYTES": " BLOB", " NUMBER": " INTEGER", ") PLAIN": ") WITHOUT ROWID"},
    "postgresql": {" BYTES": " BYTEA", " NUMBER": " BIGINT", ") PLAIN": ")", " TEXT": ' TEXT COLLATE "C"'},
}

# A row that came without payload (brought by somebody who had it erased) is filled when it comes, unless its
# subject was erased here. As at a terminal, in the words of each database.
SQLITE = (
    "DROP TRIGGER entry_is_not_changed",
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
        OR (
            OLD.body IS NULL AND NEW.body IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM erasure WHERE subject IN (OLD.subject, NEW.subject))
        )
    )
)
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END
""",
)
POSTGRESQL = (
    """
CREATE OR REPLACE FUNCTION entry_is_not_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (NEW.office, NEW.terminal, NEW.stream, NEW.sequence, NEW.commitment, NEW.previous, NEW.hash)
        = (OLD.office, OLD.terminal, OLD.stream, OLD.sequence, OLD.commitment, OLD.previous, OLD.hash)
        AND (
            (
                NEW.body IS NULL AND NEW.salt IS NULL
                AND EXISTS (SELECT 1 FROM erasure WHERE subject = OLD.subject)
                AND (NEW.id, NEW.act, NEW.subject) = (OLD.id, OLD.act, OLD.subject)
            )
            OR (
                OLD.body IS NULL AND NEW.body IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM erasure WHERE subject IN (OLD.subject, NEW.subject))
            )
        )
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the journal only grows';
END
$$
""",
)


def upgrade() -> None:
    dialect = op.get_context().dialect.name
    tables = STATEMENTS
    for word, said in WORDS[dialect].items():
        tables = tables.replace(word, said)
    for statement in (*tables.split(";"), *(SQLITE if dialect == "sqlite" else POSTGRESQL)):
        if statement.strip():
            op.execute(statement)
