"""The assets and checks, a module a stage of a record's day; each builds `Definitions` from the contracts."""
