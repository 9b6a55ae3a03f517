"""What each institution sees of the population, one module an institution."""
