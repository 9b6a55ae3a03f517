"""Alerts of commands: `padron build` from cron fails where nobody looks at its output."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape

from pipelines.ages import BehindError
from pipelines.alerts.alert import Alert, command_failed, run_failed
from pipelines.alerts.deliveries import tell_of_deliveries
from pipelines.alerts.outbox import raise_alert
from pipelines.alerts.settings import AlertSettings
from pipelines.failures import RunError
from sources.catalogue import Catalogue
from warehouse.errors import RegistryError
from warehouse.layout import Layout
from warehouse.settings import Settings


@contextmanager
def alerted(settings: Settings, command: str, errors: Console) -> Iterator[None]:
    """Tell by every channel that is set up why `command` failed, and let the error pass.

    Settings of alerts that cannot be used are told at once, before any work: raises `SettingsError`.
    """
    to = AlertSettings.from_environment()
    try:
        yield
    except BehindError:  # each delivery was told of by itself
        raise
    except RunError as error:
        _raise(settings, run_failed(error.run_id, error.job, error.reasons), to, errors)
        raise
    except RegistryError as error:
        _raise(settings, _failed(command, str(error)), to, errors)
        raise
    except Exception as error:
        _raise(
            settings,
            _failed(command, f"{type(error).__name__}, a fault of Padrón; the output tells where."),
            to,
            errors,
        )
        raise


def tell_of_deliveries_at_last(settings: Settings, catalogue: Catalogue, errors: Console) -> None:
    """Tell of deliveries that are overdue or were refused, at the end of a command; a failure to tell is a warning."""
    try:
        tell_of_deliveries(settings, catalogue, AlertSettings.from_environment())
    except RegistryError as error:
        _warn(str(error), errors)


def _failed(command: str, reason: str) -> Alert:
    return command_failed(datetime.now(UTC).isoformat(timespec="seconds"), command, reason)


def _raise(settings: Settings, alert: Alert, to: AlertSettings, errors: Console) -> None:
    """A failure to tell of the failure must not hide it."""
    try:
        raise_alert(settings, alert, to)
    except RegistryError as error:
        _warn(str(error), errors)
    except OSError as error:
        _warn(f"{Layout(settings.home).state} cannot be written: {error.strerror}", errors)


def _warn(reason: str, errors: Console) -> None:
    errors.print(f"[yellow]warning[/] an alert was not sent: {escape(reason)}", soft_wrap=True, highlight=False)
