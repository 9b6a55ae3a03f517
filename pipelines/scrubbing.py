"""Errors without values: what a library says of a bad value must not reach a log, an alert or the UI."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.errors import RegistryError, StorageError
from warehouse.limits import limit_reached


class StepError(RegistryError):
    """A step failed in a way that nobody foresaw."""


@contextmanager
def scrubbed(step: str) -> Iterator[None]:
    """Let a `RegistryError` pass, and tell any other error by its kind and place alone.

    A disk or a memory that is full is told with its remedy.

    The text of a library's error may quote the value that it stumbled over, so it is withheld.
    """
    try:
        yield
    except RegistryError:
        raise
    except Exception as error:
        if refused := limit_reached(error):
            raise StorageError(f"{step}: {refused}") from None
        frames = traceback.extract_tb(error.__traceback__)[-3:]
        places = " ← ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
        raise StepError(
            f"{step}: {type(error).__name__} at {places}. Its text is withheld, for it may quote a person's "
            "value. Run the same command again; if it fails again, report these places as a fault of Padrón."
        ) from None
