"""Features: what records are compared by, ready to compare, with equal records collapsed to one node.

A node is a whole number from 0; every later stage speaks of nodes, and only the spine of record ids again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from linkage.features.frequencies import FREQUENCY_PREFIX, frequent_features, take_frequencies
from linkage.features.statistics import Statistics
from linkage.model.declaration import Model
from linkage.model.parameters import FrozenModel
from linkage.model.vocabulary import FEATURES
from linkage.script import run_script
from warehouse.errors import LinkageError
from warehouse.session import identifier, literal, scan
from warehouse.storage import write_for_next_stage, write_table
from warehouse.tables import RECORD_NODES

HERE = Path(__file__).parent
MAX_SCHEMES = 6
SCHEME_PREFIX = "identifier:"
NOT_COMPARED = ("record", "record_id", "source", "record_key")

# Records that agree on all of one of these may be one node; with less to go by, equal is not yet the same.
ENOUGH = "identifiers is not null or (birth_date is not null and given is not null and surname_1 is not null)"


@dataclass(frozen=True)
class FeatureCounts:
    """How many records came in, and how many nodes they make."""

    records: int
    nodes: int


def build_features(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    identifiers: str,
    model: Model,
    duplicate_free: Sequence[str],
    judgements: str | None,
    nodes_path: Path,
    features_path: Path,
    statistics: Statistics | None = None,
    frozen: FrozenModel | None = None,
) -> FeatureCounts:
    """Write the nodes of `records` with their features, and which record is which node.

    `records` and `identifiers` are SQL relations of `warehouse.tables.RECORDS` and `RECORD_IDENTIFIERS`. Two equal
    records of a source in `duplicate_free` stay two nodes, and so do two that `judgements` (a relation of
    record_id_l, record_id_r and judgement) say are two people. With `statistics` nothing is counted anew over the
    population; a `frozen` model brings its schemes and its frequencies. Raises `LinkageError` where two records share
    an id. Leaves the tables that `drop_features` drops.
    """
    prepare_records(connection, records, identifiers, model, statistics, frozen)
    number_nodes(connection, duplicate_free, judgements)
    counted_before = statistics or frozen
    take_frequencies(connection, model, counted_before.frequencies if counted_before else None)
    return FeatureCounts(
        records=write_table(connection, RECORD_NODES, "select * from record_nodes", nodes_path),
        nodes=write_for_next_stage(connection, features_query(model), features_path),
    )


def prepare_records(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    identifiers: str,
    model: Model,
    statistics: Statistics | None = None,
    frozen: FrozenModel | None = None,
) -> None:
    """Put what `records` are compared by in the table `identified_records`, a row a record."""
    run_script(connection, HERE / "phonetics.sql")
    run_script(connection, HERE / "stated_records.sql", records=records)
    _refuse_repeated_ids(connection)
    has_split = _count_records(connection) if statistics is None else statistics.has_split
    run_script(connection, HERE / "features.sql", has_split=str(has_split).lower())
    run_script(
        connection,
        HERE / "identifiers.sql",
        identifiers=identifiers,
        shared_names=model.constraints.shared_names,
        shared_years=model.constraints.shared_years,
        birth_year_at=_birth_year_at(model.constraints.birth_year_at),
    )
    names = statistics.schemes if statistics else frozen.parameters.schemes if frozen else _ranked_schemes(connection)
    _attach_identifiers(connection, names)
    connection.execute("drop table record_features")


def drop_features(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop the tables that features are made in."""
    for name in (
        "record_counts",
        "stated_identifiers",
        "identified_records",
        "record_nodes",
    ):
        connection.execute(f"drop table if exists {name}")


def schemes(features_path: Path) -> list[str]:
    """The identifier schemes that the features carry, the most frequent first."""
    names = pq.read_schema(features_path).names
    return [name.removeprefix(SCHEME_PREFIX) for name in names if name.startswith(SCHEME_PREFIX)]


def present_features(connection: duckdb.DuckDBPyConnection, features_path: Path) -> set[str]:
    """The features that any node has a value of."""
    return present_in(connection, scan(features_path))


def present_in(connection: duckdb.DuckDBPyConnection, features: str) -> set[str]:
    """The features that any row of the relation `features` has a value of."""
    names = [name for name in FEATURES if name != "identifier"]
    counted = ", ".join(f"count({identifier(name)})" for name in [*names, "identifiers"])
    counts = connection.sql(f"select {counted} from {features}").fetchall()[0]
    return {name for name, count in zip([*names, "identifier"], counts, strict=True) if count}


def _refuse_repeated_ids(connection: duckdb.DuckDBPyConnection) -> None:
    query = "select count(*) - count(distinct record_id), min(source) from stated_records"
    repeated, source = connection.sql(query).fetchall()[0]
    if repeated:
        raise LinkageError(
            f"{repeated} records share the id of another record (a source concerned: {source}). "
            "Keys must be unique within a source; mend the standardised tables and run again."
        )


def _count_records(connection: duckdb.DuckDBPyConnection) -> bool:
    """Put what is counted of all records in the table `record_counts`; whether names came whole and were split."""
    connection.execute("""
        create or replace temp table record_counts as
        select count(*) as records, coalesce(bool_or(is_split), false) as has_split from stated_records
    """)
    return bool(connection.sql("select has_split from record_counts").fetchall()[0][0])


def _ranked_schemes(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The schemes worth comparing, the most frequent first."""
    query = f"""
        select scheme from stated_identifiers where is_usable
        group by scheme
        having not starts_with(scheme, 'local.') or max(records) > 1
        order by count(*) desc, scheme limit {MAX_SCHEMES}
    """
    return [name for (name,) in connection.sql(query).fetchall()]


def _attach_identifiers(connection: duckdb.DuckDBPyConnection, names: Sequence[str]) -> None:
    """One column a scheme for the identifier that stands, one for it as written, one for whether it is shared."""
    columns = [
        column
        for name in names
        for column in (
            f"min(value) filter (scheme = {literal(name)} and is_usable) as {identifier(SCHEME_PREFIX + name)}",
            f"min(value) filter (scheme = {literal(name)} and not is_placeholder) as {identifier('written:' + name)}",
            f"bool_or(is_shared) filter (scheme = {literal(name)} and is_usable) as {identifier('shared:' + name)}",
            f"bool_and(is_established) filter (scheme = {literal(name)} and is_usable)"
            f" as {identifier('established:' + name)}",
        )
    ]
    connection.execute(f"""
        create or replace temp table identified_records as
        with identified as (
            select
                {"".join(f"{column}, " for column in columns)}
                list_sort(list(distinct hash(scheme, value)) filter (is_usable)) as identifiers,
                record
            from stated_identifiers
            group by record
        )
        select r.*, i.* exclude (record)
        from record_features as r
        left join identified as i using (record)
    """)


def _birth_year_at(places: Mapping[str, int]) -> str:
    """SQL for the place, from 1, of the two digits of a birth year in an identifier; null where it tells none."""
    branches = " ".join(f"when {literal(scheme)} then {place}" for scheme, place in sorted(places.items()))
    return f"case i.scheme {branches} end" if branches else "null::integer"


def number_nodes(connection: duckdb.DuckDBPyConnection, duplicate_free: Sequence[str], judgements: str | None) -> None:
    """Collapse equal records; nodes are numbered in the order of their first record's id."""
    alone = ", ".join(literal(name) for name in duplicate_free) or "null"
    judged = judgements or "(select '' as record_id_l, '' as record_id_r, '' as judgement limit 0)"
    connection.execute(f"""
        create or replace temp table record_nodes as
        with told as (
            select
                record,
                record_id,
                source,
                record_key,
                {ENOUGH} as has_enough,
                hash(*columns(* exclude ({", ".join(NOT_COMPARED)}))) as sameness
            from identified_records
        ),
        parted as (
            select unnest([l.record, r.record]) as record
            from {judged}
            join told as l on record_id_l = l.record_id
            join told as r on record_id_r = r.record_id
            where judgement = 'non_match' and l.sameness = r.sameness
        ),
        numbered as (
            select
                *,
                has_enough and record not in (select record from parted) as may_collapse,
                case when source in ({alone}) then row_number() over (partition by sameness, source order by record)
                    else 1 end as copy
            from told
        ),
        led as (
            select
                *,
                case when may_collapse then min(record) over (partition by sameness, copy, may_collapse)
                    else record end as leader
            from numbered
        )
        select record_id, source, record_key, dense_rank() over (order by leader) - 1 as node, leader,
            sameness, has_enough
        from led
    """)


def features_query(model: Model) -> str:
    """A query of the nodes with, beside each value that carries a frequency, its ln(f / Σf²)."""
    fields = {field: identifier(f"of {field}") for field in frequent_features(model)}
    columns = "".join(
        f", case when r.{field} is not null"
        f" then coalesce({table}.ratio, (select ratio from {table} where value is null))"
        f" end as {identifier(FREQUENCY_PREFIX + field)}"
        for field, table in fields.items()
    )
    joins = " ".join(
        f"left join {table} on hash(r.{field}::varchar) = {table}.value" for field, table in fields.items()
    )
    return f"""
        with weighted as (select node, leader, count(*) as weight from record_nodes group by node, leader)
        select w.node::uinteger as node, w.weight::uinteger as weight, r.* exclude ({", ".join(NOT_COMPARED)}) {columns}
        from weighted as w
        join identified_records as r on w.leader = r.record
        {joins}
    """
