"""Constraints: what one person can hold only one of, and which pairs that keeps apart."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from linkage.features.building import SCHEME_PREFIX, schemes
from linkage.model.declaration import Model
from warehouse.session import identifier, literal, scan


def bar_pairs(
    connection: duckdb.DuckDBPyConnection,
    features_path: Path,
    nodes_path: Path,
    model: Model,
    duplicate_free: Sequence[str],
) -> None:
    """Put the pairs that a constraint or a judgement keeps apart in the table `barred_pairs`.

    Those of constraints are sought within the groups of the table `components`; `is_veto` marks the judgements,
    which are those of the table `judged_pairs`.
    """
    held = held_query(features_path, nodes_path, model, duplicate_free)
    connection.execute(f"""
        create or replace temp table barred_pairs as
        with held as ({held}),
        placed as (select component, node, holds_one_of, value from held join components using (node)),
        barred as (
            select l.node as node_l, r.node as node_r, false as is_veto
            from placed as l
            join placed as r using (component, holds_one_of)
            where l.node < r.node and l.value <> r.value
            union all
            select node_l, node_r, true from judged_pairs where judgement = 'non_match'
        )
        select node_l, node_r, bool_or(is_veto) as is_veto from barred group by node_l, node_r
    """)


def held_query(features_path: Path, nodes_path: Path, model: Model, duplicate_free: Sequence[str]) -> str:
    """A query of node, `holds_one_of` (a source without duplicates or an identifier scheme) and the `value` held.

    Two nodes that hold one thing with two values are two people. A number that several people bear is no
    constraint, nor is one that a single record bears: it may be a clerk's error, or a parent's.
    """
    sources = ", ".join(literal(name) for name in duplicate_free) or "null"
    records = f"""
        select node, 'source ' || source as holds_one_of, record_id as value
        from {scan(nodes_path)} where source in ({sources})
    """
    numbers = [
        f"select node, {literal('scheme ' + name)}, {identifier(SCHEME_PREFIX + name)}"
        f" from {scan(features_path)}"
        f" where {identifier('established:' + name)} and not {identifier('shared:' + name)}"
        for name in schemes(features_path)
        if name in model.constraints.one_per_person
    ]
    return " union all ".join([records, *numbers])
