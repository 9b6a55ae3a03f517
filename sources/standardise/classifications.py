"""Occupations by ISCO-08 and education by ISCED 2011: a code that is in the list, or a title that the lists know.

The lists of this folder hold titles as the region writes them, without accents; they come before the standard's own.
A title that none knows has no code: to guess one would hide it.
"""

from __future__ import annotations

from pathlib import Path

from sources.standardise.letters import capitals_sql, words_sql
from warehouse.code_lists.lists import CLASSIFICATIONS, ISCED_2011, ISCO_08
from warehouse.session import literal

FOLDER = Path(__file__).parent
OCCUPATIONS, EDUCATION = FOLDER / "occupations.csv", FOLDER / "education_levels.csv"
YEARS_OF_SCHOOLING = "[0-1][0-9]"
"""Two digits that may as well count years, 01 to 03 and 10: as codes of ISCED they are read in three digits alone."""
DIGITS = "[0-9]+"


def occupations_query(values: str) -> str:
    """A query over `values` (value, words, as `letters.fold` makes them) giving (value, std): the ISCO-08 code."""
    return _classified(values, OCCUPATIONS, "code", "title", ISCO_08)


def education_query(values: str) -> str:
    """A query over `values` (value, words) giving (value, std): the ISCED 2011 level, category or sub-category."""
    return f"""
        select value, std from ({_classified(values, EDUCATION, "level", "word", ISCED_2011)})
        where not regexp_full_match(value, '{YEARS_OF_SCHOOLING}')
    """


def unlisted_sql(text: str, std: str) -> str:
    """An SQL expression: `text` is a code, and not one of the list, for which `std` is null."""
    return f"{std} is null and regexp_full_match({text}, '{DIGITS}')"


def _classified(values: str, file: Path, coded: str, named: str, standard: str) -> str:
    """The code of each value; where groups that lie in each other bear one title, the finest."""
    own = f"read_csv({literal(file)}, header = true, columns = {{'{coded}': 'varchar', '{named}': 'varchar'}})"
    columns = "{'code': 'varchar', 'title': 'varchar', 'title_es': 'varchar'}"
    listed = f"read_csv({literal(CLASSIFICATIONS[standard])}, header = true, columns = {columns})"
    return f"""
    with own as (select {named} as words, {coded} as std from {own}),
    titles as (
        select {_bare(words_sql("capitals"))} as words, code
        from (select {capitals_sql("title")} as capitals, code from (
            select code, title from {listed} union all select code, title_es from {listed} where title_es is not null
        ))
    ),
    known as (
        from own union all
        select code, code from {listed} union all
        select words, arg_max(code, length(code)) from titles where words not in (select words from own) group by words
    )
    select value, std from ({values}) as told join known on known.words = {_bare("told.words")}
    """


def _bare(words: str) -> str:
    """An SQL expression: `words` without the mark over Ñ, which many do not write."""
    return f"translate({words}, 'Ñ', 'N')"
