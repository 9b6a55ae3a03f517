"""What people have asked of the registry: rectified values, blocks and erasures, each one line of a journal.

A person is the records that made them up when they asked: entity ids change when clusters do, record ids never.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import duckdb
import pyarrow as pa

from warehouse.audit_log import read_audit, record
from warehouse.clock import check_clock
from warehouse.errors import RightsError
from warehouse.journal import append_entries, damaged, read_entries
from warehouse.layout import Layout
from warehouse.session import identifier
from warehouse.storage import read_table, write_table
from warehouse.tables import RECORDS, SPINE

Kind = Literal["rectify", "block", "unblock", "erase", "fulfilled"]

RECTIFIABLE = {
    "given_names": "given_names_std",
    "surname_1": "surname_1_std",
    "surname_2": "surname_2_std",
    "birth_date": "birth_date",
    "sex": "sex",
    "municipality": "municipality_std",
    "region": "region_std",
    "country": "country_std",
    "address": "address_std",
    "phone": "phone_std",
    "email": "email_std",
    "death_date": "death_date",
}
"""Field that a person may have put right → column of the source record."""


@dataclass(frozen=True)
class Request:
    """One request that was granted. `number` counts from 1; a fulfilled one names the request it ends in `ends`.

    `entity_id` is who the records were when they asked; what was known before is held by it.
    """

    number: int
    at: str
    kind: Kind
    record_ids: tuple[str, ...]
    reason: str
    field: str = ""
    value: str | None = None
    ends: int = 0
    entity_id: str = ""


def grant(
    layout: Layout,
    kind: Kind,
    record_ids: Iterable[str],
    reason: str,
    field: str = "",
    value: str | None = None,
    entity_id: str = "",
) -> Request:
    """Note that a request was granted; it holds from the next run on. The audit log gets no value of it."""
    check_clock(layout)
    request = _added(layout, kind, record_ids, reason, field, value, entity_id=entity_id)
    facts = {"request": request.number, "records": len(request.record_ids), "reason": reason}
    record(layout, f"rights.{kind}", facts | ({"field": field} if field else {}))
    return request


def read_requests(layout: Layout) -> list[Request]:
    """Every request, oldest first."""
    path = rights_path(layout)
    return [_request(path, number, values) for number, values in enumerate(read_entries(path), start=1)]


def erased_records(requests: Sequence[Request]) -> frozenset[str]:
    """The records that must stay erased, however often they are delivered."""
    return frozenset(name for request in requests if request.kind == "erase" for name in request.record_ids)


def blocked_records(requests: Sequence[Request]) -> frozenset[str]:
    """The records whose persons are not published while they are blocked."""
    blocked: set[str] = set()
    for request in requests:
        if request.kind == "block":
            blocked |= set(request.record_ids)
        elif request.kind == "unblock":
            blocked -= set(request.record_ids)
    return frozenset(blocked)


def withheld_ids(connection: duckdb.DuckDBPyConnection, layout: Layout, requests: Sequence[Request]) -> frozenset[str]:
    """The ids of everybody who is blocked: each person with a blocked record, and all of that person's records."""
    blocked = sorted(blocked_records(requests))
    if not blocked:
        return frozenset()
    spine = read_table(SPINE, layout.linkage(SPINE))
    connection.register("blocked", pa.table({"record_id": pa.array(blocked, pa.string())}))
    rows = connection.sql(
        f"select entity_id, record_id from {spine} "
        f"where entity_id in (select entity_id from {spine} semi join blocked using (record_id))"
    ).fetchall()
    connection.unregister("blocked")
    return frozenset(name for row in rows for name in row)


def last_erasure(requests: Sequence[Request]) -> str:
    """When somebody was last erased, empty where nobody was: what was published before it holds them still."""
    return max((request.at for request in requests if request.kind == "erase"), default="")


def recipients(layout: Layout) -> list[str]:
    """Who received anything of the registry, and must be told of what was put right or erased."""
    entries = read_audit(layout)
    extracts = {str(entry.facts["recipient"]) for entry in entries if entry.action == "extract.written"}
    schemas = {
        f"PostgreSQL schema {entry.facts['schema']}" for entry in entries if entry.action == "release.to_postgres"
    }
    analysts = {"analysts" for entry in entries if entry.action == "release.published"}
    return sorted(extracts | schemas | analysts)


def rectifications(connection: duckdb.DuckDBPyConnection, layout: Layout, records: str) -> list[dict[str, Any]]:
    """What is to be put right in the relation `records`: request, record_id, field and value of each."""
    overlay = _overlay(read_requests(layout))
    if not overlay:
        return []
    connection.register(
        "asked", pa.table({"record_id": pa.array([each["record_id"] for each in overlay], pa.string())})
    )
    held = connection.sql(f"select record_id from {records} semi join asked using (record_id)").fetchall()
    connection.unregister("asked")
    return [each for each in overlay if (each["record_id"],) in held]


def put_right(connection: duckdb.DuckDBPyConnection, layout: Layout, path: Path) -> int:
    """Lay the rectified values over the records at `path`; return how many records were changed.

    A value that the source itself now delivers is a request fulfilled for that record: from then on what the
    source says counts again.
    """
    overlay = _overlay(read_requests(layout))
    if not overlay:
        return 0
    schema = pa.schema([("request", pa.int64())] + [(name, pa.string()) for name in ("record_id", "field", "value")])
    connection.register("overlay", pa.Table.from_pylist(overlay, schema=schema))
    records = read_table(RECORDS, path)
    told = ", ".join(f"cast({identifier(column)} as varchar)" for column in RECTIFIABLE.values())
    fields = ", ".join(f"'{field}'" for field in RECTIFIABLE)
    delivered = f"select record_id, unnest([{fields}]) as field, unnest([{told}]) as value from {records}"
    done = connection.sql(
        f"select request, record_id, field from overlay join ({delivered}) as held using (record_id, field) "
        "where overlay.value is not distinct from held.value order by all"
    ).fetchall()
    for request, record_id, field in done:
        _added(layout, "fulfilled", [record_id], "the source is right", field, None, request)
    fulfilled = {(record_id, field) for _, record_id, field in done}
    standing = [each for each in overlay if (each["record_id"], each["field"]) not in fulfilled]
    connection.register("overlay", pa.Table.from_pylist(standing, schema=schema))
    ((changed,),) = connection.sql(f"select count(*) from {records} semi join overlay using (record_id)").fetchall()
    if changed:
        connection.execute(f"create or replace temp table rectified as {_rectified(records)}")
        write_table(connection, RECORDS, "select * from rectified", path)
        connection.execute("drop table rectified")
    connection.unregister("overlay")
    return int(changed)


def _rectified(records: str) -> str:
    types = {column.name: column.type for column in RECORDS.columns}
    replaced = [
        f"case when map_contains(put, '{field}') then cast(put['{field}'] as {types[column]}) else {column} end "
        f"as {column}"
        for field, column in RECTIFIABLE.items()
    ]
    born = "case when map_contains(put, 'birth_date') then year(cast(put['birth_date'] as date)) else birth_year end"
    return f"""
        with puts as (select record_id, map_from_entries(list((field, value))) as put from overlay group by record_id)
        select records.* exclude (put) replace ({", ".join([*replaced, f"{born} as birth_year"])})
        from (select r.*, coalesce(puts.put, map {{}}::map(varchar, varchar)) as put
              from {records} as r left join puts using (record_id)) as records
    """


def _overlay(requests: Sequence[Request]) -> list[dict[str, Any]]:
    """The value that counts for each record and field: the last one asked for and not yet fulfilled."""
    latest: dict[tuple[str, str], Request] = {}
    for request in requests:
        for record_id in request.record_ids:
            if request.kind == "rectify":
                latest[record_id, request.field] = request
            elif request.kind == "fulfilled" and latest.get((record_id, request.field), request).number == request.ends:
                del latest[record_id, request.field]
    return [
        {"request": request.number, "record_id": record_id, "field": field, "value": request.value}
        for (record_id, field), request in sorted(latest.items())
    ]


def _added(
    layout: Layout,
    kind: Kind,
    record_ids: Iterable[str],
    reason: str,
    field: str,
    value: str | None,
    ends: int = 0,
    entity_id: str = "",
) -> Request:
    request = Request(
        number=len(read_requests(layout)) + 1,
        at=datetime.now(UTC).isoformat(timespec="seconds"),
        kind=kind,
        record_ids=tuple(sorted(record_ids)),
        reason=reason,
        field=field,
        value=value,
        ends=ends,
        entity_id=entity_id,
    )
    if not request.record_ids:
        raise RightsError("The request concerns no record. Name a person whom the registry knows.")
    append_entries(rights_path(layout), [asdict(request)])
    return request


def rights_path(layout: Layout) -> Path:
    """The journal of all requests."""
    return layout.state / "rights.jsonl"


def _request(path: Path, number: int, values: dict[str, Any]) -> Request:
    try:
        return Request(**{**values, "record_ids": tuple(values["record_ids"])})
    except (TypeError, KeyError):
        raise damaged(path, number) from None
