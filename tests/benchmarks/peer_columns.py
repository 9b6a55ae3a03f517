"""What the peers are given: the same standardised columns, and the blocking rules that each population can bear."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from warehouse.session import identifier, literal, scan

COLUMNS = (
    "given_names_std", "surname_1_std", "surname_2_std", "birth_date", "sex", "phone_std", "email_std", "address_std",
    "locality_std", "municipality_std", "postal_code_std", "birth_place_std", "mother_name_std", "father_name_std",
)  # fmt: skip
# A household's key is its source's own, and a region is the municipality's: no evidence of their own to a pair.

# Strictest first. A rule is taken where all its columns are there and it is affordable.
RULES = (
    ("birth_date", "given_names_std", "surname_1_std"),
    ("given_names_std", "surname_1_std", "surname_2_std"),
    ("birth_date", "given_1"),
    ("birth_date", "surname_1_std"),
    ("given_1", "surname_1_std", "municipality_std"),
    ("given_1", "surname_1_std", "birth_year"),
    ("surname_1_std", "surname_2_std", "birth_year"),
    ("phone_std", "given_1"),
    ("email_std",),
    ("address_std", "given_1"),
    ("postal_code_std", "surname_1_std"),
    ("postal_code_std", "given_1"),
    ("municipality_std", "birth_date"),
    ("given_1", "surname_1_std"),
    ("given_1", "surname_2_std"),
    ("phone_std",),
    ("address_std",),
    ("birth_date",),
)
PAIRS_A_RECORD = 10  # a rule that proposes more is left out, as it would be after counting its pairs


def prepare(connection: duckdb.DuckDBPyConnection, population: Path) -> list[str]:
    """Make the table `people`: record_id, source, the columns and a column a scheme; return those with any value."""
    schemes = [name for (name,) in connection.sql(f"""
        select scheme from {scan(population / "ids.parquet")} where is_valid and not starts_with(scheme, 'local.')
        group by scheme order by count(*) desc, scheme limit 3
    """).fetchall()]  # fmt: skip
    numbers = "".join(
        f", min(identifier_std) filter (scheme = {literal(scheme)} and is_valid) as number_{place}"
        for place, scheme in enumerate(schemes)
    )
    connection.execute(f"""
        create table people as
        with numbered as (select record_id{numbers} from {scan(population / "ids.parquet")} group by record_id)
        select record_id, source, {", ".join(COLUMNS)}, split_part(given_names_std, ' ', 1) as given_1,
            coalesce(year(birth_date), birth_year) as birth_year
            {"".join(f", number_{place}" for place in range(len(schemes)))}
        from {scan(population / "records.parquet")} left join numbered using (record_id)
    """)
    names = [name for name in connection.sql("from people").columns if name not in ("record_id", "source")]
    counts = connection.sql(f"select {', '.join(f'count({identifier(name)})' for name in names)} from people")
    return [name for name, count in zip(names, counts.fetchall()[0], strict=True) if count]


def affordable_rules(connection: duckdb.DuckDBPyConnection, present: Sequence[str]) -> list[tuple[str, ...]]:
    """The rules over `present` columns that propose at most `PAIRS_A_RECORD`, those on an identifier first."""
    numbers = [(name,) for name in present if name.startswith("number_")]
    possible = [rule for rule in (*numbers, *RULES) if set(rule) <= set(present)]
    return [rule for rule in possible if pairs_a_record(connection, rule) <= PAIRS_A_RECORD]


def pairs_a_record(connection: duckdb.DuckDBPyConnection, rule: Sequence[str]) -> float:
    """How many pairs a record `rule` proposes."""
    query = f"""
        with blocks as (
            select count(*) as size from people where {" and ".join(f"{name} is not null" for name in rule)}
            group by {", ".join(rule)}
        )
        select coalesce(sum(size * (size - 1) / 2), 0) / (select count(*) from people) from blocks
    """
    return float(connection.sql(query).fetchall()[0][0])
