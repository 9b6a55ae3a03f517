"""The golden record: of all that the sources say about a person, the value that survives.

Field by field the value of the most trusted source is taken; among equals the most recent, then the one
of the smallest record id, so that the choice never depends on the order of the rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from warehouse.session import identifier
from warehouse.storage import read_table, write_table
from warehouse.tables import PERSONS, RECORDS, SPINE

UNRANKED = 9
"""The trust of a source whose contract does not rank itself for a field; 1 is most trusted."""

SURVIVING = {
    "given_names": "given_names_std",
    "surname_1": "surname_1_std",
    "surname_2": "surname_2_std",
    "birth_date": "birth_date",
    "birth_year": "birth_year",
    "birth_place": "birth_place_std",
    "sex": "sex",
    "municipality": "municipality_std",
    "region": "region_std",
    "country": "country_std",
    "death_date": "death_date",
    "education_level": "education_level",
    "occupation": "occupation",
    "employment_status": "employment_status",
    "disability": "disability",
    "ethnicity": "ethnicity",
    "language": "language",
    "phone": "phone_std",
    "email": "email_std",
    "address": "address_std",
    "locality": "locality_std",
    "postal_code": "postal_code_std",
    "mother_name": "mother_name_std",
    "father_name": "father_name_std",
}
"""Field of the golden record → column of the source record."""


def write_persons(
    connection: duckdb.DuckDBPyConnection,
    records: Sequence[Path],
    spine: Path,
    trust: Mapping[str, Mapping[str, int]],
    target: Path,
) -> int:
    """Write the golden record of every entity of `spine` to `target`; return their number.

    `trust` gives a source's rank for a field (1 is most trusted), by source and field name.
    """
    connection.execute("create or replace temp table trust (source varchar, field varchar, rank integer)")
    ranks = [(source, field, rank) for source, fields in trust.items() for field, rank in fields.items()]
    if ranks:
        connection.executemany("insert into trust values (?, ?, ?)", ranks)
    return write_table(
        connection, PERSONS, _persons_query(read_table(RECORDS, *records), read_table(SPINE, spine)), target
    )


def _persons_query(records: str, spine: str) -> str:
    survivors = ",\n    ".join(_survivor(field, column) for field, column in SURVIVING.items())
    return f"""
with ranks as (
    select source, map_from_entries(list((field, rank))) as rank_of from trust group by source
), claims as (
    select
        spine.entity_id, records.*, coalesce(ranks.rank_of, map {{}}) as rank_of,
        coalesce(records.updated_date, records.as_of_date, date '1900-01-01') as said_on
    from {records} as records
    join {spine} as spine using (record_id)
    left join ranks on ranks.source = records.source
)
select
    entity_id,
    {survivors},
    count(*) as record_count,
    count(distinct source) as source_count,
    max(updated_date) as updated_date
from claims
group by entity_id
"""


def _survivor(field: str, column: str) -> str:
    trusted = f"coalesce(rank_of['{field}'], {UNRANKED})"
    return (
        f"arg_min({column}, row({trusted}, date '2999-12-31' - said_on, record_id)) "
        f"filter (where {column} is not null) as {identifier(field)}"
    )
