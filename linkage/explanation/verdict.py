"""Verdict: what made a pair one person, or what kept it from being one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import numpy as np

from linkage.clusters.constraints import held_query
from linkage.explanation.pair import Linked, PairExplanation, weighed
from warehouse.session import literal, scan

SAID = {"match": "one person", "non_match": "two people", "unsure": "doubtful"}


@dataclass(frozen=True)
class Verdict:
    """Whether two records are one person, and why, in sentences that name no value of a person."""

    is_one: bool
    reasons: tuple[str, ...]


def verdict(connection: duckdb.DuckDBPyConnection, linked: Linked, pair: PairExplanation) -> Verdict:
    """Tell what became of an explained pair in the last linkage."""
    _place_sides(connection, linked, pair)
    is_one = connection.sql("select count(distinct cluster_id) from pair_sides").fetchall()[0][0] == 1
    reasons = [*_judgement(linked, pair), *(_bond(linked, pair) if is_one else _bars(connection, linked, pair))]
    return Verdict(is_one, tuple(reasons))


def _place_sides(connection: duckdb.DuckDBPyConnection, linked: Linked, pair: PairExplanation) -> None:
    """Put the records of both persons in the table `pair_sides`: side 0 is the left record's, side 1 the right's."""
    clusters = scan(linked.places.clusters)
    connection.execute(f"""
        create or replace temp table pair_sides as
        with asked as (
            select cluster_id, record_id = {literal(pair.record_id_r)} as side
            from {clusters} where record_id in ({literal(pair.record_id_l)}, {literal(pair.record_id_r)})
        )
        select side::integer as side, c.record_id, c.cluster_id, n.node,
            c.record_id in ({literal(pair.record_id_l)}, {literal(pair.record_id_r)}) as is_asked
        from asked
        join {clusters} as c using (cluster_id)
        join {scan(linked.places.nodes)} as n using (record_id)
    """)


def _judgement(linked: Linked, pair: PairExplanation) -> Iterator[str]:
    judged = linked.judged.get((pair.record_id_l, pair.record_id_r))
    if judged:
        yield f"Judged {SAID[judged.judgement]} by {judged.who} at {judged.at}; linkages after that obey."


def _bond(linked: Linked, pair: PairExplanation) -> Iterator[str]:
    if pair.node_l == pair.node_r:
        yield "The records are equal in all that is compared, so they are one from the start."
    elif pair.weight >= linked.model.thresholds.link:
        yield f"The weight reaches the link threshold of {linked.model.thresholds.link:g} bits."
    else:
        yield "The weight is below the link threshold: the two are held together by other records of the person."


def _bars(connection: duckdb.DuckDBPyConnection, linked: Linked, pair: PairExplanation) -> Iterator[str]:
    yield from _thresholds(linked, pair)
    kept_apart = [*_constraints(connection, linked), *_judgements_of_others(connection, linked, pair)]
    yield from kept_apart
    if pair.weight >= linked.model.thresholds.link and pair.passes and not kept_apart:
        yield _repair(connection, linked)


def _thresholds(linked: Linked, pair: PairExplanation) -> Iterator[str]:
    thresholds = linked.model.thresholds
    if pair.weight < thresholds.review:
        yield f"The weight is below the review floor of {thresholds.review:g} bits."
    elif pair.weight < thresholds.link:
        yield f"The weight is below the link threshold of {thresholds.link:g} bits."
    if pair.weight >= thresholds.review and not pair.passes:
        yield "No blocking pass proposed the pair, so it was not compared."


def _constraints(connection: duckdb.DuckDBPyConnection, linked: Linked) -> Iterator[str]:
    """The constraints that the two records break, and those that other records of their persons break."""
    places = linked.places
    found = connection.sql(f"""
        with held as ({held_query(places.features, places.nodes, linked.model, linked.duplicate_free)}),
        sided as (
            select distinct side, is_asked, node, holds_one_of, value from held join pair_sides using (node)
            where not starts_with(holds_one_of, 'source ') or value = record_id
        )
        select l.holds_one_of, max(l.is_asked and r.is_asked) as is_theirs
        from sided as l
        join sided as r using (holds_one_of)
        where l.side = 0 and r.side = 1 and l.value <> r.value
        group by l.holds_one_of
        order by is_theirs desc, l.holds_one_of
    """).fetchall()
    for thing, is_theirs in found:
        yield f"{'The two records' if is_theirs else 'Other records of the two'} may not be one person: {_rule(thing)}."


def _rule(thing: str) -> str:
    kind, _, name = thing.partition(" ")
    if kind == "source":
        return f"both come from {name}, which is declared free of duplicates"
    return f"their numbers of {name} differ, and a person has one"


def _judgements_of_others(
    connection: duckdb.DuckDBPyConnection, linked: Linked, pair: PairExplanation
) -> Iterator[str]:
    sides = dict(connection.sql("select record_id, side from pair_sides").fetchall())
    for (one, other), judged in linked.judged.items():
        if judged.judgement != "non_match" or (one, other) == (pair.record_id_l, pair.record_id_r):
            continue
        if {sides.get(one), sides.get(other)} == {0, 1}:
            yield f"The records {one} and {other} of the two were judged two people by {judged.who} at {judged.at}."


def _repair(connection: duckdb.DuckDBPyConnection, linked: Linked) -> str:
    """What average linkage saw: the mean weight between the two persons, each pair of records a vote."""
    connection.execute("""
        create or replace temp table cross_pairs as
        with sized as (select side, node, count(*) as records from pair_sides group by side, node)
        select least(l.node, r.node)::uinteger as node_l, greatest(l.node, r.node)::uinteger as node_r,
            l.records * r.records as votes
        from sized as l join sized as r on l.side = 0 and r.side = 1
        order by node_l, node_r
    """)
    found = weighed(connection, linked, "(select node_l, node_r from cross_pairs)")
    votes = connection.sql("select votes from cross_pairs order by node_l, node_r").fetchnumpy()["votes"]
    votes = np.where(found["vector"] == 0, 0, votes)
    bound, link = linked.model.clustering.bound, linked.model.thresholds.link
    mean = float(np.average(np.clip(found["weight"] - link, -bound, bound), weights=votes))
    if mean > 0:
        return "The component that held them was too large to repair and was cut at its weaker links."
    return (
        f"Repair parted them: the {int(votes.sum())} pairs between their persons weigh {mean:+.2f} bits on average, "
        "measured from the link threshold."
    )
