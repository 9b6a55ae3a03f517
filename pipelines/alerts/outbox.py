"""The outbox: an alert is written down before it is sent, so that none is lost while a server is away."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pipelines.alerts.alert import Alert, AlertError
from pipelines.alerts.settings import AlertSettings
from warehouse.journal import append_entries, read_entries
from warehouse.layout import Layout
from warehouse.lock import alerting
from warehouse.settings import Settings

KEPT = timedelta(days=7)
"""How long an alert is tried; after that it tells nobody anything."""


def raise_alert(settings: Settings, alert: Alert, to: AlertSettings) -> None:
    """Write `alert` down for every channel of `to`, unless it was before, and deliver all that is in the outbox.

    Raises `AlertError` where a channel does not take its alerts; they stay in the outbox.
    """
    path = outbox_path(settings)
    with alerting(settings):
        if to.channels and not any(entry["key"] == alert.key for entry in read_entries(path)):
            at = datetime.now(UTC).isoformat(timespec="seconds")
            entry = {"key": alert.key, "at": at, "subject": alert.subject, "lines": list(alert.lines)}
            append_entries(path, [{**entry, "channels": list(to.channels)}])
        _deliver(path, to)


def deliver_outbox(settings: Settings, to: AlertSettings) -> None:
    """Deliver what is still in the outbox; raises `AlertError` as above."""
    with alerting(settings):
        _deliver(outbox_path(settings), to)


def undelivered(settings: Settings) -> list[tuple[Alert, str]]:
    """Every alert that a channel has not taken yet, oldest first, with that channel's name."""
    return _undelivered(outbox_path(settings))


def outbox_path(settings: Settings) -> Path:
    """The journal of alerts and of their deliveries."""
    return Layout(settings.home).state / "alerts.jsonl"


def _deliver(path: Path, to: AlertSettings) -> None:
    """Deliver each alert; a channel that refuses one is left alone, and told of at the end."""
    from pipelines.alerts.channels import deliver  # noqa: PLC0415 - so that definitions load quickly

    refused: dict[str, AlertError] = {}
    for alert, channel in _undelivered(path):
        if channel in to.channels and channel not in refused:
            try:
                deliver(alert, channel, to)
                append_entries(path, [{"key": alert.key, "taken_by": channel}])
            except AlertError as error:
                refused[channel] = error
    if refused:
        raise AlertError(" ".join(str(error) for error in refused.values()))


def _undelivered(path: Path) -> list[tuple[Alert, str]]:
    entries = read_entries(path)
    taken = {(entry["key"], entry["taken_by"]) for entry in entries if "taken_by" in entry}
    written = [entry for entry in entries if "channels" in entry and _is_young(entry)]
    return [
        (Alert(entry["key"], entry["subject"], tuple(entry["lines"])), channel)
        for entry in written
        for channel in entry["channels"]
        if (entry["key"], channel) not in taken
    ]


def _is_young(entry: dict[str, Any]) -> bool:
    return datetime.now(UTC) - datetime.fromisoformat(entry["at"]) < KEPT
