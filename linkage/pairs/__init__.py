"""Candidate pairs and their comparison vectors."""
