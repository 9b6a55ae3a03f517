"""Telephone numbers and e-mail addresses in comparable form."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb

from warehouse.session import identifier, literal

if TYPE_CHECKING:
    from phonenumbers import PhoneMetadata

SHORTEST, LONGEST = 7, 15
ANOTHER = r"(?i)^((?:[^0-9]*[0-9]){7,}?)[\s.,-]*(?:[/;,|]|[YEO]\s|EXT|ANEXO|RAMAL|INT|X\.?\s?[0-9]).*$"
LEGACY_PREFIXES = {"MX": "(?:01|04[45]|1)"}  # dialled until 2019, and still on file
PHONE_PLACEHOLDER = (
    r".*(?:"
    + "|".join(f"{digit}{{8}}" for digit in range(10))
    + ").*|"
    + "|".join(f"{digit}{{7,}}" for digit in range(10))
    + "|0?123456789?|12345678|1234567890|0?9876543|98765432(?:10?)?"
)
EMAIL = r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
NO_EMAIL = (
    r"(?:no|sin|sem|nao)?[._-]?(?:tiene|tem|posee|possui|registra|aplica|informa|correo|email|mail|name|nombre|nome)?"
    r"[._-]?(?:correo|email|mail)?@.*|(?:x+|a+|test|prueba|ejemplo|correo|na|nd)@.*|.*@(?:example\.(?:com|org|net)|x+\.x+)"
)


def standardise_phones(connection: duckdb.DuckDBPyConnection, phones: str, table: str) -> None:
    """Make the temporary `table` (value, region, std) of the query `phones` (value, region).

    `region` is the two-letter country that a number without one is dialled in, or null. `std` is E.164
    where the number fits its country's plan, else its digits; null where it is too short or a placeholder.
    """
    from phonenumbers import PhoneMetadata  # noqa: PLC0415 - so that definitions load at once

    first = f"regexp_replace(value, {literal(ANOTHER)}, '\\1')"
    connection.execute(f"""
        create or replace temp table {identifier(table)} as
        with dialled as (
            select distinct value, region, starts_with(ltrim({first}, ' ('), '+') as has_code,
                regexp_replace({first}, '[^0-9]', '', 'g') as digits
            from ({phones}) where value is not null
        ),
        coded as (
            select value, region, has_code or starts_with(digits, '00') as has_code,
                case when has_code then digits else regexp_replace(digits, '^00+', '') end as digits
            from dialled
        )
        select value, region, digits, case when has_code then '+' || digits end as std from coded
    """)
    for (region,) in connection.sql(
        f"select distinct region from {table} where region is not null order by 1"
    ).fetchall():
        metadata = PhoneMetadata.metadata_for_region(region)
        if metadata is not None:
            connection.execute(
                f"update {table} set std = {_e164(region, metadata)} where region = {literal(region)} and "
                f"(std is null or starts_with(std, '+{metadata.country_code}'))"
            )
    connection.execute(f"""
        create or replace temp table {identifier(table)} as
        select value, region,
            case when length(digits) between {SHORTEST} and {LONGEST}
                and not regexp_full_match(digits, {literal(PHONE_PLACEHOLDER)})
                then coalesce(std, digits) end as std
        from {table}
    """)


def email_sql(text: str) -> str:
    """An SQL expression: the e-mail address in `text` in lower case, null where it has not the shape of one."""
    address = f"lower(regexp_replace({text}, '^(?:mailto:)?\\s*<?|>?\\s*$', '', 'gi'))"
    says = f"regexp_full_match({address}, {literal(EMAIL)}) and not regexp_full_match({address}, {literal(NO_EMAIL)})"
    return f"case when {says} then {address} end"


def _e164(region: str, metadata: PhoneMetadata) -> str:
    """An SQL expression over `digits`: the number with the country's code, or `std` where it is not in its plan."""
    code = metadata.country_code
    plan = literal(getattr(metadata.general_desc, "national_number_pattern", None) or "")
    bare = f"regexp_replace(digits, '^{code}', '')"
    attempts = [_without_prefix("digits", region, metadata), "digits", bare, _without_prefix(bare, region, metadata)]
    fits = [f"when regexp_full_match({attempt}, {plan}) then '+{code}' || {attempt}" for attempt in attempts]
    return f"case {' '.join(fits)} else std end"


def _without_prefix(digits: str, region: str, metadata: PhoneMetadata) -> str:
    """An SQL expression: `digits` as dialled from abroad, the way the country's own rule transforms them."""
    prefix = LEGACY_PREFIXES.get(region) or metadata.national_prefix_for_parsing
    if not prefix:
        return digits
    pattern = literal(f"^(?:{prefix})")
    plain = f"regexp_replace({digits}, {pattern}, '')"
    rule = metadata.national_prefix_transform_rule
    if not rule:
        return plain
    last = int(rule[-1])
    return (
        f"case when regexp_extract({digits}, {pattern}, {last}) <> '' "
        f"then regexp_replace({digits}, {pattern}, {literal(rule)}) else {plain} end"
    )
