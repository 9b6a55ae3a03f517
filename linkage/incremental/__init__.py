"""Incremental linkage: what changed alone is linked anew."""
