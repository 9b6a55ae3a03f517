"""Occupations by ISCO-08 and education by ISCED 2011: a code that is one already, or a title that the lists know.

The lists hold titles as the region writes them, without accents. A title they do not know has no code: to guess one
would hide it.
"""

from __future__ import annotations

from pathlib import Path

from warehouse.session import literal

FOLDER = Path(__file__).parent
OCCUPATIONS, EDUCATION = FOLDER / "occupations.csv", FOLDER / "education_levels.csv"
ISCO_SUB_MAJOR = (
    "01|02|03|1[1-4]|2[1-6]|3[1-5]|4[1-4]|5[1-4]|6[1-3]|7[1-5]|8[1-3]|9[1-6]"  # the 43 groups of two digits
)
ISCO_CODE = f"[0-9]|(?:{ISCO_SUB_MAJOR})[0-9]{{0,2}}"
ISCED_CODE = "[0-8]"


def occupations_query(values: str) -> str:
    """A query over `values` (value, words, as `letters.fold` makes them) giving (value, std): the ISCO-08 code."""
    return _classified(values, OCCUPATIONS, ISCO_CODE, "code", "title")


def education_query(values: str) -> str:
    """A query over `values` (value, words) giving (value, std): the ISCED 2011 level."""
    return _classified(values, EDUCATION, ISCED_CODE, "level", "word")


def _classified(values: str, file: Path, code: str, coded: str, named: str) -> str:
    listed = f"read_csv({literal(file)}, header = true, columns = {{'{coded}': 'varchar', '{named}': 'varchar'}})"
    words = "translate(words, 'Ñ', 'N')"
    return f"""
    with told as (
        select value, case when regexp_full_match(words, {literal(code)}) then words else {coded} end as std
        from ({values}) left join {listed} as listed on listed.{named} = {words}
    )
    select value, std from told where std is not null
    """
