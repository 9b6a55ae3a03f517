"""A release: staged, audited, made current, and gone back from."""
