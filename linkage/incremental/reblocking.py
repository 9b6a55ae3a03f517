"""Reblocking: the candidate pairs that have a touched node, under frozen statistics."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from linkage.features.statistics import Statistics
from linkage.model.declaration import Blocking, BlockingPass
from linkage.model.vocabulary import KEY_PARTS
from linkage.pairs.blocking import BlockingReport, PassReport, key_query, lacks_query
from warehouse.session import scan
from warehouse.storage import write_for_next_stage

GROWTH = 4  # the pairs of a block may grow to so many times those of the largest block allowed


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
    _load_key_features(connection, features_path, blocking)
    connection.execute(f"create or replace temp table stop_keys as select * from {scan(statistics.stop_keys)}")
    connection.execute(
        "create or replace temp table touched_blocks (pass utinyint, key ubigint, node uinteger, lacks boolean)"
    )
    reports = [_gather(connection, number, each) for number, each in enumerate(blocking.passes)]
    if any(each.cap > GROWTH * blocking.max_block * (blocking.max_block - 1) // 2 for each in reports):
        return None
    pairs = write_for_next_stage(connection, _pairs_query(len(reports)), pairs_path)
    for name in ("touched_features", "key_features", "touched_blocks", "stop_keys"):
        connection.execute(f"drop table {name}")
    return BlockingReport(tuple(reports), pairs)


def _load_key_features(connection: duckdb.DuckDBPyConnection, features_path: Path, blocking: Blocking) -> None:
    """Read what the keys of all passes are made of once, in the table `key_features`."""
    parts = {part for each in blocking.passes for part in (*each.key, *each.refine)}
    told = [KEY_PARTS[part].sql for part in parts] + [lacks_query(each) for each in blocking.passes]
    words = {word for sql in told for word in re.findall(r"[a-z_0-9]+", sql)}
    columns = [name for name in pq.read_schema(features_path).names if name == "node" or name in words]
    connection.execute(
        f"create or replace temp table key_features as select {', '.join(columns)} from {scan(features_path)}"
    )


def _gather(connection: duckdb.DuckDBPyConnection, number: int, each: BlockingPass) -> PassReport:
    """Add to `touched_blocks` the blocks of one pass that hold a touched node, whole or refined."""
    lacks = lacks_query(each)
    connection.execute(f"""
        create or replace temp table touched_keys as
        select node, key, key in (select key from stop_keys where pass = {number} and not is_refined) as is_stopped
        from ({key_query("touched_features", each.key, lacks)})
    """)
    connection.execute(f"""
        insert into touched_blocks
        select {number}, key, node, lacks from ({key_query("key_features", each.key, lacks)})
        semi join (select distinct key from touched_keys where not is_stopped) using (key)
    """)
    if each.refine:
        _gather_refined(connection, number, each)
    largest, pairs = connection.sql(f"""
        with sizes as (
            select count(*) as records, count(*) filter (lacks) as lacking,
                count(*) filter (node in (select node from touched_keys)) as touched
            from touched_blocks where pass = {number} group by key
        )
        select coalesce(max(lacking * (lacking - 1) // 2 + lacking * (records - lacking)), 0),
            coalesce(sum(touched * (records - touched) + touched * (touched - 1) // 2), 0)::bigint
        from sizes
    """).fetchall()[0]
    return PassReport(each.name, largest, pairs, 0, 0, 0)


def _gather_refined(connection: duckdb.DuckDBPyConnection, number: int, each: BlockingPass) -> None:
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
            select node, key, lacks from ({key_query("key_features", each.key, lacks_query(each))})
            semi join (select distinct key from touched_keys where is_stopped) using (key)
        ),
        finer as ({key_query("key_features", each.refine)})
        select distinct {number}, hash(large.key, finer.key) as key, node, large.lacks
        from large join finer using (node)
        where hash(large.key, finer.key) in (select key from finer_keys)
    """)


def _pairs_query(passes: int) -> str:
    """Pairs with a touched node, a bit a pass; and the touched nodes that are several records, with themselves.

    As in a full linkage, one of a pair must lack what the pass asks one to lack.
    """
    nothing = "select 0::uinteger as node_l, 0::uinteger as node_r, 0::uinteger as pass where false"
    joins = [
        f"select least(t.node, o.node) as node_l, greatest(t.node, o.node) as node_r, {1 << number}::uinteger as pass"
        " from (select * from touched_blocks semi join touched_features using (node)) as t"
        " join touched_blocks as o on t.key = o.key and t.node <> o.node and (t.lacks or o.lacks)"
        f" where t.pass = {number} and o.pass = {number}"
        for number in range(passes)
    ]
    return f"""
        select node_l, node_r, bit_or(pass) as passes from ({" union all ".join([nothing, *joins])})
        group by node_l, node_r
        union all
        select node, node, 0::uinteger from touched_features where weight > 1
    """
