"""How a run from the command line is followed: by Dagster's events, which reach this process through one logger."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

PROGRESS_LOGGER = "padron.progress"
"""Dagster's events reach this process's terminal through this logger, and no other way."""

Watch = Callable[[Console, int], AbstractContextManager[None]]
"""How a run of so many steps is shown while it goes on."""


@dg.logger(None, description="Step events of a run started from the command line.")
def progress_logger(_context: dg.InitLoggerContext) -> logging.Logger:
    """The logger that Dagster reports a run's events to."""
    logger = logging.getLogger(PROGRESS_LOGGER)
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    return logger


class _ProgressHandler(logging.Handler):
    def __init__(self, progress: Progress, steps: int) -> None:
        super().__init__()
        self.progress = progress
        self.task = progress.add_task("starting", total=steps)

    def emit(self, record: logging.LogRecord) -> None:
        event = getattr(record, "dagster_event", None)
        if event is None or event.step_key is None:
            return
        if event.is_step_start:
            self.progress.update(self.task, description=event.step_key.replace("__", " "))
        elif event.is_step_success or event.is_step_failure or event.is_step_skipped:
            self.progress.advance(self.task)


@contextmanager
def progress_bar(console: Console, steps: int) -> Iterator[None]:
    """Show the step under way and how many of all are done; the bar goes when the run has ended."""
    columns = (TextColumn("{task.description:<40.40}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    logger = logging.getLogger(PROGRESS_LOGGER)
    with Progress(*columns, console=console, transient=True) as progress:
        handler = _ProgressHandler(progress, steps)
        logger.addHandler(handler)
        try:
            yield
        finally:
            logger.removeHandler(handler)
