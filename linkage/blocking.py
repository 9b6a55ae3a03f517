"""Blocking: which pairs of nodes are worth comparing.

Each pass proposes the pairs that share its key. Volumes are counted before any pair is made: a block over the
cap is cut by a second key, and what is still too large is skipped and reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from linkage.model import Blocking, BlockingPass
from linkage.vocabulary import KEY_PARTS
from warehouse.session import scan
from warehouse.storage import row_count, write_parquet

LEAST_BUDGET = 250_000  # pairs a pass may always propose: small registries afford large blocks


@dataclass(frozen=True)
class PassReport:
    """What one pass proposes. `pairs` counts a pair once a shared key; `cap` is the largest block kept."""

    name: str
    cap: int
    pairs: int
    refined_blocks: int
    skipped_blocks: int
    skipped_records: int


@dataclass(frozen=True)
class BlockingReport:
    """The passes, and how many different pairs they propose together."""

    passes: tuple[PassReport, ...]
    pairs: int


def propose_pairs(
    connection: duckdb.DuckDBPyConnection, features_path: Path, blocking: Blocking, pairs_path: Path
) -> BlockingReport:
    """Write the candidate pairs: node_l < node_r, and in `passes` a bit for each pass that proposes the pair.

    A node of several equal records is proposed with itself, by no pass.
    """
    features = scan(features_path)
    nodes = row_count(features_path)
    connection.execute("create or replace temp table block_keys (pass utinyint, key ubigint, node uinteger)")
    reports = tuple(
        _keep_blocks(connection, features, number, each, blocking.max_block, _budget(each, blocking, nodes))
        for number, each in enumerate(blocking.passes)
    )
    pairs = write_parquet(connection, _union_query(features, len(reports)), pairs_path)
    connection.execute("drop table block_keys")
    return BlockingReport(reports, pairs)


def key_query(features: str, parts: Sequence[str]) -> str:
    """Node and hashed key, a row for each value of parts that hold many; no row where a part is null."""
    many = [part for part in parts if KEY_PARTS[part].many]
    lists = "".join(f", unnest({KEY_PARTS[part].sql}) as {part}(value)" for part in many)
    values = [f"{part}.value" if part in many else KEY_PARTS[part].sql for part in parts]
    known = " and ".join(f"({value}) is not null" for value in values)
    return f"select distinct node, hash({', '.join(values)}) as key from {features}{lists} where {known}"


def _budget(each: BlockingPass, blocking: Blocking, nodes: int) -> int:
    return max(int((each.pairs_per_record or blocking.pairs_per_record) * nodes), LEAST_BUDGET)


def _keep_blocks(
    connection: duckdb.DuckDBPyConnection, features: str, number: int, each: BlockingPass, max_block: int, budget: int
) -> PassReport:
    """Add to `block_keys` the blocks of one pass that are within its cap, whole or refined."""
    _count_blocks(connection, key_query(features, each.key))
    cap, pairs = _cap(connection, max_block, budget)
    _keep(connection, number, cap)
    over = _over(connection, cap)
    skipped = over
    if over[0] and each.refine:
        _count_blocks(connection, _refined_query(features, each, cap))
        refined_cap, refined_pairs = _cap(connection, max_block, budget)
        _keep(connection, number, refined_cap)
        skipped = _over(connection, refined_cap)
        pairs += refined_pairs
    return PassReport(each.name, cap, pairs, over[0] if each.refine else 0, *skipped)


def _count_blocks(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    connection.execute(f"""
        create or replace temp table sized_keys as
        with keys as ({query}),
        blocks as (select key, count(*) as size from keys group by key having count(*) > 1)
        select keys.node, keys.key, blocks.size from keys join blocks using (key)
    """)


def _refined_query(features: str, each: BlockingPass, cap: int) -> str:
    """The keys of blocks over `cap`, each with the refining parts added."""
    return f"""
        with large as (select node, key from sized_keys where size > {cap}),
        finer as ({key_query(features, each.refine)})
        select distinct node, hash(large.key, finer.key) as key from large join finer using (node)
    """


def _cap(connection: duckdb.DuckDBPyConnection, max_block: int, budget: int) -> tuple[int, int]:
    """The largest block size with which the pass stays within its budget, and the pairs it then proposes."""
    sizes = connection.sql(
        f"select size, count(*) from sized_keys where size <= {max_block} group by size order by size"
    ).fetchall()
    cap, pairs = 1, 0
    for size, keys in sizes:
        volume = keys * (size - 1) // 2
        if pairs + volume > budget:
            break
        cap, pairs = size, pairs + volume
    return cap, pairs


def _keep(connection: duckdb.DuckDBPyConnection, number: int, cap: int) -> None:
    connection.execute(f"insert into block_keys select {number}, key, node from sized_keys where size <= {cap}")


def _over(connection: duckdb.DuckDBPyConnection, cap: int) -> tuple[int, int]:
    """How many blocks are over `cap`, and how many nodes they hold."""
    query = f"select count(distinct key), count(distinct node) from sized_keys where size > {cap}"
    blocks, nodes = connection.sql(query).fetchall()[0]
    return blocks, nodes


def _union_query(features: str, passes: int) -> str:
    """One grouped union of narrow self-joins, and the nodes that are several records."""
    nothing = "select 0::uinteger as node_l, 0::uinteger as node_r, 0::uinteger as pass where false"
    joins = [
        f"select l.node as node_l, r.node as node_r, {1 << number}::uinteger as pass from block_keys as l"
        f" join block_keys as r on l.key = r.key and l.node < r.node where l.pass = {number} and r.pass = {number}"
        for number in range(passes)
    ]
    proposed = " union all ".join([nothing, *joins])
    return f"""
        select node_l, node_r, bit_or(pass) as passes from ({proposed}) group by node_l, node_r
        union all
        select node, node, 0::uinteger from {features} where weight > 1
    """
