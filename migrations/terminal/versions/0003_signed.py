"""Every signed head of a stream is kept, not the last alone; a row without payload may be filled."""

from alembic import op

revision = "0003"
down_revision = "0002"

STATEMENTS = """
CREATE TABLE signed (
    office TEXT NOT NULL,
    terminal TEXT NOT NULL,
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    signature BLOB NOT NULL,
    PRIMARY KEY (office, terminal, stream, sequence)
) WITHOUT ROWID;
INSERT INTO signed (office, terminal, stream, sequence, signature)
SELECT office, terminal, stream, sequence, signature FROM head WHERE signature IS NOT NULL;
DROP TRIGGER entry_is_not_changed;
"""

# Erasure takes payload and salt of its subject. A row that came without them (held back at the centre, or
# brought by somebody who had it erased) is filled when they come, unless its subject was erased here.
ENTRY_IS_NOT_CHANGED = """
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
"""


def upgrade() -> None:
    for statement in (*STATEMENTS.split(";"), ENTRY_IS_NOT_CHANGED):
        if statement.strip():
            op.execute(statement)
