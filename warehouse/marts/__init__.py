"""The published tables made: each by the query of its name."""
