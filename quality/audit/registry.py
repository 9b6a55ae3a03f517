"""The registry as the audit checks see it: views over its tables, its log and its releases."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from quality.audit.check import FOLDER
from warehouse.audit_log import BEGINNING, AuditEntry, read_audit
from warehouse.layout import Layout
from warehouse.manifest import manifest_in
from warehouse.privacy.rights import read_requests
from warehouse.published.reference import DELIVERIES, SOURCES
from warehouse.session import identifier, literal, open_session
from warehouse.settings import Settings
from warehouse.storage import read_table
from warehouse.table import Table
from warehouse.tables import EVENTS, PERSONS, RECORD_IDENTIFIERS, RECORDS, SPINE

PROJECTION = "population.csv"
LOG_COLUMNS = "{contract_id: 'varchar', delivery_id: 'varchar', sha256: 'varchar', status: 'varchar'}"


@dataclass(frozen=True)
class AuditedTables:
    """The files of the registry that is about to be published."""

    records: Sequence[Path]
    identifiers: Sequence[Path]
    events: Sequence[Path]
    spine: Path
    persons: Path
    sources: Path
    deliveries: Path


@contextmanager
def open_registry(tables: AuditedTables, settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A session with the views that the checks' queries name; `audit_day()` is the day of the latest delivery."""
    layout = Layout(settings.home)
    views = {
        "records": _all(RECORDS, tables.records),
        "record_identifiers": _all(RECORD_IDENTIFIERS, tables.identifiers),
        "events": _all(EVENTS, tables.events),
        "spine": read_table(SPINE, tables.spine),
        "persons": read_table(PERSONS, tables.persons),
        "sources": read_table(SOURCES, tables.sources),
        "deliveries": read_table(DELIVERIES, tables.deliveries),
        "delivery_log": _log(layout.state / "deliveries.jsonl"),
        "releases": _releases(layout.releases),
        "access_log": _access_log(layout),
        "projection": _projection(sorted(settings.sources.rglob(PROJECTION))),
    }
    with open_session(settings) as connection:
        for name, relation in views.items():
            connection.execute(f"create view {name} as select * from {relation}")
        connection.execute(f"create macro audit_day() as {literal(_audit_day(connection))}::date")
        connection.execute((FOLDER / "views.sql").read_text(encoding="utf-8"))
        yield connection


def _audit_day(connection: duckdb.DuckDBPyConnection) -> str:
    ((day,),) = connection.sql("select coalesce(max(as_of_date), current_date)::varchar from deliveries").fetchall()
    return str(day)


def _all(table: Table, paths: Sequence[Path]) -> str:
    if paths:
        return read_table(table, *paths)
    columns = ", ".join(f"null::{column.type} as {identifier(column.name)}" for column in table.columns)
    return f"(select {columns} where false)"


def _log(journal: Path) -> str:
    if not journal.exists():
        return "(select '' as contract_id, '' as delivery_id, '' as sha256, '' as status where false)"
    return f"read_ndjson({literal(journal)}, columns = {LOG_COLUMNS}, ignore_errors = true)"


def _access_log(layout: Layout) -> str:
    """Each entry of the audit log, whether it is as it was written; each thing that must have one, whether it has."""
    entries = read_audit(layout)
    before = [BEGINNING, *(entry.sha256 for entry in entries)]
    sound = {
        f"entry {entry.number}": entry.hashed() == entry.sha256 and entry.previous == last
        for entry, last in zip(entries, before, strict=False)
    }
    rows = ", ".join(f"({literal(key)}, {whole})" for key, whole in (sound | _logged(layout, entries)).items())
    empty = "(select '' as key, false as is_sound where false)"
    return f"(values {rows}) as entries(key, is_sound)" if rows else empty


def _logged(layout: Layout, entries: Sequence[AuditEntry]) -> dict[str, bool]:
    """Each release and granted request there is, and whether the log tells of it.

    A release names the entry that stood last when it was staged: where that is gone, the log was cut.
    """
    hashes = {entry.sha256 for entry in entries}
    requests = {entry.facts.get("request") for entry in entries if entry.action.startswith("rights.")}
    releases = [manifest for folder in sorted(layout.releases.glob("*/")) if (manifest := manifest_in(folder))]
    asked = [request for request in read_requests(layout) if request.kind != "fulfilled"]
    return {
        **{f"release {release.release_id}": release.audit_sha256 in hashes for release in releases},
        **{f"request {request.number}": request.number in requests for request in asked},
    }


def _releases(folder: Path) -> str:
    """Every release folder that was switched to or is ready to be, and whether it tells what it is made of."""
    found = sorted(path for path in folder.glob("*") if path.is_dir() and path.suffix != ".partial")
    rows = ", ".join(f"({literal(path.name)}, {(path / 'manifest.json').exists()})" for path in found)
    return (
        f"(values {rows}) as listed(release_id, has_manifest)"
        if rows
        else ("(select '' as release_id, false as has_manifest where false)")
    )


def _projection(files: Sequence[Path]) -> str:
    """The population projection, from files in any folder of contracts."""
    columns = "{municipality: 'varchar', age_from: 'integer', age_to: 'integer', population: 'bigint'}"
    if files:
        return f"read_csv([{', '.join(map(literal, files))}], header = true, columns = {columns})"
    return "(select '' as municipality, 0 as age_from, 0 as age_to, 0 as population where false)"
