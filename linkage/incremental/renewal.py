"""Renewal: the features of the records that changed, put in place of the old, all other nodes left as they are."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from linkage.baseline import Baseline
from linkage.features.building import FeatureCounts, features_query, number_nodes, prepare_records, present_in
from linkage.features.frequencies import take_frequencies
from linkage.features.statistics import Statistics
from linkage.model.declaration import Model
from linkage.places import Renewed
from warehouse.session import scan
from warehouse.storage import write_for_next_stage, write_parquet, write_table
from warehouse.tables import RECORD_NODES


def renew_features(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    identifiers: str,
    model: Model,
    duplicate_free: Sequence[str],
    judgements: str | None,
    statistics: Statistics,
    baseline: Baseline,
    renewed: Renewed,
) -> FeatureCounts | None:
    """Write nodes and features as a full run would under the same statistics; None where a new field was delivered.

    Reads the tables changed, rejudged, now_prints and now_bearings. Records that were or become equal to a changed one
    are renewed with it, for who collapses with whom may change.
    """
    _prepare(connection, records, identifiers, model, statistics, "select record_id from changed where not is_gone")
    _add_mates(connection, baseline)
    _prepare(connection, records, identifiers, model, statistics, "select record_id from renewed_records")
    connection.execute("delete from identified_records where record_id not in (select record_id from renewed_records)")
    number_nodes(connection, duplicate_free, judgements)
    take_frequencies(connection, model, statistics.frequencies)
    connection.execute(f"create or replace temp table renewed_features as {features_query(model)}")
    if not set(statistics.present) >= present_in(connection, "renewed_features"):
        return None
    _lead(connection, baseline)
    _compare_with_old(connection, baseline)
    return _write(connection, baseline, renewed)


def _prepare(
    connection: duckdb.DuckDBPyConnection,
    records: str,
    identifiers: str,
    model: Model,
    statistics: Statistics,
    wanted: str,
) -> None:
    """`identified_records` of the records wanted, and of those whose identifiers they bear too."""
    connection.execute(f"""
        create or replace temp table read_records as
        with wanted as ({wanted}),
        borne as (select distinct bearing from now_bearings semi join wanted using (record_id))
        select record_id from wanted union select record_id from now_bearings semi join borne using (bearing)
    """)
    connection.execute(f"""
        create or replace temp table read_rows as select * from {records} semi join read_records using (record_id)
    """)
    connection.execute(f"""
        create or replace temp table read_identifiers as
        select * from {identifiers} semi join read_records using (record_id)
    """)
    prepare_records(connection, "read_rows", "read_identifiers", model, statistics)


def _add_mates(connection: duckdb.DuckDBPyConnection, baseline: Baseline) -> None:
    """The changed records, and those that were equal to one before or are now."""
    number_nodes(connection, (), None)
    connection.execute(f"""
        create or replace temp table renewed_records as
        with same as (
            select sameness from {scan(baseline.record_prints)} semi join changed using (record_id)
            union
            select sameness from record_nodes semi join changed using (record_id)
        ),
        mates as (
            select record_id from {scan(baseline.record_prints)}
            where has_enough and sameness in (select sameness from same)
        )
        select record_id from changed where not is_gone
        union
        select record_id from mates where record_id not in (select record_id from changed where is_gone)
    """)


def _lead(connection: duckdb.DuckDBPyConnection, baseline: Baseline) -> None:
    """Every record with its leader, the least record of its node, and from the order of leaders the node's number."""
    old = scan(baseline.record_nodes)
    connection.execute(f"""
        create or replace temp table led_records as
        with left_alone as (
            select * from {old} as o
            where not exists (from renewed_records as r where r.record_id = o.record_id)
                and not exists (from changed as c where c.record_id = o.record_id)
        ),
        leaders as (select node, min(record_id) as leader from left_alone group by node)
        select record_id, source, record_key, leaders.leader, node as old_node, null::bigint as renewed_node
        from left_alone join leaders using (node)
        union all
        select record_id, source, record_key, min(record_id) over (partition by node), null, node
        from record_nodes
    """)
    connection.execute("""
        create or replace temp table numbered_leaders as
        select leader, row_number() over (order by leader) - 1 as node,
            any_value(old_node) as old_node, any_value(renewed_node) as renewed_node
        from led_records group by leader
    """)


def _compare_with_old(connection: duckdb.DuckDBPyConnection, baseline: Baseline) -> None:
    """Renewed nodes that are what they were keep their old number's place: `unmoved` (old_node, renewed_node)."""
    connection.execute(f"""
        create or replace temp table unmoved as
        with old_nodes as (
            select node from {scan(baseline.record_nodes)}
            where record_id in (select record_id from renewed_records union select record_id from changed)
        ),
        old_members as (
            select node, min(record_id) as leader, hash(list_sort(list(record_id))) as members
            from {scan(baseline.record_nodes)} where node in (select node from old_nodes) group by node
        ),
        old_rows as (
            select node, hash(*columns(* exclude (node))) as told
            from {scan(baseline.features)} where node in (select node from old_nodes)
        ),
        members as (
            select node, min(record_id) as leader, hash(list_sort(list(record_id))) as members
            from record_nodes group by node
        ),
        rows as (select node, hash(*columns(* exclude (node))) as told from renewed_features)
        select o.node as old_node, n.node as renewed_node
        from old_members as o
        join old_rows on old_rows.node = o.node
        join members as n on o.leader = n.leader and o.members = n.members
        join rows on rows.node = n.node and rows.told = old_rows.told
    """)


def _write(connection: duckdb.DuckDBPyConnection, baseline: Baseline, renewed: Renewed) -> FeatureCounts:
    renumbered = """
        select coalesce(l.old_node, u.old_node) as old_node, l.node
        from numbered_leaders as l left join unmoved as u on l.renewed_node = u.renewed_node
        where l.old_node is not null or u.old_node is not null
    """
    connection.execute(f"create or replace temp table renumbered as {renumbered}")
    write_parquet(connection, "select * from renumbered", renewed.renumbered)
    touched = """
        select l.node from numbered_leaders as l
        where l.renewed_node is not null and l.renewed_node not in (select renewed_node from unmoved)
    """
    write_parquet(connection, touched, renewed.touched)
    rejudged = """
        select distinct node from led_records join numbered_leaders using (leader) semi join rejudged using (record_id)
    """
    write_parquet(connection, rejudged, renewed.region_seeds)
    features = f"""
        select l.node::uinteger as node, f.* exclude (node)
        from {scan(baseline.features)} as f join numbered_leaders as l on f.node = l.old_node
        union all by name
        select l.node::uinteger as node, f.* exclude (node)
        from renewed_features as f join numbered_leaders as l on f.node = l.renewed_node
    """
    nodes = "select record_id, source, record_key, l.node from led_records join numbered_leaders as l using (leader)"
    return FeatureCounts(
        records=write_table(connection, RECORD_NODES, nodes, renewed.nodes),
        nodes=write_for_next_stage(connection, features, renewed.features),
    )
