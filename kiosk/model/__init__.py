"""Pure rules: no Qt, SQL, files, network or clock."""
