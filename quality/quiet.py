"""Silence around Great Expectations."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

TALKERS = ("great_expectations", "sqlalchemy")
"""Packages whose loggers quote values: of errors the one, of fetched rows the other."""


@contextmanager
def quiet() -> Iterator[None]:
    """No message of Great Expectations nor of what it works with, and none to its makers."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    levels = {logger: logger.level for logger in _talkers()}
    for logger in levels:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        for logger, level in levels.items():
            logger.setLevel(level)


def _talkers() -> list[logging.Logger]:
    """Every logger of the talkers, since one with a level of its own does not heed the package's."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in TALKERS]
    return [logging.getLogger(name) for name in (*TALKERS, *names)]
