"""The review queue as a desk sees it: pairs side by side, those first whose decision is likely to change most.

A sheet holds identifying values, for nobody can judge a pair without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa

DESK_FIELDS: dict[str, str] = {
    "source": "r.source",
    "record_key": "r.record_key",
    "name": "nullif(coalesce(r.full_name, concat_ws(' ', coalesce(r.given_names, r.given_names_std),"
    " coalesce(r.surname_1, r.surname_1_std), coalesce(r.surname_2, r.surname_2_std))), '')",
    "birth_date": "coalesce(r.birth_date::varchar, r.birth_year::varchar)",
    "sex": "r.sex",
    "identifiers": "n.numbers",
    "phone": "r.phone_std",
    "email": "r.email_std",
    "address": "r.address_std",
    "place": "nullif(concat_ws(', ', r.locality_std, r.municipality_std, r.region_std, r.postal_code_std), '')",
    "birth_place": "r.birth_place_std",
    "household": "r.household_key",
    "mother": "r.mother_name_std",
    "father": "r.father_name_std",
    "death_date": "r.death_date::varchar",
}
"""What a desk compares, as SQL over a record `r` and its identifiers `n`."""


@dataclass(frozen=True)
class ReviewPair:
    """One pair to judge. `left` and `right` hold the `DESK_FIELDS` of its records; `judgement` is empty or unsure."""

    rank: int
    record_id_l: str
    record_id_r: str
    match_weight: float
    reason: str
    records_at_stake: int
    judgement: str
    left: tuple[str | None, ...]
    right: tuple[str | None, ...]


@dataclass(frozen=True)
class ReviewSheet:
    """The pairs to judge now, of how many that wait, and how many of the queue are judged already."""

    pairs: tuple[ReviewPair, ...]
    waiting: int
    judged: int


def review_sheet(
    connection: duckdb.DuckDBPyConnection, queue: str, records: str, identifiers: str, judgements: str, limit: int
) -> ReviewSheet:
    """The first `limit` pairs of the relation `queue`, ranked by how many records a decision is expected to move.

    That is the chance that a decision is other than what stands, times the records it would join or part. Pairs
    judged match or non_match are left out; those judged unsure come last.
    """
    _rank(connection, queue, judgements)
    rows = connection.sql(_sheet_query(records, identifiers, limit)).fetchall()
    waiting, judged = connection.sql(
        "select count(*) filter (not is_judged), count(*) filter (is_judged) from ranked_queue"
    ).fetchall()[0]
    connection.execute("drop table ranked_queue")
    return ReviewSheet(tuple(_pair(row) for row in rows), waiting, judged)


def _rank(connection: duckdb.DuckDBPyConnection, queue: str, judgements: str) -> None:
    connection.execute(f"""
        create or replace temp table ranked_queue as
        with queued as (
            select
                q.*,
                coalesce(j.judgement, '') as judgement,
                1 / (1 + pow(2, case when q.reason = 'joined' then q.match_weight else -q.match_weight end)) as change
            from {queue} as q
            left join {judgements} as j using (record_id_l, record_id_r)
        )
        select
            * exclude (change),
            judgement in ('match', 'non_match') as is_judged,
            row_number() over (
                order by is_judged, judgement, records_at_stake * change desc, abs(match_weight),
                record_id_l, record_id_r
            ) as rank
        from queued
    """)


def desk_values(
    connection: duckdb.DuckDBPyConnection, records: str, identifiers: str, record_ids: Sequence[str]
) -> list[tuple[str, ...]]:
    """The `DESK_FIELDS` that any of the records has: a row a field, its name and then the value of each record."""
    asked = "(select record_id from given_ids)"
    connection.register("given_ids", pa.table({"record_id": pa.array(record_ids, pa.string())}))
    rows = connection.sql(f"select * from ({_shown_query(records, identifiers, asked)})").fetchall()
    connection.unregister("given_ids")
    shown = {record_id: values for record_id, *values in rows}
    columns = zip(*(shown[record_id] for record_id in record_ids), strict=True)
    told = zip(DESK_FIELDS, columns, strict=True)
    return [(name, *(value or "" for value in values)) for name, values in told if any(values)]


def _shown_query(records: str, identifiers: str, asked: str) -> str:
    """The `DESK_FIELDS` of the records whose ids the query `asked` gives."""
    values = ", ".join(f"{sql} as {name}" for name, sql in DESK_FIELDS.items())
    return f"""
        with numbered as (
            select record_id, string_agg(number, '; ' order by number) as numbers
            from (select record_id, scheme || ' ' || identifier_std as number from {identifiers})
            where record_id in {asked}
            group by record_id
        )
        select r.record_id, {values}
        from {records} as r
        left join numbered as n using (record_id)
        where record_id in {asked}
    """


def _sheet_query(records: str, identifiers: str, limit: int) -> str:
    """The ranked pairs with both records' fields; judged pairs rank after all others."""
    listed = ", ".join(f"{side}.{name}" for side in ("a", "b") for name in DESK_FIELDS)
    named = "(select record_id_l from asked union all select record_id_r from asked)"
    return f"""
        with asked as (select * from ranked_queue where rank <= {limit} and not is_judged),
        shown as ({_shown_query(records, identifiers, named)})
        select rank, record_id_l, record_id_r, match_weight, reason, records_at_stake, judgement, {listed}
        from asked
        join shown as a on record_id_l = a.record_id
        join shown as b on record_id_r = b.record_id
        order by rank
    """


def _pair(row: tuple[Any, ...]) -> ReviewPair:
    values = len(row) - 2 * len(DESK_FIELDS)
    return ReviewPair(*(*row[:values], row[values : -len(DESK_FIELDS)], row[-len(DESK_FIELDS) :]))
