"""What keeps a run or the program from beginning, told by its reason and remedy before anything of Dagster's."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from warehouse.errors import RegistryError


class NotBegunError(dg.DagsterError):
    """Nothing was begun; the message says why, and what to do.

    Dagster passes its own errors on as they are, and wraps any other in one that tells where it was called from.
    """


@contextmanager
def told_first() -> Iterator[None]:
    """Raise `NotBegunError` with the message of whatever `RegistryError` is met."""
    try:
        yield
    except RegistryError as error:
        raise NotBegunError(str(error)) from error
