"""Features: what records are compared by, and what is counted over all of them."""
