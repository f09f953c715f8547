"""What a terminal knows of its exchange with the central system; rows that were held back may be filled."""

from alembic import op

revision = "0002"
down_revision = "0001"

STATEMENTS = """
CREATE TABLE cursor (feed TEXT NOT NULL PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE acknowledged (stream TEXT NOT NULL PRIMARY KEY, sequence INTEGER NOT NULL, at TEXT NOT NULL);
CREATE TABLE set_aside (
    stream TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    subject TEXT NOT NULL,
    reason BLOB NOT NULL,
    at TEXT NOT NULL,
    PRIMARY KEY (stream, sequence)
);
DROP TRIGGER entry_is_not_changed;
"""

# Erasure takes payload and salt of its subject. A row that the centre held back came as a stub: it is
# filled when it is released, and has to match what was committed to.
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
        OR (OLD.subject = '' AND OLD.body IS NULL AND NEW.body IS NOT NULL)
    )
)
BEGIN SELECT RAISE(ABORT, 'the journal only grows'); END
"""


def upgrade() -> None:
    for statement in (*STATEMENTS.split(";"), ENTRY_IS_NOT_CHANGED):
        if statement.strip():
            op.execute(statement)
