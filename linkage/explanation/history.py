"""History: what happened to a person's id, and which links to other persons did not join them."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from linkage.explanation.pair import Linked, explain_pair
from linkage.explanation.verdict import verdict
from warehouse.session import literal, scan

MOST_SEPARATIONS = 5

SENTENCES = {
    ("created", True): "the id was given, to {records}.",
    ("restored", True): "the id was given back, to {records}.",
    ("retired", True): "the person's {records} were gone.",
    ("merged", True): "the person, of {records}, was merged into {other}.",
    ("merged", False): "{other}, of {records}, was merged into this person.",
    ("split", True): "{records} split off as {other}.",
    ("split", False): "the person split off from {other} with {records}.",
    ("moved", True): "{records} moved to {other}.",
    ("moved", False): "{records} came from {other}.",
}
"""An event, and whether it happened to the id asked for or the id is the other one."""


@dataclass(frozen=True)
class Separation:
    """A link between a record of the person and one of another, and why it did not join the two."""

    record_id_l: str
    record_id_r: str
    entity_id: str
    weight: float
    reasons: tuple[str, ...]


def id_events(connection: duckdb.DuckDBPyConnection, linked: Linked, entity_id: str) -> tuple[str, ...]:
    """The events of the id in sentences, run by run."""
    asked = literal(entity_id)
    rows = connection.sql(f"""
        select run, kind, entity_id = {asked}, case when entity_id = {asked} then other_entity_id else entity_id end,
            record_count
        from {scan(linked.places.identity.events)}
        where entity_id = {asked} or other_entity_id = {asked}
        order by all
    """).fetchall()
    return tuple(
        f"Run {run}: " + SENTENCES[kind, bool(is_own)].format(other=other, records=_counted(records))
        for run, kind, is_own, other, records in rows
    )


def separations(connection: duckdb.DuckDBPyConnection, linked: Linked, entity_id: str) -> tuple[Separation, ...]:
    """The strongest link to each other person, the strongest first, and at most `MOST_SEPARATIONS` of them."""
    spine = scan(linked.places.identity.spine)
    rows = connection.sql(f"""
        with mine as (select record_id from {spine} where entity_id = {literal(entity_id)}),
        links as (
            select record_id_l, record_id_r, match_weight,
                case when record_id_l in (from mine) then record_id_r else record_id_l end as other
            from {scan(linked.places.links)}
            where is_link and (record_id_l in (from mine)) <> (record_id_r in (from mine))
        )
        select record_id_l, record_id_r, s.entity_id, match_weight
        from links join {spine} as s on links.other = s.record_id
        qualify row_number() over (partition by s.entity_id order by match_weight desc, record_id_l, record_id_r) = 1
        order by match_weight desc, record_id_l, record_id_r
        limit {MOST_SEPARATIONS}
    """).fetchall()
    return tuple(
        Separation(one, other, theirs, weight, _reasons(connection, linked, one, other))
        for one, other, theirs, weight in rows
    )


def _reasons(connection: duckdb.DuckDBPyConnection, linked: Linked, one: str, other: str) -> tuple[str, ...]:
    return verdict(connection, linked, explain_pair(connection, linked, one, other)).reasons


def _counted(records: int) -> str:
    return f"{records:,} record" + ("s" if records != 1 else "")
