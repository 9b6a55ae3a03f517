"""Drift: whether a delivery differs from those before it by more than they differ from each other."""
