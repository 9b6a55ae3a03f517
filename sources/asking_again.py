"""When a database that did not answer is asked again: while it cannot be reached, starts, stops, or is full of clients.

A wrong password, or a database that is not there, stays wrong however often it is tried, and tries lock accounts.
"""

from __future__ import annotations

import psycopg
from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential

TRIES = 4
SHORTEST_WAIT = 2.0
"""Seconds before the second try; each wait is twice the one before, so that a restart of the server is outlasted."""

PASSING_CLASSES = ("08", "57P0", "53300")
"""SQLSTATEs: lost connections, a server that stops or starts, too many clients."""
PASSING_WORDS = ("starting up", "shutting down", "recovery mode", "too many clients")
"""What a server says of the same when it lets nobody in: then there is no SQLSTATE."""


def asking_again() -> Retrying:
    """The tries, as tenacity runs them; the last one's error is raised."""
    return Retrying(
        retry=retry_if_exception(may_pass),
        stop=stop_after_attempt(TRIES),
        wait=wait_exponential(multiplier=SHORTEST_WAIT),
        reraise=True,
    )


def may_pass(error: BaseException) -> bool:
    """Whether what the database, or the way to it, met may be over in a moment."""
    if not isinstance(error, psycopg.OperationalError):
        return False
    if error.sqlstate:
        return error.sqlstate.startswith(PASSING_CLASSES)
    return "FATAL" not in str(error) or any(words in str(error) for words in PASSING_WORDS)
