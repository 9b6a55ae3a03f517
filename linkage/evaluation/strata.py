"""The counts that the estimates without truth rest on, a stratum a source pair, of all records or of each part."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from itertools import groupby
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

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


COUNTS = tuple(field.name for field in fields(Strata))[1:-1]


def read_strata(connection: duckdb.DuckDBPyConnection, edges: Path, part: str = "'all'") -> dict[str, Strata]:
    """Count the tables that `hold_out` left, for each value of `part`, an SQL expression over their columns.

    A pair counts half for each of its records, in the part of that record, so that the parts add up to the whole.
    """
    found = connection.sql(f"""
        with within as ({_pairs("cluster_id", part)}),
        numbered as ({_pairs("number", part)}),
        agreed as ({_pairs("cluster_id, number", part)}),
        again as ({_held_pairs(part)}),
        mixture as ({_expected(scan(edges), "numbered_records", BARE, part)}),
        mixture_again as ({_expected("held_edges", "held_records", LABELLED, part)})
        select part, sources,
            b.pairs as numbered_joined,
            coalesce(n.pairs, 0) - coalesce(b.pairs, 0) as numbered_apart,
            coalesce(w.pairs, 0) - coalesce(b.pairs, 0) as claimed_bare,
            claimed_again, false_again, true_again, missed_again, m.expected_false, m.expected_missed,
            h.expected_false as expected_false_again, h.expected_missed as expected_missed_again
        from within as w
        full join numbered as n using (part, sources)
        full join agreed as b using (part, sources)
        full join again using (part, sources)
        full join mixture as m using (part, sources)
        full join mixture_again as h using (part, sources)
        order by part, sources
    """).fetchall()
    clump = _pairs_a_person(connection)
    return {name: _strata([row[1:] for row in rows], clump) for name, rows in groupby(found, lambda row: str(row[0]))}


def _strata(rows: list[tuple[object, ...]], clump: float) -> Strata:
    names, *columns = zip(*rows, strict=True)
    counts = {
        name: np.array([0.0 if value is None else float(str(value)) for value in values])
        for name, values in zip(COUNTS, columns, strict=True)
    }
    return Strata(tuple(str(name) for name in names), pairs_a_person=clump, **counts)


def _pairs(key: str, part: str) -> str:
    """The pairs of records that agree on `key`, by source pair, counted from the cells of key, source and part."""
    known = "true" if key == "cluster_id" else "number is not null"
    return f"""
        with cells as (
            select {key}, source, {part} as part, count(*) as records from numbered_records where {known} group by all
        ),
        sizes as (select {key}, source, sum(records) as records from cells group by all)
        select l.part, {SOURCES} as sources, sum(l.records * (r.records - (l.source = r.source)::int)) / 2 as pairs
        from cells as l join sizes as r using ({key})
        group by all
        having pairs > 0
    """


def _held_pairs(part: str) -> str:
    """What the experiment found of the pairs with a hidden number, each seen from both of its records."""
    return f"""
        with drawn as (select * from held_records semi join drawn_numbers using (number)),
        alike as (
            select l.part, {SOURCES} as sources, l.cluster_id <> r.cluster_id as is_missed
            from (select *, {part} as part from drawn) as l join drawn as r using (number)
            where l.record_id <> r.record_id and (l.is_hidden or r.is_hidden)
        ),
        claimed as (
            select l.part, {SOURCES} as sources, l.number <> r.number as is_false
            from (select *, {part} as part from held_records) as l join held_records as r using (cluster_id, scheme)
            where l.record_id <> r.record_id and (l.is_hidden or r.is_hidden)
        ),
        counted as (
            select part, sources, count(*) / 2 as true_again, count(*) filter (is_missed) / 2 as missed_again
            from alike group by part, sources
        ),
        contradicted as (
            select part, sources, count(*) / 2 as claimed_again, count(*) filter (is_false) / 2 as false_again
            from claimed group by part, sources
        )
        select * from counted full join contradicted using (part, sources)
    """


def _expected(edges: str, records: str, kind: str, part: str) -> str:
    """What the match weights say: the false share of the scored pairs joined, and of the matches that apart."""
    return f"""
        with placed as (select *, {part} as part from {records}),
        likely as (
            select unnest([l.part, r.part]) as part, {SOURCES} as sources, l.cluster_id = r.cluster_id as is_joined,
                1 / (1 + pow(2, -weight::double)) as probability
            from {edges} join placed as l on node_l = l.node join placed as r on node_r = r.node
            where node_l < node_r and {kind}
        )
        select part, sources, avg(1 - probability) filter (is_joined) as expected_false,
            sum(probability) filter (not is_joined) / sum(probability) as expected_missed
        from likely group by part, sources
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
