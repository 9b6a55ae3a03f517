"""The union of what blocking passes propose: each pair once, with a bit for each pass that proposes it.

Passes are joined one after another, and the pairs are grouped in buckets, so that neither needs more memory at once
than the session has.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from warehouse.storage import write_for_next_stage

BUCKET = 30_000_000
"""Proposals that are grouped at once: about 2 GB."""

PROPOSALS = "create or replace temp table proposed_pairs (pair ubigint, pass uinteger)"


def write_union(connection: duckdb.DuckDBPyConnection, features: str, passes: int, pairs_path: Path) -> int:
    """Write node_l, node_r and `passes` of all that `block_keys` propose, and of nodes that are several records.

    Returns the number of pairs. Drops `block_keys` (pass, key, node, lacks) as soon as it is read.
    """
    connection.execute(PROPOSALS)
    for number in range(passes):
        connection.execute(f"insert into proposed_pairs {_proposed_by(number)}")
    connection.execute("drop table block_keys")
    proposals = connection.sql("select count(*) from proposed_pairs").fetchall()[0][0]
    buckets = proposals // BUCKET + 1
    grouped = _grouped("proposed_pairs") if buckets == 1 else _grouped_by_bucket(connection, buckets)
    alone = f"select node, node, 0::uinteger from {features} where weight > 1"
    pairs = write_for_next_stage(connection, f"{grouped} union all {alone}", pairs_path)
    for name in ("proposed_pairs", "grouped_pairs"):
        connection.execute(f"drop table if exists {name}")
    return pairs


def _proposed_by(number: int) -> str:
    """A narrow self-join: the pair as one number, the lesser node in its upper half.

    A record that lacks what the pass asks one to lack is paired with all, any other only with those that lack it.
    """
    return f"""
        select (least(l.node, r.node)::ubigint << 32) | greatest(l.node, r.node), {1 << number}::uinteger
        from (select * from block_keys where pass = {number} and lacks) as l
        join (select * from block_keys where pass = {number}) as r
            on l.key = r.key and (l.node < r.node or not r.lacks)
    """


def _grouped(proposals: str) -> str:
    return f"""
        select (pair >> 32)::uinteger as node_l, (pair & 4294967295)::uinteger as node_r, bit_or(pass) as passes
        from {proposals} group by pair
    """


def _grouped_by_bucket(connection: duckdb.DuckDBPyConnection, buckets: int) -> str:
    """Group the proposals of one bucket of nodes after another into the table `grouped_pairs`; a query of it."""
    connection.execute("create or replace temp table grouped_pairs (node_l uinteger, node_r uinteger, passes uinteger)")
    for bucket in range(buckets):
        share = f"(select * from proposed_pairs where (pair >> 32) % {buckets} = {bucket})"
        connection.execute(f"insert into grouped_pairs {_grouped(share)}")
    return "select * from grouped_pairs"
