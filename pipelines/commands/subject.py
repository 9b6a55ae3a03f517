"""Who a request is about, and everything that is held on them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from linkage.explanation.naming import person_named
from linkage.places import Places
from pipelines.defs.marts import registry_inputs
from pipelines.resources import Installation
from sources.catalogue import Catalogue
from sources.contract import SourceContract
from sources.purposes import allowed_purposes
from warehouse.errors import RightsError
from warehouse.layout import Layout
from warehouse.privacy.keyring import open_keyring
from warehouse.privacy.pseudonyms import pseudonym
from warehouse.privacy.rights import read_requests, recipients
from warehouse.published.registry import (
    EVENT_KINDS,
    PERSONS_PUBLISHED,
    PUBLISHED,
    SOURCE_RECORDS,
    SPINE_PUBLISHED,
)
from warehouse.session import literal, scan
from warehouse.tables import EVENTS, PERSONS, RECORDS, SPINE

PSEUDONYM = re.compile("[0-9a-f]{32}")


@dataclass(frozen=True)
class Subject:
    """A person by the ids of the last linkage."""

    entity_id: str
    record_ids: tuple[str, ...]


def subject_named(connection: duckdb.DuckDBPyConnection, installation: Installation, name: str) -> Subject:
    """The person called `name`: an entity id, a record, `source:record_key`, or a recipient's pseudonym.

    Raises `LinkageError` where there is none; what was typed is never repeated.
    """
    layout = installation.layout
    spine = scan(layout.linkage(SPINE))
    entity = person_named(connection, Places.under(layout), _behind(connection, installation, spine, name) or name)
    rows = connection.sql(f"select record_id from {spine} where entity_id = {literal(entity)} order by all").fetchall()
    return Subject(entity, tuple(record_id for (record_id,) in rows))


def _behind(connection: duckdb.DuckDBPyConnection, installation: Installation, spine: str, name: str) -> str | None:
    """The entity behind a pseudonym; every recipient's key is tried."""
    if not PSEUDONYM.fullmatch(name):
        return None
    keys = open_keyring(installation.settings).keys
    entities = connection.sql(f"select distinct entity_id from {spine}").fetchall()
    return next((entity for key in keys for (entity,) in entities if pseudonym(key, entity) == name), None)


def dossier(
    connection: duckdb.DuckDBPyConnection, installation: Installation, catalogue: Catalogue, subject: Subject
) -> dict[str, Any]:
    """Everything held on `subject`: the golden record, every source's rows with purposes and retention, who got any.

    What the registry concluded of these rows is there too.
    """
    layout = installation.layout
    inputs = registry_inputs(catalogue, installation)
    golden = _rows(connection, scan(layout.registry(PERSONS)), f"entity_id = {literal(subject.entity_id)}")
    held = _of(subject.record_ids)
    return {
        "person": golden,
        "sources": [
            told for contract in catalogue.contracts if (told := _of_contract(connection, layout, contract, held))
        ],
        "concluded": _concluded(connection, layout, subject.entity_id),
        "identifiers": _rows(connection, scan(*inputs.identifiers), held) if inputs.identifiers else [],
        "requests": [
            {"number": request.number, "at": request.at, "kind": request.kind, "field": request.field}
            for request in read_requests(layout)
            if set(request.record_ids) & set(subject.record_ids)
        ],
        "recipients": recipients(layout),
        "pseudonyms": {
            key.id: pseudonym(key, subject.entity_id)
            for key in open_keyring(installation.settings).keys
            if key.name != "vault"
        },
    }


def _concluded(
    connection: duckdb.DuckDBPyConnection, layout: Layout, entity_id: str
) -> dict[str, list[dict[str, Any]]]:
    """What the registry made of the person's rows, by published table: households, gaps, referrals and the like."""
    delivered = {PERSONS_PUBLISHED, SPINE_PUBLISHED, SOURCE_RECORDS, *EVENT_KINDS}
    tables = [table for table in PUBLISHED if "entity_id" in table.column_names and table not in delivered]
    found = {
        table.name: _rows(connection, scan(layout.mart(table)), f"entity_id = {literal(entity_id)}")
        for table in tables
        if layout.mart(table).exists()
    }
    return {name: rows for name, rows in found.items() if rows}


def _of_contract(
    connection: duckdb.DuckDBPyConnection, layout: Layout, contract: SourceContract, held: str
) -> dict[str, Any] | None:
    tables = [RECORDS] if contract.has_persons else []
    tables += [EVENTS] if contract.terms.role == "events" else []
    rows = {table.name: _rows(connection, scan(layout.standard(table, contract.id)), held) for table in tables}
    if not any(rows.values()):
        return None
    return {
        "contract": contract.id,
        "institution": contract.institution,
        "legal_basis": contract.terms.legal_basis,
        "purposes": sorted(allowed_purposes(contract)),
        "kept_for_months": contract.terms.retention_months,
        "kept_until": _kept_until(contract, rows),
        **rows,
    }


def _kept_until(contract: SourceContract, rows: dict[str, list[dict[str, Any]]]) -> date | None:
    days = [row["as_of_date"] for table in rows.values() for row in table if row["as_of_date"]]
    if contract.terms.retention_months is None or not days:
        return None
    months = max(days).month - 1 + contract.terms.retention_months
    return date(max(days).year + months // 12, months % 12 + 1, 1)


def _of(record_ids: Sequence[str]) -> str:
    if not record_ids:
        raise RightsError("No record of that person is held.")
    return f"record_id in ({', '.join(literal(name) for name in record_ids)})"


def _rows(connection: duckdb.DuckDBPyConnection, relation: str, condition: str) -> list[dict[str, Any]]:
    """The rows of `relation` that hold, each without its empty columns but for its day."""
    found = connection.sql(f"select * from {relation} where {condition} order by all").to_arrow_table().to_pylist()
    return [
        {name: value for name, value in row.items() if name == "as_of_date" or value not in (None, [])} for row in found
    ]
