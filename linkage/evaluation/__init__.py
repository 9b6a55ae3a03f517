"""Evaluation: the quality of a linkage, against a truth and without one."""
