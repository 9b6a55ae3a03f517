"""Reblocking: the candidate pairs that have a touched node, under frozen statistics."""

from __future__ import annotations

from pathlib import Path

import duckdb

from linkage.blocking import BlockingReport, PassReport, key_query
from linkage.model import Blocking, BlockingPass
from linkage.statistics import Statistics
from warehouse.session import scan
from warehouse.storage import write_parquet

GROWTH = 2  # a block kept when statistics were taken may grow to so many times the largest allowed


def propose_touched(
    connection: duckdb.DuckDBPyConnection,
    features_path: Path,
    touched_path: Path,
    blocking: Blocking,
    statistics: Statistics,
    pairs_path: Path,
) -> BlockingReport | None:
    """Write the candidate pairs of touched nodes with all nodes; None where a block has outgrown the statistics."""
    connection.execute(f"""
        create or replace temp table touched_features as
        select f.* from {scan(features_path)} as f semi join {scan(touched_path)} as t using (node)
    """)
    connection.execute(f"create or replace temp table stop_keys as select * from {scan(statistics.stop_keys)}")
    connection.execute("create or replace temp table touched_blocks (pass utinyint, key ubigint, node uinteger)")
    reports = [_gather(connection, scan(features_path), number, each) for number, each in enumerate(blocking.passes)]
    if any(each.cap > GROWTH * blocking.max_block for each in reports):
        return None
    pairs = write_parquet(connection, _pairs_query(len(reports)), pairs_path)
    for name in ("touched_features", "touched_blocks", "stop_keys"):
        connection.execute(f"drop table {name}")
    return BlockingReport(tuple(reports), pairs)


def _gather(connection: duckdb.DuckDBPyConnection, features: str, number: int, each: BlockingPass) -> PassReport:
    """Add to `touched_blocks` the blocks of one pass that hold a touched node, whole or refined."""
    connection.execute(f"""
        create or replace temp table touched_keys as
        select node, key, key in (select key from stop_keys where pass = {number} and not is_refined) as is_stopped
        from ({key_query("touched_features", each.key)})
    """)
    connection.execute(f"""
        insert into touched_blocks
        select {number}, key, node from ({key_query(features, each.key)})
        where key in (select key from touched_keys where not is_stopped)
    """)
    if each.refine:
        _gather_refined(connection, features, number, each)
    cap, pairs = connection.sql(f"""
        with sizes as (
            select count(*) as size, count(*) filter (node in (select node from touched_keys)) as touched
            from touched_blocks where pass = {number} group by key
        )
        select coalesce(max(size), 1),
            coalesce(sum(touched * (size - touched) + touched * (touched - 1) // 2), 0)::bigint
        from sizes
    """).fetchall()[0]
    return PassReport(each.name, cap, pairs, 0, 0, 0)


def _gather_refined(connection: duckdb.DuckDBPyConnection, features: str, number: int, each: BlockingPass) -> None:
    if not connection.sql("select count(*) from touched_keys where is_stopped").fetchall()[0][0]:
        return
    connection.execute(f"""
        create or replace temp table finer_keys as
        select distinct hash(large.key, finer.key) as key
        from (select node, key from touched_keys where is_stopped) as large
        join ({key_query("touched_features", each.refine)}) as finer using (node)
        where hash(large.key, finer.key) not in (select key from stop_keys where pass = {number} and is_refined)
    """)
    connection.execute(f"""
        insert into touched_blocks
        with large as (
            select node, key from ({key_query(features, each.key)})
            where key in (select key from touched_keys where is_stopped)
        ),
        finer as ({key_query(features, each.refine)})
        select distinct {number}, hash(large.key, finer.key) as key, node
        from large join finer using (node)
        where hash(large.key, finer.key) in (select key from finer_keys)
    """)


def _pairs_query(passes: int) -> str:
    """Pairs with a touched node, a bit a pass; and the touched nodes that are several records, with themselves."""
    nothing = "select 0::uinteger as node_l, 0::uinteger as node_r, 0::uinteger as pass where false"
    joins = [
        f"select least(t.node, o.node) as node_l, greatest(t.node, o.node) as node_r, {1 << number}::uinteger as pass"
        " from (select * from touched_blocks semi join touched_features using (node)) as t"
        " join touched_blocks as o on t.key = o.key and t.node <> o.node"
        f" where t.pass = {number} and o.pass = {number}"
        for number in range(passes)
    ]
    return f"""
        select node_l, node_r, bit_or(pass) as passes from ({" union all ".join([nothing, *joins])})
        group by node_l, node_r
        union all
        select node, node, 0::uinteger from touched_features where weight > 1
    """
