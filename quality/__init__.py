"""Whether the data keeps its promises: suites made of contracts and table schemas, and their outcomes."""
