"""A first contract drafted from a sample extract: what its columns seem to be, without anyone's values."""
