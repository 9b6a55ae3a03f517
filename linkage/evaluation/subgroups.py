"""The parts of a registry that quality is told of: by sex, age band, region, and whether a record has an identifier."""

from __future__ import annotations

import duckdb

DIMENSIONS = ("sex", "age", "region", "identifier")

AGE_BANDS = ((6, "0-5"), (15, "6-14"), (30, "15-29"), (60, "30-59"))
OLDEST = "60 and over"
UNKNOWN = "unknown"


def group_records(connection: duckdb.DuckDBPyConnection, records: str, identifiers: str) -> None:
    """Put the part that each record is in, along each of `DIMENSIONS`, in the table `record_groups`.

    `records` and `identifiers` are relations of `RECORDS` and `RECORD_IDENTIFIERS`. Age is that at the day of the
    latest delivery, or where none tells its day, of the last birth.
    """
    bands = " ".join(f"when age < {under} then '{name}'" for under, name in AGE_BANDS)
    connection.execute(f"""
        create or replace temp table record_groups as
        with identified as (
            select distinct record_id from {identifiers} where is_valid and not starts_with(scheme, 'local.')
        ),
        aged as (
            select record_id, sex, region_std,
                coalesce(max(year(as_of_date)) over (), max(birth_year) over ()) - birth_year as age
            from {records}
        )
        select
            record_id,
            coalesce(sex, '{UNKNOWN}') as sex,
            case when age is null then '{UNKNOWN}' {bands} else '{OLDEST}' end as age,
            coalesce(nullif(region_std, ''), '{UNKNOWN}') as region,
            case when identified.record_id is null then 'without' else 'with' end as identifier
        from aged left join identified using (record_id)
    """)
