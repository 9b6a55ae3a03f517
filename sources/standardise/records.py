"""The records of a contract: one person's row each, every delivered value beside its comparable form."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import duckdb

from sources import fields
from sources.contract import SourceContract
from sources.standardise.classifications import education_query, occupations_query, unlisted_sql
from sources.standardise.contacts import email_sql, standardise_phones
from sources.standardise.date_orders import FLAG, SAYS, DateOrder, doubtful_sql
from sources.standardise.dates import is_default_sql
from sources.standardise.embedded import contradictions_query
from sources.standardise.identifiers import identifiers_query, judge
from sources.standardise.letters import fold
from sources.standardise.names import names_query
from sources.standardise.people import people_query
from sources.standardise.person_names import standardise_names
from sources.standardise.places import addresses_query, countries_query, places_query, postal_code_sql
from sources.standardise.stored import hash_sql
from warehouse.layout import Layout
from warehouse.session import literal
from warehouse.storage import write_table
from warehouse.tables import RECORD_FLAGS, RECORD_IDENTIFIERS, RECORDS

PLACES = ("birth_place", "locality", "municipality", "region")
PARENTS = ("mother_name", "father_name")
MADE = (
    "people", "person_names", "parent_names", "place_names", "addresses", "countries", "phones", "occupations",
    "education",
)  # fmt: skip
AS_DELIVERED = (
    "full_name", "given_names", "surname_1", "surname_2", "birth_date", "sex", "death_date", "updated_date",
    "occupation", "education_level", "employment_status", "disability", "ethnicity", "language", "income",
)  # fmt: skip


def write_records(
    connection: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    delivered: str,
    layout: Layout,
    orders: Sequence[DateOrder] = (),
) -> tuple[int, int]:
    """Write the records, identifiers and flags of the relation `delivered`; return how many of the first two.

    `orders` tells of columns whose dates may be read two ways.
    """
    connection.execute(f"create or replace temp table people as {people_query(contract, delivered)}")
    standardise_names(connection, "people", "person_names", joint_surnames=contract.column("surname_2") is None)
    _dictionary(connection, PARENTS, lambda values: names_query(values, "person"), "parent_names")
    _dictionary(connection, PLACES, places_query, "place_names")
    _dictionary(connection, ("address_line",), addresses_query, "addresses")
    _dictionary(connection, ("country",), countries_query, "countries")
    _dictionary(connection, ("occupation",), occupations_query, "occupations")
    _dictionary(connection, ("education_level",), education_query, "education")
    standardise_phones(connection, _phones_query(contract), "phones")
    records = write_table(connection, RECORDS, _records_query(contract), layout.standard(RECORDS, contract.id))
    identifiers = _write_identifiers(connection, contract, layout)
    _write_flags(connection, contract, delivered, orders, layout)
    for name in (*MADE, "numbers", "judged_numbers"):
        connection.execute(f"drop table {name}")
    return records, identifiers


def _dictionary(
    connection: duckdb.DuckDBPyConnection, columns: Sequence[str], query: Callable[[str], str], table: str
) -> None:
    """The temporary `table` (value, std) of the distinct texts in `columns` of people."""
    fold(connection, f"select unnest([{', '.join(columns)}]) from people", "texts")
    connection.execute(f"create or replace temp table {table} as {query('select * from texts')}")
    connection.execute("drop table texts")


def _phones_query(contract: SourceContract) -> str:
    home = literal(region) if (region := home_region(contract)) else "cast(null as varchar)"
    country = "case when regexp_full_match(std, '[A-Z]{2}') then std end"
    return f"""
        select phone as value, coalesce({country}, {home}) as region
        from people left join countries on country = value
    """


def home_region(contract: SourceContract) -> str | None:
    """The two-letter country that the source is at home in: its coverage's, else its identifiers'."""
    territory = contract.terms.coverage.territory or ""
    schemes = [column.terms.scheme or "" for column in contract.columns if column.field == "identifier"]
    named = [territory[:2], *(scheme[:2] for scheme in schemes if scheme[2:3] == ".")]
    return next((region.upper() for region in named if len(region) == 2 and region.isalpha()), None)


def _records_query(contract: SourceContract) -> str:
    places = [f"{name}_names.std as {name}_std" for name in (*PLACES, *PARENTS)]
    joins = [f"left join place_names as {name}_names on p.{name} = {name}_names.value" for name in PLACES]
    joins += [f"left join parent_names as {name}_names on p.{name} = {name}_names.value" for name in PARENTS]
    delivered = ", ".join(f"p.{name}" for name in AS_DELIVERED)
    return f"""
        with stated as (
            select p.record_id, {literal(contract.source)} as source, {literal(contract.id)} as contract_id,
                p._delivery_id as delivery_id, p._as_of_date as as_of_date, p._record_key as record_key,
                {delivered}, n.given_names_std, n.surname_1_std, n.surname_2_std, {", ".join(places)},
                coalesce(year(p.birth_date), p.birth_year) as birth_year,
                {is_default_sql("p.birth_date")} as birth_date_is_default,
                p.phone, phones.std as phone_std, p.email, {email_sql("p.email")} as email_std,
                addresses.std as address_std, countries.std as country_std,
                {postal_code_sql("p.postal_code")} as postal_code_std,
                {literal(contract.source + ":")} || p.household_key as household_key, p.faults,
                occupations.std as occupation_isco, education.std as education_isced
            from people as p
            join person_names as n using (record_id)
            left join countries on p.country = countries.value
            left join phones on p.phone = phones.value and phones.region is not distinct from {_region_sql(contract)}
            left join addresses on p.address_line = addresses.value
            left join occupations on p.occupation = occupations.value
            left join education on p.education_level = education.value
            {" ".join(joins)}
        )
        select * replace (
            faults || list_filter(
                [case when phone_std is null and regexp_matches(phone, '[0-9]') then 'phone' end,
                 case when email_std is null and contains(email, '@') then 'email' end,
                 case when {unlisted_sql("occupation", "occupation_isco")} then 'occupation' end,
                 case when {unlisted_sql("education_level", "education_isced")} then 'education_level' end],
                lambda field: field is not null
            ) as faults
        ) from stated
    """


def _region_sql(contract: SourceContract) -> str:
    home = literal(region) if (region := home_region(contract)) else "cast(null as varchar)"
    return f"coalesce(case when regexp_full_match(countries.std, '[A-Z]{{2}}') then countries.std end, {home})"


def _write_identifiers(connection: duckdb.DuckDBPyConnection, contract: SourceContract, layout: Layout) -> int:
    told = "select record_id, unnest(identifiers, recursive := true) from people"
    connection.execute(f"create or replace temp table numbers as {identifiers_query(told)}")
    judge(connection, "select scheme, identifier_std from numbers", "judged_numbers")
    query = "select * from numbers join judged_numbers using (scheme, identifier_std)"
    path = layout.standard(RECORD_IDENTIFIERS, contract.id)
    return write_table(connection, RECORD_IDENTIFIERS, query, path)


def _write_flags(
    connection: duckdb.DuckDBPyConnection,
    contract: SourceContract,
    delivered: str,
    orders: Sequence[DateOrder],
    layout: Layout,
) -> None:
    numbers = "(select * from numbers join judged_numbers using (scheme, identifier_std))"
    doubts = [
        f"select {hash_sql(contract.source, '_record_key')}, '{FLAG}', {literal(order.field)}, {SAYS}, false "
        f"from {delivered} where {doubtful_sql(order)}"
        for order in orders
        if order.is_doubtful and order.field in fields.PERSON
    ]
    query = " union all ".join((contradictions_query("people", numbers), *doubts))
    write_table(connection, RECORD_FLAGS, query, layout.standard(RECORD_FLAGS, contract.id))
