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
    levels = {logger: logger.level for logger in map(logging.getLogger, TALKERS)}
    heard = [logger for logger in _talkers() if not logger.disabled]
    try:
        for package in levels:  # those that are made meanwhile heed it
            package.setLevel(logging.CRITICAL + 1)
        for logger in heard:
            logger.disabled = True
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        for logger in heard:
            logger.disabled = False
        for package, level in levels.items():
            package.setLevel(level)


def _talkers() -> list[logging.Logger]:
    """Every logger of the talkers, since one with a level of its own does not heed the package's.

    Each is switched off: to change the level of one has Python forget what it knows of all, hundreds of times a table.
    """
    loggers = logging.root.manager.loggerDict.items()
    talking = (logger for name, logger in loggers if name.partition(".")[0] in TALKERS)
    return [logger for logger in talking if isinstance(logger, logging.Logger)]
