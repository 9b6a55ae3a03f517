"""The counts that the estimates without truth rest on, a stratum a source pair, of all records or of each part."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import groupby
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

from linkage.evaluation.subgroups import DIMENSIONS
from warehouse.session import scan

Floats = NDArray[np.float64]

SOURCES = "least(l.source, r.source) || ' – ' || greatest(l.source, r.source)"
BARE = "l.number is distinct from r.number"
LABELLED = "(l.is_hidden or r.is_hidden) and l.scheme = r.scheme"


@dataclass(frozen=True)
class Strata:
    """Pairs of records, an element a source pair.

    In the registry: `numbered_joined` share a trusted number and a person, `numbered_apart` a number alone,
    `claimed_bare` a person alone. Where numbers were hidden: of `claimed_again` pairs `false_again` have two numbers,
    of `true_again` pairs `missed_again` were not joined. The `expected` are shares that the mixture holds likely, of
    the bare pairs and of those seen again. `pairs_a_person` is how many pairs err together, at most.
    """

    names: tuple[str, ...]
    numbered_joined: Floats
    numbered_apart: Floats
    claimed_bare: Floats
    claimed_again: Floats
    false_again: Floats
    true_again: Floats
    missed_again: Floats
    expected_false: Floats
    expected_missed: Floats
    expected_false_again: Floats
    expected_missed_again: Floats
    pairs_a_person: float

    def only(self, place: int) -> Strata:
        """The stratum at `place` alone."""
        cut = {name: getattr(self, name)[place : place + 1] for name in COUNTS}
        return replace(self, names=self.names[place : place + 1], **cut)


ALONG = ("all", *DIMENSIONS)
PARTS_OF_L = ", ".join(f"l.{name}" for name in DIMENSIONS)

COUNTS = tuple(field.name for field in fields(Strata))[1:-1]


def read_strata(connection: duckdb.DuckDBPyConnection, edges: Path) -> dict[str, dict[str, Strata]]:
    """Count the tables that `hold_out` left, by each of `ALONG` and each part along it.

    A pair counts half for each of its records, in the part of that record, so that the parts add up to the whole.
    """
    counted = [
        _pairs("cluster_id", "within"),
        _pairs("number", "numbered"),
        _pairs("cluster_id, number", "agreed"),
        *_seen_again(),
        _expected(scan(edges), "numbered_records", BARE, ""),
        _expected("held_edges", "held_records", LABELLED, "_again"),
    ]
    connection.execute("create or replace temp table counted_cells as " + " union all by name ".join(counted))
    places = ", ".join(f"'{name}'" for name in ALONG)
    parts = ", ".join(["'all'", *DIMENSIONS])
    rows = connection.sql(f"""
        with parted as (select unnest([{places}]) as along, unnest([{parts}]) as part, * from counted_cells)
        select along, part, sources,
            sum(agreed) as numbered_joined,
            coalesce(sum(numbered), 0) - coalesce(sum(agreed), 0) as numbered_apart,
            coalesce(sum(within), 0) - coalesce(sum(agreed), 0) as claimed_bare,
            sum(claimed_again), sum(false_again), sum(true_again), sum(missed_again),
            sum(unlikely) / nullif(sum(joined), 0), sum(likely_apart) / nullif(sum(likely), 0),
            sum(unlikely_again) / nullif(sum(joined_again), 0), sum(likely_apart_again) / nullif(sum(likely_again), 0)
        from parted group by all order by along, part, sources
    """).fetchall()
    connection.execute("drop table counted_cells")
    clump = _pairs_a_person(connection)
    found: dict[str, dict[str, Strata]] = {along: {} for along in ALONG}
    for (along, part), of_part in groupby(rows, lambda row: (str(row[0]), str(row[1]))):
        found[along][part] = _strata([row[2:] for row in of_part], clump)
    return found


def _strata(rows: list[tuple[object, ...]], clump: float) -> Strata:
    names, *columns = zip(*rows, strict=True)
    counts = {
        name: np.array([0.0 if value is None else float(str(value)) for value in values])
        for name, values in zip(COUNTS, columns, strict=True)
    }
    return Strata(tuple(str(name) for name in names), pairs_a_person=clump, **counts)


def _pairs(key: str, name: str) -> str:
    """The pairs of records that agree on `key`, as `name`: each record's partners, counted by their source."""
    known = "true" if key == "cluster_id" else "number is not null"
    return f"""
        (with sizes as (
            select {key}, source, count(*) as records from numbered_records where {known} group by all
        )
        select {PARTS_OF_L}, {SOURCES} as sources, sum(r.records - (l.source = r.source)::int) / 2 as {name}
        from numbered_records as l join sizes as r using ({key})
        group by all
        having {name} > 0)
    """


def _seen_again() -> tuple[str, str]:
    """What the experiment found of the pairs with a hidden number, each seen from both of its records."""
    alike = f"""
        (with drawn as (select * from held_records semi join drawn_numbers using (number))
        select {PARTS_OF_L}, {SOURCES} as sources, count(*) / 2 as true_again,
            count(*) filter (l.cluster_id <> r.cluster_id) / 2 as missed_again
        from drawn as l join drawn as r using (number)
        where l.record_id <> r.record_id and (l.is_hidden or r.is_hidden)
        group by all)
    """
    claimed = f"""
        (select {PARTS_OF_L}, {SOURCES} as sources, count(*) / 2 as claimed_again,
            count(*) filter (l.number <> r.number) / 2 as false_again
        from held_records as l join held_records as r using (cluster_id, scheme)
        where l.record_id <> r.record_id and (l.is_hidden or r.is_hidden)
        group by all)
    """
    return alike, claimed


def _expected(edges: str, records: str, kind: str, ending: str) -> str:
    """What the match weights say of the scored pairs: how many were joined and how unlikely, how likely the others.

    Each is seen from both of its records.
    """
    parts_of_both = ", ".join(f"unnest([l.{name}, r.{name}]) as {name}" for name in DIMENSIONS)
    seen = f"""
        select {SOURCES} as sources, {parts_of_both}, l.cluster_id = r.cluster_id as is_joined,
            1 / (1 + pow(2, -weight::double)) as probability
        from {edges} join {records} as l on node_l = l.node join {records} as r on node_r = r.node
        where node_l < node_r and {kind}
    """
    return f"""
        (select sources, {", ".join(DIMENSIONS)},
            count(*) filter (is_joined) as joined{ending},
            sum(1 - probability) filter (is_joined) as unlikely{ending},
            sum(probability) filter (not is_joined) as likely_apart{ending},
            sum(probability) as likely{ending}
        from ({seen}) group by all)
    """


def _pairs_a_person(connection: duckdb.DuckDBPyConnection) -> float:
    """How many pairs of one person err together: Σ n² / Σ n over the persons' pairs, at least 1."""
    ((clump,),) = connection.sql("""
        with sizes as (
            select count(*) * (count(*) - 1) / 2 as pairs from held_records semi join drawn_numbers using (number)
            group by number
        )
        select coalesce(sum(pairs * pairs) / sum(pairs), 1) from sizes
    """).fetchall()
    return max(float(clump), 1.0)
