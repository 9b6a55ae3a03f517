"""Candidate pairs by recordlinkage's Index, under the same block-size policy as the SQL engine."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from recordlinkage.index import Block

from linkage.blocking import LEAST_BUDGET, BlockingReport, PassReport
from linkage.engines.frames import feature_frame
from linkage.engines.keys import key_rows
from linkage.model import Blocking, BlockingPass
from warehouse.storage import write_parquet


def propose_pairs(
    connection: duckdb.DuckDBPyConnection, features_path: Path, blocking: Blocking, pairs_path: Path
) -> BlockingReport:
    """Write the candidate pairs as `linkage.blocking.propose_pairs` does, found by recordlinkage."""
    features = feature_frame(features_path)
    found = [_pass(features, each, number, blocking) for number, each in enumerate(blocking.passes)]
    copied = features.loc[features["weight"] > 1, "node"].astype(int)
    itself = pd.DataFrame({"node_l": copied, "node_r": copied, "passes": 0})
    proposed = pd.concat([itself, *(pairs for pairs, _ in found)])
    pairs = proposed.groupby(["node_l", "node_r"], as_index=False).sum()  # a pass sets its bit once
    schema = pa.schema([("node_l", pa.uint32()), ("node_r", pa.uint32()), ("passes", pa.uint32())])
    connection.register("found_pairs", pa.Table.from_pandas(pairs.astype(np.uint32), schema=schema))
    written = write_parquet(connection, "select * from found_pairs", pairs_path)
    connection.unregister("found_pairs")
    return BlockingReport(tuple(report for _, report in found), written)


def _pass(
    features: pd.DataFrame, each: BlockingPass, number: int, blocking: Blocking
) -> tuple[pd.DataFrame, PassReport]:
    """The pairs of one pass: its blocks up to the cap, and the larger ones refined."""
    budget = max(int((each.pairs_per_record or blocking.pairs_per_record) * len(features)), LEAST_BUDGET)
    keys = key_rows(features, each.key)
    sizes = _sizes(keys)
    cap, volume = _cap(sizes, blocking.max_block, budget)
    pairs = [_index(keys[sizes <= cap])]
    large = keys[sizes > cap]
    refined = _blocks(large) if each.refine else 0
    skipped = large
    if refined:
        finer = key_rows(features, each.refine).rename(columns=lambda name: name if name == "node" else f"finer {name}")
        keys = large.merge(finer, on="node")
        sizes = _sizes(keys)
        finer_cap, finer_volume = _cap(sizes, blocking.max_block, budget)
        pairs.append(_index(keys[sizes <= finer_cap]))
        skipped = keys[sizes > finer_cap]
        volume += finer_volume
    report = PassReport(each.name, cap, volume, refined, _blocks(skipped), skipped["node"].nunique())
    return pd.concat(pairs).drop_duplicates().assign(passes=1 << number), report


def _parts(keys: pd.DataFrame) -> list[str]:
    return [name for name in keys.columns if name != "node"]


def _sizes(keys: pd.DataFrame) -> pd.Series[int]:
    """How many nodes share each row's key."""
    return keys.groupby(_parts(keys))["node"].transform("size").astype(int)


def _blocks(keys: pd.DataFrame) -> int:
    return len(keys[_parts(keys)].drop_duplicates())


def _cap(sizes: pd.Series[int], max_block: int, budget: int) -> tuple[int, int]:
    """The largest block size with which the pass stays within its budget, and the pairs it then proposes."""
    rows = sizes[(sizes > 1) & (sizes <= max_block)].value_counts().sort_index()
    volumes = (rows * (rows.index - 1) // 2).cumsum()
    within = volumes[volumes <= budget]
    return (int(within.index[-1]), int(within.iloc[-1])) if len(within) else (1, 0)


def _index(keys: pd.DataFrame) -> pd.DataFrame:
    """The pairs of nodes that share a key, the lesser node first; a node of several values is no pair."""
    keys = keys.reset_index(drop=True)
    rows = Block(_parts(keys)).index(keys)
    nodes = keys["node"].to_numpy()
    one, other = (nodes[rows.get_level_values(place)] for place in (0, 1))
    pairs = pd.DataFrame({"node_l": np.minimum(one, other), "node_r": np.maximum(one, other)})
    return pairs[pairs["node_l"] < pairs["node_r"]].drop_duplicates()
