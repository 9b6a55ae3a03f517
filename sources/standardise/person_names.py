"""A person's names in comparable form, from columns of any of the shapes in which sources deliver them.

Given names and surnames may come apart, both surnames in one column, or all in one, with a comma or without.
"""

from __future__ import annotations

import duckdb

from sources.standardise.full_names import WORDS_FILE, part_full_names
from sources.standardise.letters import fold
from sources.standardise.married_names import own_sql, without_widowhood_sql
from sources.standardise.names import names_query
from warehouse.session import literal

SUFFIX_AFTER_COMMA = r",\s*(?i:JR|SR|JUNIOR|HIJO|FILHO|NETO|SOBRINHO)?\.?\s*$"
COMPOUND = "(^| )(MONTES|PONCE) DE (LEON|OCA)( |$)"  # one surname each, so not parted
PORTUGUESE = "(?:^| )(?:DA|DAS|DO|DOS) "
SPANISH = "(?:^| )(?:DEL|DE LA|DE LAS|DE LOS) "


def standardise_names(connection: duckdb.DuckDBPyConnection, people: str, table: str, *, joint_surnames: bool) -> None:
    """Make the temporary `table` (record_id, given_names_std, surname_1_std, surname_2_std) of the relation `people`.

    `people` has record_id, sex, full_name, given_names, surname_1 and surname_2. `joint_surnames` says that
    surname_1 is the only column of surnames, so that it may hold both.
    """
    _part_columns(connection, people, joint_surnames)
    fold(connection, "select unnest([given, first, second, whole]) from name_columns", "name_texts")
    spouses = not _is_portuguese(connection)
    _standardise_parts(connection)
    _standardise_whole(connection, spouses)
    connection.execute(f"create or replace temp table {table} as {_assembled(spouses)}")
    for name in ("name_columns", "name_texts", "given_std", "surname_std", "chosen_names", "whole_std", "whole_parts"):
        connection.execute(f"drop table {name}")


def _part_columns(connection: duckdb.DuckDBPyConnection, people: str, joint_surnames: bool) -> None:
    """The temporary table `name_columns`: each name text where it belongs; a comma parts surnames from given names."""
    connection.execute(f"""
        create or replace temp table name_columns as
        with stated as (
            select *, coalesce(given_names, surname_1, surname_2) is null as is_whole,
                regexp_replace(full_name, {literal(SUFFIX_AFTER_COMMA)}, '') as name
            from {people}
        ),
        parted as (select *, is_whole and contains(name, ',') as has_comma from stated)
        select record_id, sex,
            case when has_comma then regexp_extract(name, '^.*,(.*)$', 1, 's') else given_names end as given,
            case when has_comma then regexp_extract(name, '^(.*),.*$', 1, 's') else surname_1 end as first,
            surname_2 as second,
            case when is_whole and not has_comma then name end as whole,
            has_comma or {str(joint_surnames).lower()} as is_joint
        from parted
    """)


def _is_portuguese(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the names show more Portuguese particles than Spanish ones, so that DE marks no husband."""
    counts = ", ".join(
        f"count(*) filter (regexp_matches(words, {literal(pattern)}))" for pattern in (PORTUGUESE, SPANISH)
    )
    portuguese, spanish = connection.sql(f"select {counts} from name_texts").fetchall()[0]
    return bool(portuguese > spanish)


def _standardise_parts(connection: duckdb.DuckDBPyConnection) -> None:
    """The temporary tables `given_std` (value, std) and `surname_std` (value, std, own: without a husband's)."""
    given = "select * from name_texts where value in (select given from name_columns)"
    connection.execute(f"create or replace temp table given_std as {names_query(given, 'given')}")
    connection.execute(f"""
        create or replace temp table surname_std as
        with said as (
            select value, {_bound_sql(without_widowhood_sql("words"))} as words from name_texts
            where value in (select first from name_columns union select second from name_columns)
        ),
        forms as (select value, words, {own_sql("words")} as own from said),
        distinct_words as (select distinct words as value, words from forms union select distinct own, own from forms),
        standard as ({names_query("select * from distinct_words where words <> ''", "surname")})
        select forms.value, whole.std as std, mine.std as own
        from forms
        left join standard as whole on forms.words = whole.value
        left join standard as mine on forms.own = mine.value
    """)


def _standardise_whole(connection: duckdb.DuckDBPyConnection, spouses: bool) -> None:
    """The temporary tables `chosen_names` (record_id, words), `whole_std` and `whole_parts` of names in one column."""
    known = f"(select word from read_csv({literal(WORDS_FILE)}, header = true) where part = 'given')"
    own = f"""case when {str(spouses).lower()} and sex is distinct from 'male'
        and regexp_matches(words, '^[^ ]+ .+ DE [^ ]+$')
        and regexp_extract(words, '([^ ]+) DE [^ ]+$', 1) not in {known}
        then coalesce(nullif({own_sql("words")}, ''), words) else words end"""
    connection.execute(f"""
        create or replace temp table chosen_names as
        with said as (
            select record_id, sex, {_bound_sql(without_widowhood_sql("words"))} as words
            from name_columns join name_texts on whole = value
        )
        select record_id, {own} as words from said
    """)
    distinct_words = "select distinct words as value, words from chosen_names"
    connection.execute(f"create or replace temp table whole_std as {names_query(distinct_words, 'person')}")
    part_full_names(connection, "select value, std from whole_std", "whole_parts")


def _assembled(spouses: bool) -> str:
    """A query of every record's names, from whichever columns told them."""
    drops = f"{str(spouses).lower()} and sex is distinct from 'male'"
    return f"""
    with said as (
        select c.record_id, g.std as given,
            case when {drops} then coalesce(f.own, f.std) else f.std end as first,
            case when {drops} and f.std is not null then s.own else s.std end as second,
            c.is_joint, p.given as given_words, p.surnames as surname_words
        from name_columns as c
        left join given_std as g on c.given = g.value
        left join surname_std as f on c.first = f.value
        left join surname_std as s on c.second = s.value
        left join chosen_names as n using (record_id)
        left join whole_parts as p on n.words = p.value
    ),
    worded as (
        select record_id, coalesce(given, array_to_string(given_words, ' ')) as given, second,
            case when is_joint and second is null then string_split(first, ' ') else [first] end as firsts,
            surname_words
        from said
    ),
    surnamed as (
        select record_id, given, coalesce(surname_words, firsts) as surnames, second from worded
    ),
    parted as (
        select *, array_to_string(surnames[:greatest(length(surnames) - 1, 1)], ' ') as first,
            case when length(surnames) > 1 then surnames[-1] end as last
        from surnamed
    )
    select record_id,
        nullif(replace(given, '_', ' '), '') as given_names_std,
        nullif(replace(first, '_', ' '), '') as surname_1_std,
        replace(coalesce(second, last), '_', ' ') as surname_2_std
    from parted
    """


def _bound_sql(words: str) -> str:
    """`words` with the parts of compound surnames bound to one word, until the name is parted."""
    return f"regexp_replace({words}, {literal(COMPOUND)}, '\\1\\2_\\3\\4')"
