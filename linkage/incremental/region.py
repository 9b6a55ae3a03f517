"""Region: the part of the registry that a delivery touches, clustered by itself.

Links and bonds make groups; a group without a touched node is made of the same nodes, links, constraints and
judgements as before, so its clusters are those it had. The other groups are clustered as a registry of their own.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from linkage.clusters.components import components
from warehouse.session import scan
from warehouse.storage import row_count, write_parquet, write_table
from warehouse.tables import RECORD_NODES


def cut_region(
    connection: duckdb.DuckDBPyConnection,
    features_path: Path,
    nodes_path: Path,
    edges_path: Path,
    seeds: str,
    judgements: str,
    link: float,
    folder: Path,
) -> int:
    """Write the region of the nodes of the query `seeds` as features, nodes and edges in `folder`; return its nodes.

    `judgements` is the query of those obeyed, `link` the link threshold in bits. Nodes keep their order.
    """
    nodes = scan(nodes_path)
    found = connection.sql(f"""
        select node_l::bigint as node_l, node_r::bigint as node_r from {scan(edges_path)}
        where weight >= {link} and node_l < node_r
        union all
        select l.node, r.node from ({judgements})
        join {nodes} as l on record_id_l = l.record_id
        join {nodes} as r on record_id_r = r.record_id
        where judgement = 'match'
    """).fetchnumpy()
    groups = components(row_count(features_path), *(np.asarray(found[name]) for name in ("node_l", "node_r")))
    touched = np.asarray(connection.sql(f"select distinct node from ({seeds})").fetchnumpy()["node"], dtype=np.int64)
    inside = np.flatnonzero(np.isin(groups, groups[touched]))
    region = pa.table({"node": inside, "place": np.arange(len(inside))})
    connection.register("given_region", region)
    connection.execute("create or replace temp table region as select * from given_region")
    connection.unregister("given_region")
    write_parquet(
        connection,
        f"select p.place::uinteger as node, f.* exclude (node)"
        f" from {scan(features_path)} as f join region as p using (node) order by node",
        folder / "features.parquet",
    )
    placed = f"select n.* exclude (node), p.place as node from {nodes} as n join region as p using (node)"
    write_table(connection, RECORD_NODES, placed, folder / "record_nodes.parquet")
    write_parquet(
        connection,
        f"""
        select e.* replace (l.place::uinteger as node_l, r.place::uinteger as node_r)
        from {scan(edges_path)} as e join region as l on e.node_l = l.node join region as r on e.node_r = r.node
        """,
        folder / "edges.parquet",
    )
    return len(inside)
