"""Readers come first: a run works at a lower priority than whoever queries what was published before."""

import os

NICENESS = 10
"""Of 19: beside a reader's at 0, a run gets about a tenth of a core that both want."""


def give_way() -> None:
    """Have this thread, and all threads and processes that it begins from now on, give way; none is ever hurried."""
    os.nice(max(0, NICENESS - os.nice(0)))
