"""Addresses, localities, municipalities, regions, countries and postal codes in comparable form."""

from __future__ import annotations

from pathlib import Path

from sources.standardise.abbreviations import written_out_sql
from sources.standardise.letters import words_sql
from sources.standardise.names import ABSENT
from warehouse.session import literal

COUNTRIES_FILE = Path(__file__).parent / "countries.csv"
LINKS = ("DE", "DEL", "DA", "DAS", "DO", "DOS")
NUMBER_MARKS = "NO|NUM|NRO|NR|NUMERO|N"
SAYS_NOTHING = f"(?:{ABSENT}|SN|(?:DOMICILIO|DOM) CONOCIDO(?: SN)?|CONOCIDO|X+|0+|[NS] [NADI])"


def addresses_query(values: str) -> str:
    """A query over `values` (value, capitals, as `letters.fold` makes them) giving (value, std).

    Street kinds are written out, marks of the number dropped, S/N is SN, and 5-B is 5B.
    """
    spelt = "capitals"
    for pattern, replacement in ((r"\bS\s?/\s?N\b", "SN"), (r"^C\s?[/.]\s*", "CALLE "), (r"^R\s?\.\s*", "RUA ")):
        spelt = f"regexp_replace({spelt}, {literal(pattern)}, {literal(replacement)})"
    std = "array_to_string(tokens, ' ')"
    for pattern, replacement in (
        ("(^| )SIN NUMERO|SEM NUMERO( |$)", r"\1SN\2"),
        (f"(^| )(?:{NUMBER_MARKS}) ([0-9])", r"\1\2"),
        ("([0-9]) ([A-DF-NP-XZ])( |$)", r"\1\2\3"),
    ):
        std = f"regexp_replace({std}, {literal(pattern)}, {literal(replacement)}, 'g')"
    return f"""
    with said as (select value, string_split({words_sql(spelt)}, ' ') as tokens from ({values})),
    unlinked as (select value, list_filter(tokens, lambda token: token not in {LINKS}) as tokens from said),
    written_out as (select value, {written_out_sql("tokens", ("address",))} as tokens from unlinked),
    joined as (select value, {std} as std from written_out)
    select value, nullif(std, '') as std from joined where not regexp_full_match(std, {literal(SAYS_NOTHING)})
    """


def places_query(values: str) -> str:
    """A query over `values` (value, words) giving (value, std): the place's name or code, abbreviations written out."""
    return f"""
    with said as (
        select value, string_split(words, ' ') as tokens from ({values})
        where not regexp_full_match(words, {literal(SAYS_NOTHING)})
    )
    select value, array_to_string({written_out_sql("tokens", ("place",))}, ' ') as std from said
    """


def countries_query(values: str) -> str:
    """A query over `values` (value, words) giving (value, std): ISO 3166 letters where the name is known."""
    known = f"read_csv({literal(COUNTRIES_FILE)}, header = true, columns = {{'name': 'varchar', 'code': 'varchar'}})"
    return f"""
    select value, coalesce(code, words) as std
    from ({values}) left join {known} on name = words
    where not regexp_full_match(words, {literal(SAYS_NOTHING)})
    """


def postal_code_sql(text: str) -> str:
    """An SQL expression: the postal code in `text`, capitals and digits alone; null for nothing but zeros."""
    code = f"regexp_replace(regexp_replace(upper({text}), '^([0-9]+)\\.0$', '\\1'), '[^0-9A-Z]', '', 'g')"
    return f"case when regexp_matches({code}, '[1-9]') then {code} end"
