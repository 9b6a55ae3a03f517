"""Alerts of deliveries: those that are overdue, and those that could not be used."""

from collections.abc import Iterator
from datetime import date

from pipelines.alerts.alert import Alert, delivery_overdue, delivery_refused
from pipelines.alerts.outbox import raise_alert
from pipelines.alerts.settings import AlertSettings
from sources.catalogue import Catalogue
from sources.freshness import freshness
from sources.standing import read_refusals
from warehouse.layout import Layout
from warehouse.settings import Settings


def delivery_alerts(catalogue: Catalogue, layout: Layout, today: date) -> Iterator[Alert]:
    """What is to be told of the deliveries of every contract that was ever looked for."""
    for contract in catalogue.contracts:
        if not layout.deliveries(contract.id).exists():
            continue
        row = freshness(contract, layout)
        due = row["overdue_from"]
        if isinstance(due, date) and due <= today:
            described = str(row["as_of_date"] or "no day")
            yield delivery_overdue(contract.id, contract.institution, due.isoformat(), described)
        for refusal in read_refusals(layout, contract.id):
            yield delivery_refused(contract.id, contract.institution, refusal.delivery_id, refusal.reason)


def tell_of_deliveries(settings: Settings, catalogue: Catalogue, to: AlertSettings) -> None:
    """Raise every alert of a delivery, each once; raises `AlertError` where a channel does not take them."""
    for alert in delivery_alerts(catalogue, Layout(settings.home), date.today()):
        raise_alert(settings, alert, to)
