"""Constraints: what one person can hold only one of."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from linkage.features import SCHEME_PREFIX, schemes
from linkage.model import Model
from warehouse.session import identifier, literal, scan


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
