"""Explanation: why two records are one person, or are not."""
