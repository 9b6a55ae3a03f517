"""Only a source that is declared complete, and only up to its latest delivery, may be silent and mean it."""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.marts.mart import QUERIES

LISTED = [
    ("school.students", "school", "persons", None, True, "MX-CMX", date(2022, 8, 1)),
    ("school.attendance", "school", "events", "attendance", False, "MX-CMX", date(2022, 8, 1)),
    ("tax.payers", "tax", "persons", None, True, None, None),
    ("never.delivered", "never", "persons", None, True, "MX", None),
]
DELIVERED = [
    ("school.students", date(2026, 9, 30)),
    ("school.students", date(2026, 10, 31)),
    ("school.attendance", date(2026, 10, 31)),
    ("tax.payers", None),
]


def test_completeness_is_what_the_contracts_declare_and_the_deliveries_bear_out() -> None:
    columns = ("contract_id", "source", "role", "kind", "is_complete", "territory", "complete_since")
    with duckdb.connect() as connection:
        listed = [dict(zip(columns, row, strict=True)) for row in LISTED]
        connection.register("listed_sources", pa.Table.from_pylist(listed))
        delivered = [{"contract_id": contract, "as_of_date": day} for contract, day in DELIVERED]
        connection.register("deliveries", pa.Table.from_pylist(delivered))
        query = (Path(QUERIES) / "completeness.sql").read_text(encoding="utf-8")
        rows = connection.sql(f"select * from ({query}) order by contract_id").fetchall()
    assert rows == [
        ("school.students", "school", "persons", None, "MX-CMX", date(2022, 8, 1), date(2026, 10, 31)),
        ("tax.payers", "tax", "persons", None, None, None, None),
    ]
