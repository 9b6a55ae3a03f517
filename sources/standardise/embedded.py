"""Birth date and sex as an identifier itself tells them, held against what the record declares.

A contradiction is a flag and nothing more: which of the two is wrong only the document can say.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from warehouse.session import literal


@dataclass(frozen=True)
class Embedded:
    """SQL expressions over `identifier_std`: the six digits YYMMDD, the century (or null if unknown), and the sex."""

    yymmdd: str
    century: str
    sex: str = "null"


def _part(start: int, length: int = 1) -> str:
    return f"substr(identifier_std, {start}, {length})"


def _sex(start: int, male: str, female: str) -> str:
    sign = _part(start)
    return f"case when {sign} in ({male}) then 'male' when {sign} in ({female}) then 'female' end"


EMBEDDED: dict[str, Embedded] = {
    "mx.curp": Embedded(
        _part(5, 6), f"case when {_part(17)} between '0' and '9' then 19 else 20 end", _sex(11, "'H'", "'M'")
    ),
    "cu.ni": Embedded(
        _part(1, 6),
        f"case when {_part(7)} = '9' then 18 when {_part(7)} <= '5' then 19 else 20 end",
        _sex(10, "'0', '2', '4', '6', '8'", "'1', '3', '5', '7', '9'"),
    ),
    "ni.cedula": Embedded(f"{_part(8, 2)} || {_part(6, 2)} || {_part(4, 2)}", "null"),
}
"""Mexico's CURP, Cuba's identity number and Nicaragua's cédula (whose century is not told)."""

ANOTHER, SWAPPED, SEX = "identifier_birth_date", "identifier_day_month", "identifier_sex"


def contradictions_query(people: str, numbers: str) -> str:
    """A query giving (record_id, flag, field, says, is_contradiction).

    `people` has record_id, birth_date and sex; `numbers` record_id, scheme, identifier_std and is_valid.
    """
    return " union all ".join(_of_scheme(people, numbers, scheme) for scheme in sorted(EMBEDDED))


def _of_scheme(people: str, numbers: str, scheme: str) -> str:
    embedded = EMBEDDED[scheme]
    declared = "strftime(birth_date, '%y%m%d')"
    swapped = "strftime(birth_date, '%y%d%m')"
    century = "year(birth_date) // 100"
    flags = ", ".join(_flags(scheme, declared, swapped, century))
    return f"""
        select distinct record_id, told.flag as flag, told.field as field, told.says as says, true as is_contradiction
        from (
            select record_id, unnest(list_filter([{flags}], lambda told: told.flag is not null)) as told
            from (
                select record_id, people.birth_date, people.sex, {embedded.yymmdd} as yymmdd,
                    {embedded.century} as century, {embedded.sex} as told_sex
                from {numbers} as numbers join {people} as people using (record_id)
                where scheme = {literal(scheme)} and is_valid
            ) as embedded
        ) as flagged
    """


def _flags(scheme: str, declared: str, swapped: str, century: str) -> Iterator[str]:
    other_century = f"century is not null and century <> {century}"
    is_swapped = f"yymmdd = {swapped} and not coalesce({other_century}, false)"
    is_other = f"yymmdd <> {declared} or {other_century}"
    yield _flag(
        f"case when not ({is_other}) then null when {is_swapped} then '{SWAPPED}' when {is_other} then '{ANOTHER}' end",
        "birth_date",
        f"the birth date in the {scheme} is not the declared one",
    )
    yield _flag(
        f"case when told_sex <> sex and sex <> 'other' then '{SEX}' end",
        "sex",
        f"the sex in the {scheme} is not the declared one",
    )


def _flag(flag: str, field: str, says: str) -> str:
    return f"{{'flag': {flag}, 'field': {literal(field)}, 'says': {literal(says)}}}"
