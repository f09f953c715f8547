"""The encrypted store of one terminal: its journal, its views, its keys and its backups."""
