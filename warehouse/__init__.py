"""Storage: the tables and their contracts, where they lie, and how a release is published."""
