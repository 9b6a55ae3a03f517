"""Audit checks over the whole registry: one SQL file a check, and `checks.yaml` for what each tolerates."""
