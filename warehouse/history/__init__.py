"""What was known when, and what changed between releases."""
