"""The golden record: of all that the sources say about a person, the value that survives, field by field.

Each survivor keeps its source and its reason, each contradiction is told, and changing fields keep what was said when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.days_told import teach_days_told
from warehouse.persons.claims import CLAIMS_AT_ONCE, UNTOLD, Trust, first_said, load_claims, named, weigh_claims
from warehouse.persons.survival_rules import FieldRule, survival_rules
from warehouse.published.people import CONFLICTS, PERSON_STATES, SURVIVORS
from warehouse.session import identifier, literal
from warehouse.storage import no_rows, read_table, write_table
from warehouse.tables import PERSONS, RECORDS, SPINE

STATES = Path(__file__).with_name("person_states.sql")


@dataclass(frozen=True)
class Golden:
    """Where the golden records, their provenance, their conflicts and their states over time are written."""

    persons: Path
    survivors: Path
    conflicts: Path
    states: Path


def write_golden(
    connection: duckdb.DuckDBPyConnection,
    records: Sequence[Path],
    spine: Path,
    trust: Trust,
    golden: Golden,
    at_once: int = CLAIMS_AT_ONCE,
) -> dict[str, int]:
    """Write the golden record of every entity of `spine`, and what explains it; return the rows of each table.

    About `at_once` records are compared at once, which bounds the memory and changes no row.
    """
    teach_days_told(connection)
    told = load_claims(connection, read_table(RECORDS, *records), read_table(SPINE, spine), trust)
    weigh_claims(connection, told, at_once)
    counts = {
        PERSONS.name: write_table(connection, PERSONS, _persons_query(told), golden.persons),
        SURVIVORS.name: write_table(connection, SURVIVORS, survivors_query(told), golden.survivors, order=""),
        CONFLICTS.name: write_table(connection, CONFLICTS, "select * from weighed", golden.conflicts),
        PERSON_STATES.name: write_table(connection, PERSON_STATES, _told_states(told, golden.persons), golden.states),
    }
    for table in ("claims", "spoken", "contested_claims", "weighed"):
        connection.execute(f"drop table {table}")
    return counts


def _persons_query(told: Mapping[str, FieldRule]) -> str:
    types = {column.name: column.type for column in PERSONS.columns}
    values = ",\n    ".join(
        f"{_value(field, types[field]) if field in told else f'null::{types[field]}'} as {identifier(field)}"
        for field in survival_rules()
    )
    followed = ", ".join(
        f"coalesce({rule.derived_by}({rule.follows}), {field}) as {field}"
        for field, rule in survival_rules().items()
        if rule.follows
    )
    return f"""
with chosen as (
    select entity_id, map_from_entries(list((field, value))) as of from weighed group by entity_id
), persons as (
    select entity_id, record_count, source_count, updated_date,
    {values}
    from spoken
    left join chosen using (entity_id)
)
select * replace ({followed}) from persons
"""


def _value(field: str, type_: str) -> str:
    """The survivor: the one that was weighed, else the only value there is."""
    least, weighed = named("least", field), f"try_cast(of[{literal(field)}] as {type_})"
    return f"case when {least} = {named('greatest', field)} then {least} else {weighed} end"


def survivors_query(told: Mapping[str, FieldRule]) -> str:
    """A query, after `weigh_claims`: one row a person and field with the columns of `SURVIVORS`, in the key's order."""
    survivors = ", ".join(_survivor(field, rule) for field, rule in told.items())
    numbers = ", ".join(f"{_alone(field)}, {named('count', field)}" for field in told)
    return f"""
with outcomes as (
    select entity_id, map_from_entries(list((field, {{'source': source, 'reason': reason}}))) as of
    from weighed group by entity_id
), ordered as (
    select entity_id, of, {numbers}
    from spoken
    left join outcomes using (entity_id)
    order by entity_id
)
select entity_id, unnest(list_filter([{survivors}], lambda each: each.reason is not null), recursive := true)
from ordered
"""


def _alone(field: str) -> str:
    """The source of a field's only value; none where there are several."""
    same = f"{named('least', field)} = {named('greatest', field)}"
    return f"case when {same} then {named('source', field)} end as {named('alone', field)}"


def _survivor(field: str, rule: FieldRule) -> str:
    source, reason = _origin(field)
    if rule.follows:
        followed = f"{named('count', field)} > 0 and {named('count', rule.follows)} > 0"
        source = f"case when {followed} then {_origin(rule.follows)[0]} else {source} end"
        reason = f"case when {followed} then {literal(f'follows {rule.follows}')} else {reason} end"
    count = named("count", field)
    return f"{{'field': {literal(field)}, 'source': {source}, 'reason': {reason}, 'claim_count': {count}}}"


def _origin(field: str) -> tuple[str, str]:
    """The source and the reason of a survivor, weighed or not."""
    alone, outcome = f"when {named('alone', field)} is not null", f"of[{literal(field)}]"
    source = f"case {alone} then getvariable('source_names')[{named('alone', field)}] else {outcome}.source end"
    only = f"{alone} and {named('count', field)} = 1 then 'only claim'"
    reason = f"case {only} {alone} then 'unanimous' else {outcome}.reason end"
    return source, reason


def _told_states(told: Mapping[str, FieldRule], persons: Path) -> str:
    """The states; the first one is from the beginning where the day on which it was said would tell of the birth."""
    return f"""
        select states.* replace (
            case when ordinal = 1 then day_told(start_date, birth_date, null) else start_date end as start_date
        )
        from ({_states_query(told)}) as states
        join (select entity_id, birth_date from {read_table(PERSONS, persons)}) as persons using (entity_id)
    """


def _states_query(told: Mapping[str, FieldRule]) -> str:
    """One value all through a life is a run of its own; only where there are several are turns looked for."""
    changing = [field for field, rule in told.items() if rule.states]
    if not changing:
        return f"select * from {no_rows(PERSON_STATES)}"
    said = " union all ".join(_said_in_turn(field) for field in changing)
    steady = " union all ".join(_steady(field) for field in changing)
    return STATES.read_text(encoding="utf-8").format(said=said, steady=steady, untold=UNTOLD)


def _said_in_turn(field: str) -> str:
    unlike = f"{named('least', field)} <> {named('greatest', field)}"
    return (
        f"select entity_id, {literal(field)} as field, {identifier(field)}::varchar as value, said_on, source_number, "
        f"{named('trust', field)} as trust from claims join source_names using (source_number) "
        f"semi join (select entity_id from spoken where {unlike}) using (entity_id) "
        f"where {identifier(field)} is not null"
    )


def _steady(field: str) -> str:
    least, (source, day) = named("least", field), first_said(field)
    return (
        f"select entity_id, {literal(field)} as field, {least}::varchar as value, {source} as source_number, "
        f"{day} as said_on from spoken where {least} = {named('greatest', field)}"
    )
