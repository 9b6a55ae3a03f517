"""The claims that sources make about persons, and how those that contradict each other are weighed.

Most fields of most persons have one value alone, which survives without a contest; only the others are weighed, claim
by claim, by the criteria that `survivorship.yaml` declares.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import pyarrow as pa

from warehouse.persons.survival_rules import FieldRule, survival_rules
from warehouse.session import identifier, literal

UNRANKED = 9
"""The trust of a source whose contract does not rank itself for a field; 1 is most trusted."""

UNTOLD = "date '1900-01-01'"
"""When something was said of which no date is known."""

SOURCES = 4096
"""More sources than a number that tells of a claim has room for."""

CLAIMS_AT_ONCE = 3_000_000
"""Claims whose values are compared at once: of a person some hundred values are kept the while, so that those of many
millions would be spilled."""

SAID_DAY = f"date_diff('day', {UNTOLD}, said_on)"
FAR = 1_000_000
"""Days by which the day of a claim is moved, so that none is negative."""

WEIGHED = Path(__file__).with_name("weighed.sql")

Trust = Mapping[str, Mapping[str, int]]
"""Source → the contract's name of a field → the source's rank for it; 1 is most trusted."""


def named(what: str, field: str) -> str:
    """The SQL name of a column about `field`: its trust, valid, least, greatest, count, source or first."""
    return identifier(f"{what} {field}")


def load_claims(
    connection: duckdb.DuckDBPyConnection, records: str, spine: str, trust: Trust
) -> Mapping[str, FieldRule]:
    """Make the table `claims`, one record of one person with its values; return the rules of the fields that any tells.

    `records` and `spine` are SQL relations; the source is a number here, its name and its trust for each field are in
    the table `source_names`, the names by number in the variable too.
    """
    rules = survival_rules()
    _name_sources(connection, records, trust)
    values = ", ".join(f"{rule.column} as {identifier(field)}" for field, rule in rules.items())
    tests = "".join(
        f", coalesce({rule.valid}, true) as {named('valid', field)}" for field, rule in rules.items() if rule.is_tested
    )
    connection.execute(f"""
        create or replace temp table claims as
        with dated as (
            select *, coalesce(updated_date, as_of_date, {UNTOLD}) as said_on from {records}
        )
        select spine.entity_id, dated.record_id, source_number, said_on, updated_date, {values}{tests}
        from dated
        join {spine} as spine using (record_id)
        join source_names on dated.source = source_names.source
    """)
    return _told(connection, rules)


def weigh_claims(
    connection: duckdb.DuckDBPyConnection, told: Mapping[str, FieldRule], at_once: int = CLAIMS_AT_ONCE
) -> None:
    """From `claims` make `spoken`, a row a person with each told field's least and greatest value, and `weighed`.

    `at_once` claims are compared at once, about.
    """
    _hear(connection, told, at_once)
    contested = " union all ".join(_contested_query(field, rule) for field, rule in told.items())
    connection.execute(f"create or replace temp table contested_claims as {contested}")
    criteria = pa.table({
        "field": list(told),
        "criteria": pa.array([list(rule.criteria) for rule in told.values()], pa.list_(pa.string())),
    })  # fmt: skip
    connection.register("field_criteria", criteria)
    connection.execute(WEIGHED.read_text(encoding="utf-8"))
    connection.unregister("field_criteria")


def validity(field: str, rule: FieldRule) -> str:
    """The SQL that tells whether a claim about `field` passes the field's own test."""
    return named("valid", field) if rule.is_tested else "true"


def _name_sources(connection: duckdb.DuckDBPyConnection, records: str, trust: Trust) -> None:
    """Make the table `source_names`: each source of `records`, its number, and its trust for each field."""
    rules = survival_rules()
    connection.register("source_trust", _trust_table(trust, {rule.trust for rule in rules.values()}))
    ranks = ", ".join(
        f"coalesce({named('rank', rule.trust)}, {UNRANKED})::bigint as {named('trust', field)}"
        for field, rule in rules.items()
    )
    connection.execute(f"""
        create or replace temp table source_names as
        select source, row_number() over (order by source) as source_number, {ranks}
        from (select distinct source from {records})
        left join source_trust using (source)
    """)
    connection.unregister("source_trust")
    connection.execute("set variable source_names = (select list(source order by source_number) from source_names)")


def _trust_table(trust: Trust, names: set[str]) -> pa.Table:
    """One row a source and one column a name under which contracts rank themselves."""
    columns = {
        f"rank {name}": pa.array([ranks.get(name) for ranks in trust.values()], pa.int64()) for name in sorted(names)
    }
    return pa.table({"source": pa.array(list(trust), pa.string()), **columns})


def _told(connection: duckdb.DuckDBPyConnection, rules: Mapping[str, FieldRule]) -> dict[str, FieldRule]:
    """The rules of the fields that any claim is about, of all where there is none; none follows one that is not."""
    counts = ", ".join(f"count({identifier(field)}) > 0" for field in rules)
    (is_told,) = connection.sql(f"select {counts} from claims").fetchall()
    told = {field: rule for (field, rule), is_there in zip(rules.items(), is_told, strict=True) if is_there} or rules
    return {
        field: rule if rule.follows in told else rule.model_copy(update={"follows": None})
        for field, rule in told.items()
    }


def _hear(connection: duckdb.DuckDBPyConnection, told: Mapping[str, FieldRule], at_once: int) -> None:
    """Make `spoken`, of some persons after others."""
    ((claims,),) = connection.sql("select count(*) from claims").fetchall()
    parts = max(1, -(-claims // at_once))
    for part in range(parts):
        query = _spoken_query(told, f"hash(entity_id) % {parts} = {part}" if parts > 1 else "true")
        connection.execute(f"insert into spoken {query}" if part else f"create or replace temp table spoken as {query}")


def _spoken_query(told: Mapping[str, FieldRule], persons: str) -> str:
    """The query of `spoken` for the claims that fulfil the condition `persons`."""
    fields = ",\n    ".join(_spoken_of(field, rule) for field, rule in told.items())
    return f"""
select
    entity_id, count(*) as record_count, count(distinct source_number) as source_count,
    max(updated_date) as updated_date,
    {fields}
from claims
join source_names using (source_number)
where {persons}
group by entity_id
"""


def _spoken_of(field: str, rule: FieldRule) -> str:
    value = identifier(field)
    spoken = (
        f"min({value}) as {named('least', field)}, max({value}) as {named('greatest', field)}, "
        f"count({value}) as {named('count', field)}, "
        f"min({_preference(field)}) filter ({value} is not null) % {SOURCES} as {named('source', field)}"
    )
    first = f", min({_precedence(field)}) filter ({value} is not null) as {named('first', field)}"
    return spoken + first if rule.states else spoken


def _preference(field: str) -> str:
    """A number that is least for the most trusted and latest claim; its remainder by `SOURCES` is the source."""
    return f"{named('trust', field)} * (1::bigint << 40) + ((1 << 27) - {SAID_DAY}) * {SOURCES} + source_number"


def _precedence(field: str) -> str:
    """A number that is least for the earliest and most trusted claim, which `first_said` takes apart."""
    return f"({SAID_DAY} + {FAR}) * (1::bigint << 40) + {named('trust', field)} * {SOURCES} + source_number"


def first_said(field: str) -> tuple[str, str]:
    """The SQL of the number of the source that said the value of `field` first, and of the day on which it did."""
    first = named("first", field)
    return f"{first} % {SOURCES}", f"{UNTOLD} + ({first} // (1::bigint << 40) - {FAR})::integer"


def _contested_query(field: str, rule: FieldRule) -> str:
    unlike = f"{named('least', field)} <> {named('greatest', field)}"
    unless = f"and {named('least', rule.follows)} is null" if rule.follows else ""
    return f"""
select entity_id, {literal(field)} as field, claims.{identifier(field)}::varchar as value, source_number,
    {named("trust", field)} as trust, {validity(field, rule)} as is_valid, said_on
from claims
join source_names using (source_number)
semi join (select entity_id from spoken where {unlike} {unless}) using (entity_id)
where claims.{identifier(field)} is not null
"""
