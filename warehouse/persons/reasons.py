"""Why a value is in the golden record: every claim about one field of one person, and what decided between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from warehouse.errors import RegistryError
from warehouse.persons.claims import UNTOLD, Trust, load_claims, named, validity, weigh_claims
from warehouse.persons.survival_rules import FieldRule, survival_rules
from warehouse.persons.survivorship import survivors_query
from warehouse.session import identifier, literal


class FieldError(RegistryError):
    """A field that the golden record does not have."""


@dataclass(frozen=True)
class Claim:
    """What one record says: `said_on` is None where no date is known, `survives` where its value was taken."""

    source: str
    record_id: str
    said_on: date | None
    trust: int
    is_valid: bool
    survives: bool
    value: str


@dataclass(frozen=True)
class Reason:
    """Why the value of `field` survived: the criterion, the field's rule, and every claim, the surviving first."""

    field: str
    rule: FieldRule
    source: str
    reason: str
    claims: tuple[Claim, ...]


def why(
    connection: duckdb.DuckDBPyConnection, records: str, spine: str, trust: Trust, entity_id: str, field: str
) -> Reason | None:
    """Why the `field` of the person is what it is, or None where no record has a value; raise `FieldError`.

    `records` and `spine` are SQL relations; the person's records are weighed anew, as the last run weighed them.
    """
    rules = survival_rules()
    if field not in rules:
        raise FieldError(f"The golden record has no field of that name. It has {', '.join(rules)}.")
    person = f"(select * from {spine} where entity_id = {literal(entity_id)})"
    told = load_claims(connection, f"(select * from {records} semi join {person} using (record_id))", person, trust)
    weigh_claims(connection, told)
    survivor = connection.sql(
        f"select source, reason from ({survivors_query(told)}) where field = {literal(field)}"
    ).fetchall()
    if not survivor:
        return None
    ((source, reason),) = survivor
    return Reason(field, rules[field], source, reason, _claims(connection, field, source, reason))


def _claims(connection: duckdb.DuckDBPyConnection, field: str, source: str, reason: str) -> tuple[Claim, ...]:
    survivor = f"coalesce((select value from weighed where field = {literal(field)}), {identifier(field)}::varchar)"
    rows = connection.sql(f"""
        select
            source, record_id, nullif(said_on, {UNTOLD}) as said_on, {named("trust", field)},
            {validity(field, survival_rules()[field])},
            {identifier(field)}::varchar = {survivor} as survives, {identifier(field)}::varchar
        from claims
        join source_names using (source_number)
        where {identifier(field)} is not null
        order by survives desc, source = {literal(source)} desc, said_on desc, record_id
    """).fetchall()
    followed = reason.startswith("follows")
    return tuple(
        Claim(name, record, day, int(rank), bool(passes), bool(survives) and not followed, str(value))
        for name, record, day, rank, passes, survives, value in rows
    )
