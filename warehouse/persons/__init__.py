"""Golden records, kin and households: who the people are, of all that is said of them."""
