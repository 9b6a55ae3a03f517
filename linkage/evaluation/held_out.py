"""Identifiers held out: how well linkage does where numbers that it could have used are hidden from it.

Records that share a trusted number are one person, whatever else they say. So the numbers of a sample of records are
hidden, the pairs of those records are weighed anew without them, and the clusters around them are formed again by the
same model: what is then found, missed and wrongly joined can be counted, for the hidden numbers tell. After the
validation of the Person Identification Validation System (Wagner and Layne, US Census Bureau, 2014).
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from linkage.clusters.clustering import cluster
from linkage.evaluation.subgroups import DIMENSIONS, group_records
from linkage.features.building import SCHEME_PREFIX, schemes
from linkage.incremental.stages import vectors_of
from linkage.model.declaration import Model
from linkage.model.parameters import Parameters
from linkage.pairs.comparison import rarity_query
from linkage.task import Task
from linkage.weights.scoring import weight_query
from warehouse.session import identifier, literal, scan
from warehouse.storage import write_parquet, write_table
from warehouse.tables import RECORD_NODES

SAMPLED_NUMBERS = 20_000
"""Numbers hidden at most: enough for intervals of a thousandth, at a cost that does not grow with the registry."""

LEVEL = 15  # the bits of one comparison in the packed vector
ALL_BITS = (1 << 64) - 1


def hold_out(connection: duckdb.DuckDBPyConnection, task: Task) -> None:
    """Hide a sample of numbers and link around them anew; the last linkage of `task` must have run.

    Leaves `numbered_records` (record_id, source, node, cluster_id, scheme, number: its own trusted number or null, and
    the parts it is in),
    `held_records` (the same of the records concerned, with is_hidden, and in cluster_id where the experiment put it)
    and `held_edges` (node_l, node_r, weight).
    """
    model = task.reduced_model(connection)
    parameters = Parameters.read(task.places.parameters)
    group_records(connection, task.records, task.identifiers)
    _number_records(connection, task, trusted_schemes(model, task.places.features))
    _hide(connection, task.seed)
    with tempfile.TemporaryDirectory(dir=task.places.nodes.parent, prefix="held-out-") as folder:
        vectors = vectors_of(connection, task, "hidden_nodes", Path(folder))
        _weigh_without_numbers(connection, task, model, parameters, vectors)
        _gather(connection, model)
        _link_again(connection, task, model, parameters, Path(folder))


def trusted_schemes(model: Model, features_path: Path) -> list[str]:
    """The delivered schemes that allow one number a person; where none is delivered, every national one."""
    known = [name for name in schemes(features_path) if not name.startswith("local.")]
    return [name for name in known if name in model.constraints.one_per_person] or known


def _number_records(connection: duckdb.DuckDBPyConnection, task: Task, trusted: Sequence[str]) -> None:
    """Each record with the cluster it is in and the first trusted number it bears, if it bears one."""
    branches = " ".join(f"when {_stands(name)} then {literal(name)}" for name in trusted)
    values = " ".join(f"when {_stands(name)} then {identifier(SCHEME_PREFIX + name)}" for name in trusted)
    scheme = f"case {branches} end" if trusted else "null::varchar"
    number = f"case {values} end" if trusted else "null::varchar"
    connection.execute(f"""
        create or replace temp table numbered_records as
        with numbered as (select node, {scheme} as scheme, {number} as value from {scan(task.places.features)})
        select record_id, source, node, cluster_id, scheme, {", ".join(DIMENSIONS)},
            case when scheme is not null then hash(scheme, value) end as number
        from {scan(task.places.nodes)} as nodes
        join {scan(task.places.clusters)} as clusters using (record_id)
        join numbered using (node)
        join record_groups using (record_id)
    """)
    connection.execute("drop table record_groups")


def _stands(scheme: str) -> str:
    column = identifier(SCHEME_PREFIX + scheme)
    return f"({column} is not null and not {identifier('shared:' + scheme)})"


def _hide(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Draw numbers that several records bear, and hide all identifiers of about half of those records."""
    connection.execute(f"""
        create or replace temp table drawn_numbers as
        with borne as (select number from numbered_records where number is not null group by number having count(*) > 1)
        select number from borne order by hash(number, {seed}) limit {SAMPLED_NUMBERS}
    """)
    connection.execute(f"""
        create or replace temp table hidden_nodes as
        select distinct node from numbered_records semi join drawn_numbers using (number)
        where hash(node, {seed + 1}) % 2 = 0
    """)


def _weigh_without_numbers(
    connection: duckdb.DuckDBPyConnection, task: Task, model: Model, parameters: Parameters, vectors: Path
) -> None:
    """The candidate pairs with a hidden side, weighed as if it bore no number, in the table `held_edges`."""
    compared = sum(LEVEL << (4 * place) for place, each in enumerate(model.comparisons) if "identifier" in each.known)
    proposed = sum(1 << place for place, each in enumerate(model.blocking.passes) if "identifier" in each.key)
    connection.execute(f"""
        create or replace temp table held_vectors as
        select node_l, node_r, passes & {(1 << 32) - 1 - proposed}::uinteger as passes,
            vector & {ALL_BITS - compared}::ubigint as vector
        from {scan(vectors)}
        where (node_l in (select node from hidden_nodes) or node_r in (select node from hidden_nodes))
            and node_l < node_r and passes & {(1 << 32) - 1 - proposed}::uinteger > 0
    """)
    weighed = weight_query(
        connection, f"({rarity_query('held_vectors', scan(task.places.features), model)})", parameters
    )
    connection.execute(f"""
        create or replace temp table held_edges as
        select * from ({weighed}) where weight >= {model.thresholds.review}
        union all
        select * from {scan(task.places.edges)}
        where node_l not in (select node from hidden_nodes) and node_r not in (select node from hidden_nodes)
    """)
    connection.unregister("pattern_scores")
    connection.execute("drop table held_vectors")


def _gather(connection: duckdb.DuckDBPyConnection, model: Model) -> None:
    """Number anew the nodes of the clusters that the experiment can touch: of drawn numbers and of new neighbours."""
    connection.execute(f"""
        create or replace temp table held_nodes as
        with touched as (
            select node from numbered_records semi join drawn_numbers using (number)
            union
            select unnest([node_l, node_r]) from held_edges
            where weight >= {model.thresholds.link}
                and (node_l in (select node from hidden_nodes) or node_r in (select node from hidden_nodes))
        ),
        concerned as (
            select distinct node from numbered_records
            where cluster_id in (select cluster_id from numbered_records semi join touched using (node))
        )
        select node, (row_number() over (order by node) - 1)::uinteger as held_node,
            node in (select node from hidden_nodes) as is_hidden
        from concerned
    """)


def _link_again(
    connection: duckdb.DuckDBPyConnection, task: Task, model: Model, parameters: Parameters, folder: Path
) -> None:
    """Cluster the gathered nodes, and put where each record went in the table `held_records`."""
    features, nodes, edges, clusters = (
        folder / f"{name}.parquet" for name in ("features", "nodes", "edges", "clusters")
    )
    write_parquet(connection, _blanked_features(task.places.features), features)
    write_table(
        connection,
        RECORD_NODES,
        f"select n.* replace (held_node as node) from {scan(task.places.nodes)} as n join held_nodes using (node)",
        nodes,
    )
    write_parquet(
        connection,
        """
        select e.* replace (l.held_node as node_l, r.held_node as node_r)
        from held_edges as e
        join held_nodes as l on e.node_l = l.node
        join held_nodes as r on e.node_r = r.node
        """,
        edges,
    )
    cluster(connection, features, nodes, edges, model, parameters, task.duplicate_free, task.judgements, clusters)
    connection.execute(f"""
        create or replace temp table held_records as
        select r.* exclude (cluster_id), h.is_hidden, c.cluster_id
        from numbered_records as r
        join held_nodes as h using (node)
        join {scan(clusters)} as c using (record_id)
    """)
    connection.execute("drop table held_nodes")


def _blanked_features(features_path: Path) -> str:
    """The gathered nodes with their new numbers, without the identifiers of those that hide them."""
    columns = ["identifiers"] + [
        identifier(prefix + name)
        for name in schemes(features_path)
        for prefix in (SCHEME_PREFIX, "written:", "shared:", "established:")
    ]
    blanked = ", ".join(f"case when not is_hidden then {column} end as {column}" for column in columns)
    return f"""
        select f.* replace (held_node as node, {blanked})
        from {scan(features_path)} as f
        join held_nodes using (node)
        order by held_node
    """
