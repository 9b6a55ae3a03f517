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
from linkage.union import write_union
from linkage.vocabulary import KEY_PARTS
from warehouse.session import scan
from warehouse.storage import row_count, write_parquet

NO_STOP_KEYS = "select 0::utinyint as pass, false as is_refined, 0::ubigint as key limit 0"
LEAST_BUDGET = 100_000  # pairs a pass may always propose: small registries afford large blocks


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
            blocking.max_block,
            None if are_frozen else _budget(each, blocking, nodes),
        )
        for number, each in enumerate(blocking.passes)
    )
    if stop_keys_path and not are_frozen:
        write_parquet(connection, "select * from stop_keys order by all", stop_keys_path)
    for name in ("counted_keys", "keys", "stop_keys"):
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


def _budget(each: BlockingPass, blocking: Blocking, nodes: int) -> int:
    return max(int((each.pairs_per_record or blocking.pairs_per_record) * nodes), LEAST_BUDGET)


def lacks_query(each: BlockingPass) -> str:
    """SQL for whether a record lacks what the pass asks one of a pair to lack."""
    return f"{each.one_lacks} is null" if each.one_lacks else "true"


def _keep_blocks(
    connection: duckdb.DuckDBPyConnection,
    features: str,
    number: int,
    each: BlockingPass,
    max_block: int,
    budget: int | None,
) -> PassReport:
    """Add to `block_keys` the blocks of one pass that are within its cap, whole or refined.

    With a budget the others are added to `stop_keys`; without one `stop_keys` says which they are.
    """
    _count_blocks(connection, key_query(features, each.key, lacks_query(each)))
    cap, pairs, over = _keep(connection, number, max_block, budget, is_refined=False)
    skipped = over
    if over[0] and each.refine:
        _count_blocks(connection, _refined_query(features, each, number))
        _, refined_pairs, skipped = _keep(connection, number, max_block, budget, is_refined=True)
        pairs += refined_pairs
    return PassReport(each.name, cap, pairs, over[0] if each.refine else 0, *skipped)


def _keep(
    connection: duckdb.DuckDBPyConnection, number: int, max_block: int, budget: int | None, *, is_refined: bool
) -> tuple[int, int, tuple[int, int]]:
    """Keep the blocks of `counted_keys` that are not too large; the pairs of the largest, of all, and what was left."""
    stopped = f"(select key from stop_keys where pass = {number} and is_refined = {is_refined})"
    if budget is not None:
        cap = _cap(connection, max_block, budget)
        connection.execute(
            f"insert into stop_keys select distinct {number}, {is_refined}, key from counted_keys where pairs > {cap}"
        )
    kept = f"counted_keys where key not in {stopped}"
    connection.execute(f"insert into block_keys select {number}, key, node, lacks from {kept}")
    largest, proposed = connection.sql(
        f"select coalesce(max(pairs), 0), coalesce(sum(pairs), 0)::bigint from (select distinct key, pairs from {kept})"
    ).fetchall()[0]
    over = connection.sql(
        f"select count(distinct key), count(distinct node) from counted_keys where key in {stopped}"
    ).fetchall()[0]
    return largest, proposed, over


def _count_blocks(connection: duckdb.DuckDBPyConnection, query: str) -> None:
    """Put the keys that propose any pair in the table `counted_keys`, each with the pairs of its block."""
    connection.execute(f"create or replace temp table keys as {query}")
    connection.execute("""
        create or replace temp table counted_keys as
        with blocks as (
            select key, count(*) as records, count(*) filter (lacks) as lacking
            from keys group by key having lacking > 0
        ),
        counted as (
            select key, lacking * (lacking - 1) // 2 + lacking * (records - lacking) as pairs
            from blocks where records > 1
        )
        select keys.*, counted.pairs from keys join counted using (key)
    """)


def _refined_query(features: str, each: BlockingPass, number: int) -> str:
    """The keys of blocks that are too large, each with the refining parts added."""
    return f"""
        with large as (
            select node, key, lacks from counted_keys
            where key in (select key from stop_keys where pass = {number} and not is_refined)
        ),
        finer as ({key_query(features, each.refine)})
        select node, hash(large.key, finer.key) as key, large.lacks from large join finer using (node)
    """


def _cap(connection: duckdb.DuckDBPyConnection, max_block: int, budget: int) -> int:
    """The pairs of the largest block with which the pass stays within its budget."""
    largest = max_block * (max_block - 1) // 2
    volumes = connection.sql(f"""
        select pairs, count(distinct key) * pairs from counted_keys where pairs <= {largest}
        group by pairs order by pairs
    """).fetchall()
    cap, proposed = 0, 0
    for pairs, volume in volumes:
        proposed += volume
        if proposed > budget:
            break
        cap = pairs
    return cap
