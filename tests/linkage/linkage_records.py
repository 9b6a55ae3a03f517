"""A small builder of records, and one call that links them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from linkage.link import LinkReport, link
from linkage.model.declaration import Model
from linkage.model.file import load_model
from linkage.places import Places
from warehouse.layout import Layout
from warehouse.session import scan
from warehouse.storage import write_table
from warehouse.tables import RECORD_IDENTIFIERS, RECORDS

Row = dict[str, Any]


def record(key: str, names: str = "", born: str = "", *, source: str = "roll", **fields: Any) -> Row:
    """One record: `names` as "given names / first surname / second surname", `born` as YYYY-MM-DD.

    Other fields go by their column, `number` by "scheme=value", with a ! after the value where it is not valid.
    """
    given, one, two = ([part.strip() or None for part in names.split("/")] + [None] * 3)[:3]
    row: Row = {"record_id": f"{source}:{key}", "source": source, "record_key": key}
    row |= {"contract_id": source, "delivery_id": "first", "faults": []}
    row |= {"given_names": given, "given_names_std": given, "surname_1_std": one, "surname_2_std": two}
    if born:
        date = dt.date.fromisoformat(born)
        is_default = date.day == 1 and date.month in (1, 7)
        row |= {"birth_date": date, "birth_year": date.year, "birth_date_is_default": is_default}
    return row | fields


def write_records(connection: duckdb.DuckDBPyConnection, rows: Iterable[Mapping[str, Any]], folder: Path) -> None:
    """Write `records.parquet` and `ids.parquet` in `folder`."""
    rows = [dict(row) for row in rows]
    numbers = []
    for row in rows:
        for number in str(row.pop("number", "") or "").split():
            scheme, value = number.split("=")
            numbers.append(
                {
                    "record_id": row["record_id"],
                    "scheme": scheme,
                    "identifier_std": value.rstrip("!"),
                    "is_valid": not value.endswith("!"),
                }
            )
    for table, values, name in ((RECORDS, rows, "records"), (RECORD_IDENTIFIERS, numbers, "ids")):
        connection.register("written", pa.Table.from_pylist(values, schema=table.schema))
        write_table(connection, table, "select * from written", folder / f"{name}.parquet")
        connection.unregister("written")


def link_folder(
    connection: duckdb.DuckDBPyConnection, folder: Path, model: Model | None = None, **options: Any
) -> tuple[LinkReport, Places]:
    """Link the records written in `folder`; the tables lie under `folder`/home."""
    places = Places.under(Layout(folder / "home"))
    relations = scan(folder / "records.parquet"), scan(folder / "ids.parquet")
    return link(connection, *relations, places, model or load_model(), seed=7, **options), places


def link_rows(
    connection: duckdb.DuckDBPyConnection, folder: Path, rows: Iterable[Mapping[str, Any]], **options: Any
) -> set[frozenset[str]]:
    """The clusters of `rows`, as sets of record keys."""
    write_records(connection, rows, folder)
    _, places = link_folder(connection, folder, **options)
    return clusters(connection, places)


def clusters(connection: duckdb.DuckDBPyConnection, places: Places) -> set[frozenset[str]]:
    """The clusters of a linkage, as sets of record keys."""
    found = connection.sql(
        f"select list(n.record_key) from {scan(places.clusters)} as c"
        f" join {scan(places.nodes)} as n using (record_id) group by c.cluster_id"
    ).fetchall()
    return {frozenset(keys) for (keys,) in found}
