"""Frequencies: how rare the values are that agree, as term-frequency corrections of the match weight."""

from __future__ import annotations

from pathlib import Path

import duckdb

from linkage.model.declaration import Model
from warehouse.session import identifier, literal, scan

FREQUENCY_PREFIX = "frequency:"
SURNAMES = ("surname_1", "surname_2")


def take_frequencies(connection: duckdb.DuckDBPyConnection, model: Model, frozen: Path | None = None) -> None:
    """Put ln(f / Σf²) of the values that carry a frequency in a table a field: counted, or read at `frozen`."""
    for field in frequent_features(model):
        told = frozen and f"select value, ratio from {scan(frozen)} where field = {literal(field)}"
        connection.execute(
            f"create or replace temp table {identifier('of ' + field)} as {told or _frequency_query(field)}"
        )


def frequent_features(model: Model) -> list[str]:
    """The features whose values carry a frequency."""
    return sorted({field for each in model.comparisons for level in each.levels for field in level.frequency})


def _frequency_query(field: str) -> str:
    """Values of `field` (the surnames share one list) with ln(f / Σf²): above 0 for what chance agrees on often.

    Values are hashed, for they are kept with the trained parameters; the hash of two similar texts may be the same, so
    hashes are counted. The row without a value is for one that nobody has, as if one record had it.
    """
    pooled = SURNAMES if field in SURNAMES else (field,)
    values = " union all ".join(f"select {name}::varchar as value from identified_records" for name in pooled)
    return f"""
        with counted as (
            select hash(value) as value, count(*) as n from ({values}) where value is not null group by hash(value)
        ),
        summed as (select ln(sum(n)) - ln(sum(n::double * n)) as common from counted)
        select value, (ln(n) + common)::float as ratio from counted cross join summed
        union all
        select null, coalesce(common, 0)::float from summed
    """
