"""Pools: what no two runs may do at the same time, as Dagster's queue of runs is told.

A run holds its home alone anyway. Were an installation to let several runs go on at once, the queue would keep those
apart that want much memory, and those that read one source's deliveries; runs that share neither go on together.
"""

from pipelines.keys import slug
from sources.contract import SourceContract

MEMORY = "memory"
"""Steps that may fill `PADRON_MEMORY_LIMIT`."""


def deliveries_pool(contract: SourceContract) -> str:
    """The pool of the steps that read deliveries of `contract`."""
    return f"deliveries_{slug(contract.id)}"
