"""Candidate pairs by recordlinkage's Index, under the same block-size policy as the SQL engine."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
from recordlinkage.index import Block

from linkage.engines.frames import feature_frame
from linkage.engines.keys import key_rows
from linkage.model.declaration import Blocking, BlockingPass
from linkage.pairs.block_policy import BlockPolicy, block_policy
from linkage.pairs.blocking import BlockingReport, PassReport
from warehouse.storage import write_parquet


def propose_pairs(
    connection: duckdb.DuckDBPyConnection, features_path: Path, blocking: Blocking, pairs_path: Path
) -> BlockingReport:
    """Write the candidate pairs as `linkage.pairs.blocking.propose_pairs` does, found by recordlinkage."""
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
    policy = block_policy(each, blocking, len(features))
    lacks = features[["node"]].assign(lacks=features[each.one_lacks].isna() if each.one_lacks else True)
    keys = _counted(key_rows(features, each.key).merge(lacks, on="node"))
    cap, volume = _cap(keys, policy)
    pairs = [_index(keys[keys["pairs"] <= cap])]
    large = keys[keys["pairs"] > cap].drop(columns="pairs")
    refined = _blocks(large) if each.refine else 0
    skipped = large
    if refined:
        finer = key_rows(features, each.refine).rename(columns=lambda name: name if name == "node" else f"finer {name}")
        keys = _counted(large.merge(finer, on="node"))
        finer_cap, finer_volume = _cap(keys, policy)
        pairs.append(_index(keys[keys["pairs"] <= finer_cap]))
        skipped = keys[keys["pairs"] > finer_cap]
        volume += finer_volume
    report = PassReport(each.name, cap, volume, refined, _blocks(skipped), skipped["node"].nunique())
    return pd.concat(pairs).drop_duplicates().assign(passes=1 << number), report


def _parts(keys: pd.DataFrame) -> list[str]:
    return [name for name in keys.columns if name not in ("node", "lacks", "pairs")]


def _counted(keys: pd.DataFrame) -> pd.DataFrame:
    """The keys that propose any pair, each with the `pairs` of its block."""
    lacks = keys.groupby(_parts(keys))["lacks"]
    records, lacking = lacks.transform("size").astype(int), lacks.transform("sum").astype(int)
    counted = keys.assign(pairs=lacking * (lacking - 1) // 2 + lacking * (records - lacking))
    return counted[counted["pairs"] > 0]


def _blocks(keys: pd.DataFrame) -> int:
    return len(keys[_parts(keys)].drop_duplicates())


def _cap(keys: pd.DataFrame, policy: BlockPolicy) -> tuple[int, int]:
    """The pairs of the largest block that the policy keeps, and the pairs that are then proposed."""
    sizes = keys.drop_duplicates(_parts(keys))["pairs"].value_counts()
    volumes = sizes * sizes.index
    cap = policy.cap(list(zip(sizes.index, volumes, strict=True)))
    return cap, int(volumes[volumes.index <= cap].sum())


def _index(keys: pd.DataFrame) -> pd.DataFrame:
    """The pairs of nodes that share a key, one of them lacking what the pass asks, the lesser node first.

    A node of several values is no pair.
    """
    keys = keys.reset_index(drop=True)
    rows = Block(_parts(keys)).index(keys)
    nodes, lacks = keys["node"].to_numpy(), keys["lacks"].to_numpy(bool)
    one, other = (rows.get_level_values(place) for place in (0, 1))
    pairs = pd.DataFrame(
        {"node_l": np.minimum(nodes[one], nodes[other]), "node_r": np.maximum(nodes[one], nodes[other])}
    )
    found: pd.DataFrame = pairs[(pairs["node_l"] < pairs["node_r"]) & (lacks[one] | lacks[other])]
    return found.drop_duplicates()
