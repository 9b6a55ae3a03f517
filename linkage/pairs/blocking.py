"""Blocking: which pairs of nodes are worth comparing.

Each pass proposes the pairs that share its key. Volumes are counted before any pair is made: a block over the
cap is cut by a second key, and what is still too large is skipped and reported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from linkage.model.declaration import Blocking, BlockingPass
from linkage.model.vocabulary import KEY_PARTS
from linkage.pairs.block_policy import BlockPolicy, block_policy
from linkage.pairs.union import write_union
from warehouse.session import scan
from warehouse.storage import row_count, write_parquet

NO_STOP_KEYS = "select 0::utinyint as pass, false as is_refined, 0::ubigint as key limit 0"


@dataclass(frozen=True)
class PassReport:
    """What one pass proposes. `pairs` counts a pair once a shared key; `cap` is the pairs of the largest block kept."""

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
    connection: duckdb.DuckDBPyConnection,
    features_path: Path,
    blocking: Blocking,
    pairs_path: Path,
    stop_keys_path: Path | None = None,
    *,
    are_frozen: bool = False,
) -> BlockingReport:
    """Write the candidate pairs: node_l < node_r, and in `passes` a bit for each pass that proposes the pair.

    A node of several equal records is proposed with itself, by no pass. The keys of blocks that are too large are
    written to `stop_keys_path` if there is one; if they `are_frozen` they are read there, and other blocks are kept.
    """
    features = scan(features_path)
    nodes = row_count(features_path)
    connection.execute(
        "create or replace temp table block_keys (pass utinyint, key ubigint, node uinteger, lacks boolean)"
    )
    stopped = f"select * from {scan(stop_keys_path)}" if stop_keys_path and are_frozen else NO_STOP_KEYS
    connection.execute(f"create or replace temp table stop_keys as {stopped}")
    reports = tuple(
        _keep_blocks(
            connection,
            features,
            number,
            each,
            None if are_frozen else block_policy(each, blocking, nodes),
        )
        for number, each in enumerate(blocking.passes)
    )
    if stop_keys_path and not are_frozen:
        write_parquet(connection, "select * from stop_keys order by all", stop_keys_path)
    for name in ("counted_blocks", "keys", "stop_keys"):
        connection.execute(f"drop table if exists {name}")
    return BlockingReport(reports, write_union(connection, features, len(reports), pairs_path))


def key_query(features: str, parts: Sequence[str], lacks: str = "true") -> str:
    """Node, hashed key and `lacks`, a row for each value of parts that hold many; no row where a part is null.

    The values of a part that holds many differ, so no node has one key twice.
    """
    relation = features
    for part in parts:
        if KEY_PARTS[part].many:  # in the select list, for a lateral unnest costs twenty times as much
            relation = f"(select *, unnest({KEY_PARTS[part].sql}) as one_{part} from {relation})"
    values = [f"one_{part}" if KEY_PARTS[part].many else KEY_PARTS[part].sql for part in parts]
    known = " and ".join(f"({value}) is not null" for value in values)
    return f"select node, hash({', '.join(values)}) as key, {lacks} as lacks from {relation} where {known}"


def lacks_query(each: BlockingPass) -> str:
    """SQL for whether a record lacks what the pass asks one of a pair to lack."""
    return f"{each.one_lacks} is null" if each.one_lacks else "true"


def _keep_blocks(
    connection: duckdb.DuckDBPyConnection,
    features: str,
    number: int,
    each: BlockingPass,
    policy: BlockPolicy | None,
) -> PassReport:
    """Add to `block_keys` the blocks of one pass that are within its cap, whole or refined.

    With a policy the others are added to `stop_keys`; without one `stop_keys` says which they are.
    """
    _count_blocks(connection, key_query(features, each.key, lacks_query(each)))
    cap, pairs, over = _keep(connection, number, policy, is_refined=False)
    skipped = over
    if over[0] and each.refine:
        _count_blocks(connection, _refined_query(features, each, number))
        _, refined_pairs, skipped = _keep(connection, number, policy, is_refined=True)
        pairs += refined_pairs
    return PassReport(each.name, cap, pairs, over[0] if each.refine else 0, *skipped)


def _keep(
    connection: duckdb.DuckDBPyConnection, number: int, policy: BlockPolicy | None, *, is_refined: bool
) -> tuple[int, int, tuple[int, int]]:
    """Keep the blocks of `counted_blocks` that are not too large; the pairs of the largest, of all, and what was left.

    What was left is told as blocks and as nodes.
    """
    stopped = f"(select key from stop_keys where pass = {number} and is_refined = {is_refined})"
    if policy is not None:
        volumes = connection.sql("select pairs, sum(pairs)::bigint from counted_blocks group by pairs").fetchall()
        cap = policy.cap(volumes)
        connection.execute(
            f"insert into stop_keys select {number}, {is_refined}, key from counted_blocks where pairs > {cap}"
        )
    kept = f"(select key, pairs from counted_blocks where key not in {stopped})"
    connection.execute(
        f"insert into block_keys select {number}, key, node, lacks from keys semi join {kept} using (key)"
    )
    largest, proposed = connection.sql(
        f"select coalesce(max(pairs), 0), coalesce(sum(pairs), 0)::bigint from {kept}"
    ).fetchall()[0]
    over = connection.sql(f"""
        with left_out as (select key from counted_blocks where key in {stopped})
        select (select count(*) from left_out), (select count(distinct node) from keys semi join left_out using (key))
    """).fetchall()[0]
    return largest, proposed, over


def _count_blocks(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Make the tables `keys` of a pass and `counted_blocks`: each key that proposes any pair, with how many."""
    connection.execute(f"create or replace temp table keys as {query}")
    connection.execute("""
        create or replace temp table counted_blocks as
        with blocks as (
            select key, count(*) as records, count(*) filter (lacks) as lacking
            from keys group by key having lacking > 0 and records > 1
        )
        select key, lacking * (lacking - 1) // 2 + lacking * (records - lacking) as pairs from blocks
    """)


def _refined_query(features: str, each: BlockingPass, number: int) -> str:
    """The keys of blocks that are too large, each with the refining parts added."""
    return f"""
        with large as (
            select node, key, lacks from keys
            where key in (select key from stop_keys where pass = {number} and not is_refined)
        ),
        finer as ({key_query(features, each.refine)})
        select node, hash(large.key, finer.key) as key, large.lacks from large join finer using (node)
    """
