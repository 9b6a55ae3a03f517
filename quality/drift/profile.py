"""The profile of a delivery: counts and shares that tell one extract from another, and no person's value.

Of a column that identifies people only the lengths of its texts are kept; a category of fewer than ten rows has no
name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import duckdb
from open_data_contract_standard.model import OpenDataContractStandard, SchemaProperty

from warehouse.session import identifier, open_session, scan
from warehouse.settings import Settings

Shares = dict[str, float]

MOST_CATEGORIES = 50
FEWEST_ROWS = 10
RARE = "(rare)"
LONGEST = 60
IDENTIFYING = "restricted"
"""The classification of columns that identify people."""


@dataclass(frozen=True)
class Profile:
    """One delivery in numbers: rows, and by column the share of nulls, of categories and of parts of its range.

    `distributions` has decades for dates, powers of ten for numbers, and lengths for all other text.
    """

    delivery_id: str
    as_of_date: str | None
    rows: int
    nulls: Mapping[str, float]
    categories: Mapping[str, Shares]
    distributions: Mapping[str, Shares]

    def written(self) -> str:
        """The profile as JSON, its columns in the contract's order."""
        return json.dumps(asdict(self), ensure_ascii=False)


def read_profile(text: str) -> Profile:
    """The profile that `text` holds as JSON."""
    return Profile(**json.loads(text))


def profile(
    odcs: OpenDataContractStandard,
    raw: Path,
    delivery_id: str,
    as_of_date: str | None,
    settings: Settings,
) -> Profile:
    """The profile of the accepted rows at `raw`, all columns text, under their contract."""
    columns = [column for table in odcs.schema_ or () for column in table.properties or ()]
    with open_session(settings) as connection:
        connection.execute(f"create view delivered as select * from {scan(raw)}")
        known = set(connection.sql("from delivered limit 0").columns)
        columns = [column for column in columns if column.name in known]
        rows, distinct = _counts(connection, columns)
        few = [column for column in columns if _is_open(column) and 0 < distinct[str(column.name)] <= MOST_CATEGORIES]
        many = [column for column in columns if column not in few and not column.primaryKey]
        return Profile(
            delivery_id=delivery_id,
            as_of_date=as_of_date,
            rows=rows,
            nulls=_nulls(connection, columns, rows),
            categories={str(column.name): _shares(connection, identifier(str(column.name))) for column in few},
            distributions={str(column.name): _shares(connection, _part_sql(column)) for column in many},
        )


def _is_open(column: SchemaProperty) -> bool:
    """The values of `column` identify nobody."""
    return column.classification != IDENTIFYING and not column.primaryKey


def _counts(connection: duckdb.DuckDBPyConnection, columns: Sequence[SchemaProperty]) -> tuple[int, dict[str, int]]:
    names = [str(column.name) for column in columns]
    counted = "".join(f", approx_count_distinct({identifier(name)})" for name in names)
    ((rows, *distinct),) = connection.sql(f"select count(*){counted} from delivered").fetchall()
    return int(rows), dict(zip(names, distinct, strict=True))


def _nulls(connection: duckdb.DuckDBPyConnection, columns: Sequence[SchemaProperty], rows: int) -> Shares:
    if not rows or not columns:
        return {}
    names = [str(column.name) for column in columns]
    filled = ", ".join(f"count({identifier(name)})" for name in names)
    (counts,) = connection.sql(f"select {filled} from delivered").fetchall()
    return {name: 1 - count / rows for name, count in zip(names, counts, strict=True)}


def _shares(connection: duckdb.DuckDBPyConnection, part: str) -> Shares:
    """The share of each part among the rows that have one; parts of too few rows together."""
    rows = connection.sql(f"""
        with parts as (select {part} as part, count(*) as rows from delivered group by all),
        named as (
            select case when rows < {FEWEST_ROWS} then '{RARE}' else part end as part, sum(rows) as rows
            from parts where part is not null group by all
        )
        select part, rows / sum(rows) over () from named order by all
    """).fetchall()
    return {str(name): float(share) for name, share in rows}


def _part_sql(column: SchemaProperty) -> str:
    """An SQL expression: the part of the column's range in which its value lies, as text."""
    text = identifier(str(column.name))
    if column.logicalType in ("date", "timestamp"):
        return f"nullif(regexp_extract({text}, '(?:1[89]|20)[0-9]', 0), '') || '0s'"
    if column.logicalType in ("number", "integer"):
        number = f"try_cast(replace({text}, ',', '.') as double)"
        return (
            f"case when {number} = 0 then '0' "
            f"when {number} is not null then '10^' || floor(log10(abs({number})) * 2) / 2 end"
        )
    return f"case when {text} is not null then least(length({text}), {LONGEST})::varchar end"  # least() skips nulls
