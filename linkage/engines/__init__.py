"""Other engines for the same model: recordlinkage, which the SQL engine is held to, and Splink, by its settings."""
