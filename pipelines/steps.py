"""A step of a run, whose failure the UI tells by its reason and remedy, before any trace of the program."""

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from pipelines.scrubbing import scrubbed
from warehouse.errors import RegistryError


@contextmanager
def step(name: str) -> Iterator[None]:
    """Raise `dagster.Failure` with the message of whatever `RegistryError` ends the step; no person's value is in it.

    What a step meets it would meet again at once, so Dagster does not retry it.
    """
    try:
        with scrubbed(name):
            yield
    except RegistryError as error:
        raise dg.Failure(
            description=str(error),
            metadata={"step": name, "kind of error": type(error).__name__},
            allow_retries=False,
        ) from error
