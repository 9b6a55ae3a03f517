"""The events of a contract: what happened to a person, each referring to the person's record."""

from __future__ import annotations

import duckdb

from sources import fields
from sources.contract import SourceContract
from sources.standardise.letters import fold
from sources.standardise.people import faults_sql
from sources.standardise.places import countries_query
from sources.standardise.stored import hash_sql
from sources.standardise.values import value_sql
from warehouse.layout import Layout
from warehouse.session import identifier, literal
from warehouse.storage import write_table
from warehouse.tables import EVENTS


def write_events(
    connection: duckdb.DuckDBPyConnection, contract: SourceContract, person_source: str, delivered: str, layout: Layout
) -> int:
    """Write the events of the relation `delivered`; return how many.

    An event with a `person_key` refers to that record of `person_source`; one without brings its own record.
    """
    connection.execute(
        f"create or replace temp table happened as {_happened_query(contract, person_source, delivered)}"
    )
    fold(connection, "select country from happened", "country_texts")
    query = f"""
        with countries as ({countries_query("select * from country_texts")})
        select happened.* replace (std as country) from happened left join countries on country = value
    """
    count = write_table(connection, EVENTS, query, layout.standard(EVENTS, contract.id))
    connection.execute("drop table happened")
    connection.execute("drop table country_texts")
    return count


def _happened_query(contract: SourceContract, person_source: str, delivered: str) -> str:
    typed = {column.field: value_sql(column, contract.reading) for column in contract.columns_for(fields.EVENT)}
    types = {column.name: column.type for column in EVENTS.columns}
    columns = [f"{typed.get(name, f'cast(null as {types[name]})')} as {name}" for name in sorted(fields.EVENT)]
    person = contract.column("person_key")
    person_key = f"coalesce({identifier(person.name)}, '')" if person else "_record_key"
    nobody = [f"case when {identifier(person.name)} is null then 'person_key' end"] if person else []
    return f"""
        select {hash_sql(contract.id, "_record_key")} as event_id, {hash_sql(person_source, person_key)} as record_id,
            {literal(contract.source)} as source, {literal(contract.id)} as contract_id,
            _delivery_id as delivery_id, _as_of_date as as_of_date, {literal(str(contract.terms.kind))} as kind,
            {", ".join(columns)}, {faults_sql(contract, fields.EVENT, nobody)} as faults
        from {delivered}
    """
