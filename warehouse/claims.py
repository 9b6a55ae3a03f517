"""The claims that sources make about persons, and how those that contradict each other are weighed.

Most fields of most persons have one value alone, which survives without a contest; only the others are weighed, claim
by claim, by the criteria that `survivorship.yaml` declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.session import identifier, literal
from warehouse.survival_rules import FieldRule, survival_rules

UNRANKED = 9
"""The trust of a source whose contract does not rank itself for a field; 1 is most trusted."""

UNTOLD = "date '1900-01-01'"
"""When something was said of which no date is known."""

WEIGHED = Path(__file__).with_name("weighed.sql")

Trust = Mapping[str, Mapping[str, int]]
"""Source → the contract's name of a field → the source's rank for it; 1 is most trusted."""


def named(what: str, field: str) -> str:
    """The SQL name of a column about `field`: its trust, valid, least, greatest, count or source."""
    return identifier(f"{what} {field}")


def load_claims(connection: duckdb.DuckDBPyConnection, records: str, spine: str, trust: Trust) -> None:
    """Make the table `claims`: one record of one person, its trust for each field beside the field's value.

    `records` and `spine` are SQL relations; the source is a number here, its name is in the table `source_names`.
    """
    rules = survival_rules()
    connection.register("source_trust", _trust_table(trust, {rule.trust for rule in rules.values()}))
    connection.execute(f"""
        create or replace temp table source_names as
        select source, row_number() over (order by source) as source_number
        from (select distinct source from {records})
    """)
    values = ", ".join(f"{rule.column} as {identifier(field)}" for field, rule in rules.items())
    ranks = ", ".join(
        f"coalesce({named('rank', rule.trust)}, {UNRANKED})::bigint as {named('trust', field)}"
        for field, rule in rules.items()
    )
    tests = ", ".join(f"coalesce({rule.valid}, true) as {named('valid', field)}" for field, rule in rules.items())
    connection.execute(f"""
        create or replace temp table claims as
        with dated as (
            select *, coalesce(updated_date, as_of_date, {UNTOLD}) as said_on from {records}
        )
        select spine.entity_id, dated.record_id, source_number, said_on, updated_date, {values}, {ranks}, {tests}
        from dated
        join {spine} as spine using (record_id)
        join source_names on dated.source = source_names.source
        left join source_trust on dated.source = source_trust.source
    """)
    connection.unregister("source_trust")


def weigh_claims(connection: duckdb.DuckDBPyConnection) -> None:
    """From `claims` make `spoken` (a row a person: each field's least and greatest value) and `weighed` (contests)."""
    rules = survival_rules()
    connection.execute(_spoken_query(rules))
    contested = " union all ".join(_contested_query(field, rule) for field, rule in rules.items())
    connection.execute(f"create or replace temp table contested_claims as {contested}")
    criteria = pa.table({
        "field": list(rules),
        "criteria": pa.array([list(rule.criteria) for rule in rules.values()], pa.list_(pa.string())),
    })  # fmt: skip
    connection.register("field_criteria", criteria)
    connection.execute(WEIGHED.read_text(encoding="utf-8"))
    connection.unregister("field_criteria")


def _trust_table(trust: Trust, names: set[str]) -> pa.Table:
    """One row a source and one column a name under which contracts rank themselves."""
    columns = {
        f"rank {name}": pa.array([ranks.get(name) for ranks in trust.values()], pa.int64()) for name in sorted(names)
    }
    return pa.table({"source": pa.array(list(trust), pa.string()), **columns})


def _spoken_query(rules: Mapping[str, FieldRule]) -> str:
    fields = ",\n    ".join(_spoken_of(field) for field in rules)
    return f"""
create or replace temp table spoken as
select
    entity_id, count(*) as record_count, count(distinct source_number) as source_count,
    max(updated_date) as updated_date,
    {fields}
from claims
group by entity_id
"""


def _spoken_of(field: str) -> str:
    value = identifier(field)
    return (
        f"min({value}) as {named('least', field)}, max({value}) as {named('greatest', field)}, "
        f"count({value}) as {named('count', field)}, "
        f"min({_preference(field)}) filter ({value} is not null) % 4096 as {named('source', field)}"
    )


def _preference(field: str) -> str:
    """A number that is least for the most trusted and latest claim; its last twelve bits are the source."""
    days = f"date_diff('day', {UNTOLD}, said_on)"
    return f"{named('trust', field)} * (1::bigint << 40) + ((200000 - {days}) << 12) + source_number"


def _contested_query(field: str, rule: FieldRule) -> str:
    unlike = f"{named('least', field)} <> {named('greatest', field)}"
    unless = f"and {named('least', rule.follows)} is null" if rule.follows else ""
    return f"""
select entity_id, {literal(field)} as field, claims.{identifier(field)}::varchar as value, source_number,
    {named("trust", field)} as trust, {named("valid", field)} as is_valid, said_on
from claims
semi join (select entity_id from spoken where {unlike} {unless}) using (entity_id)
where claims.{identifier(field)} is not null
"""
