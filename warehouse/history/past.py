"""The registry of another day: as it was known on one, and as it was true on one."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from warehouse.errors import StorageError
from warehouse.history.segments import HISTORIC, known_rows, segments
from warehouse.history.valid_time import true_on
from warehouse.layout import Layout
from warehouse.privacy.staging import seen
from warehouse.settings import Settings
from warehouse.table import Table


def past_relations(settings: Settings, true: date, known: date | None) -> dict[Table, str]:
    """What `past_rows` gives, as analysts may see it in a session that `teach_recipient` has taught."""
    rows = past_rows(Layout(settings.home), true, known)
    return {table: f"({seen(table, relation, settings)})" for table, relation in rows.items()}


def past_rows(layout: Layout, true: date, known: date | None) -> dict[Table, str]:
    """Each historic table as an SQL relation: true on the day `true`, known by the end of the day `known` (UTC).

    Without `known`, with all that is known now. Raises `StorageError` where nothing was published by then.
    """
    moment = datetime.combine(known, time.max, UTC) if known else None
    versions = segments(layout, moment)
    if not versions:
        first = segments(layout)
        told = f"the first release is of {first[0].known_from:%Y-%m-%d}" if first else "nothing was published yet"
        raise StorageError(f"{layout.home}: nothing was known on that day; {told}. Choose a later day with --known.")
    rows = {table.name: known_rows(table, versions) for table in HISTORIC}
    return {table: true_on(table, rows, true) for table in HISTORIC}
