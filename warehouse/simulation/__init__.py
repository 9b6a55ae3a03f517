"""Two versions of a pack of rules, side by side."""
