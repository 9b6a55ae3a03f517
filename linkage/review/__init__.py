"""Clerical review: the queue, what comes back from a desk, and the ledger of judgements."""
