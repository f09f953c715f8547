"""The exchange with the central system: what travels (`protocol`), and who carries it (`client`)."""
