"""Prints: a hash of what linkage reads of each record, by which the records that changed are found."""

from __future__ import annotations

import duckdb

from warehouse.session import identifier
from warehouse.tables import RECORDS

NOT_READ = (
    "contract_id",
    "delivery_id",
    "as_of_date",
    "updated_date",
    "faults",
    "occupation",
    "education_level",
    "employment_status",
    "disability",
    "ethnicity",
    "language",
    "income",
)
"""Columns of `RECORDS` that no feature is made of."""


def take_prints(connection: duckdb.DuckDBPyConnection, records: str, identifiers: str) -> None:
    """Make the tables `now_prints` (record_id, print) and `now_bearings` (record_id, bearing: an identifier's hash)."""
    read = ", ".join(identifier(name) for name in RECORDS.column_names if name not in NOT_READ)
    connection.execute(f"""
        create or replace temp table now_bearings as
        select distinct record_id, hash(scheme, left(identifier_std, 40)) as bearing
        from {identifiers} where identifier_std <> ''
    """)
    connection.execute(f"""
        create or replace temp table now_prints as
        with numbers as (
            select record_id, bit_xor(hash(scheme, identifier_std, is_valid)) as numbers from {identifiers} group by all
        )
        select r.record_id, hash(hash({read}), coalesce(numbers, 0)) as print
        from {records} as r left join numbers using (record_id)
    """)


def obeyed_query(judgements: str | None) -> str:
    """The judgements that linkage obeys; none is a relation too."""
    given = judgements or "(select '' as record_id_l, '' as record_id_r, '' as judgement limit 0)"
    return f"select record_id_l, record_id_r, judgement from {given} where judgement in ('match', 'non_match')"


def prints_query(nodes: str) -> str:
    """The prints to keep: with each, what the record is equal in to others (`sameness`), from the relation `nodes`."""
    return f"select record_id, print, sameness, has_enough from now_prints join {nodes} using (record_id)"


def find_changes(connection: duckdb.DuckDBPyConnection, prints: str, bearings: str, obeyed: str, now: str) -> None:
    """Make the tables `changed` (record_id, is_gone) and `rejudged` (record_id), against those of the last linkage.

    `prints`, `bearings` and `obeyed` are its tables, `now` the query of the judgements obeyed now. A record is changed
    as well where one that bears the same identifier is new, changed or gone, or where it was judged otherwise.
    """
    connection.execute(f"""
        create or replace temp table rejudged as
        with otherwise as (
            (select * from ({now}) except select * from {obeyed})
            union
            (select * from {obeyed} except select * from ({now}))
        )
        select record_id_l as record_id from otherwise union select record_id_r from otherwise
    """)
    connection.execute(f"""
        create or replace temp table changed as
        with differing as (
            select record_id, n.record_id is null as is_gone
            from now_prints as n full join {prints} as o using (record_id)
            where n.print is distinct from o.print
        ),
        touching as (
            select distinct bearing from (select * from now_bearings union all select * from {bearings})
            semi join differing using (record_id)
        ),
        bearers as (
            select record_id, false as is_gone from now_bearings semi join touching using (bearing)
            union select record_id, false from rejudged semi join now_prints using (record_id)
        )
        select * from differing union all select distinct * from bearers anti join differing using (record_id)
    """)
