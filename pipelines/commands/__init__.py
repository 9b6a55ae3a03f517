"""The verbs of `padron`: what each reads from the command line, and what it does."""
