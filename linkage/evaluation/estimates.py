"""The estimated quality of the last linkage, of all of it and of its parts, as rows of a table."""

from __future__ import annotations

from typing import Any

import duckdb

from linkage.evaluation.estimation import estimate
from linkage.evaluation.held_out import hold_out
from linkage.evaluation.small_cells import withheld
from linkage.evaluation.strata import Strata, read_strata
from linkage.task import Task

Row = dict[str, Any]


def estimate_quality(connection: duckdb.DuckDBPyConnection, task: Task, least: int) -> list[Row]:
    """Rows of dimension, part, pairs, precision and recall with their intervals; parts of under `least` pairs blank.

    The last linkage of `task` must have run, and its tables be where it left them.
    """
    hold_out(connection, task)
    strata = read_strata(connection, task.places.edges)
    rows = [_row(along, part, found, task.seed) for along, parts in strata.items() for part, found in parts.items()]
    rows[1:1] = [
        _row("source pair", name, whole.only(place), task.seed)
        for whole in strata["all"].values()
        for place, name in enumerate(whole.names)
    ]
    for name in ("numbered_records", "held_records", "held_edges", "drawn_numbers", "hidden_nodes"):
        connection.execute(f"drop table {name}")
    return withheld(rows or [_nothing()], least)


def _row(dimension: str, part: str, strata: Strata, seed: int) -> Row:
    found = estimate(strata, seed)
    row: Row = {"dimension": dimension, "part": part, "pairs": found.pairs}
    for name, share in (("precision", found.precision), ("recall", found.recall)):
        row |= {name: share.value, f"{name}_lower": share.lower, f"{name}_upper": share.upper}
        row[f"{name}_basis"] = share.basis
    return row


def _nothing() -> Row:
    """The whole of a linkage in which no two records are one person and none share a number."""
    return {"dimension": "all", "part": "all", "pairs": 0}
