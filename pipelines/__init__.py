"""Orchestration: the only package that knows Dagster, and it holds no business logic."""
