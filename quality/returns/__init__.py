"""Return reports: what an institution is asked to mend in a delivery, row by row, by its own keys."""
