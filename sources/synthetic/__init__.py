"""A made-up population, its life, and the faulty extracts that made-up institutions deliver of it."""
