"""Parents and households of the sample, held against the truth that no step reads."""

from pathlib import Path

import duckdb
import pytest


@pytest.fixture(scope="module")
def known(sample_home: Path) -> duckdb.DuckDBPyConnection:
    """The tables before pseudonyms, the truth, and `who`: the person whom most records of an entity describe."""
    connection = duckdb.connect()
    for folder, prefix in ((sample_home / "lake" / "marts", ""), (sample_home / "truth", "true_")):
        for file in folder.glob("*.parquet"):
            connection.execute(f"create view {prefix}{file.stem} as select * from '{file}'")
    connection.execute(f"""
        create table who as
        select entity_id, mode(person_id) as person_id
        from '{sample_home}/lake/linkage/spine.parquet' join true_records using (source, record_key)
        group by entity_id
    """)
    return connection


@pytest.mark.parametrize(("told_by", "precision"), [("name", 0.995), ("surname", 0.85)])
def test_parents_are_the_true_ones(known: duckdb.DuckDBPyConnection, told_by: str, precision: float) -> None:
    ((found, right),) = known.sql(
        """
        select
            count(*),
            count(*) filter (
                parent.person_id = case relationship_type when 'MTH' then mother_id else father_id end
            )
        from relationships
        join who as child using (entity_id)
        join who as parent on related_entity_id = parent.entity_id
        join true_persons on child.person_id = true_persons.person_id
        where evidence[1] = $told_by
        """,
        params={"told_by": told_by},
    ).fetchall()
    assert found > 10
    assert right / found >= precision


def test_most_parents_are_found(known: duckdb.DuckDBPyConnection) -> None:
    ((found, there),) = known.sql("""
        with people as (select unnest([mother_id, father_id]) as parent from true_persons join who using (person_id))
        select (select count(*) from relationships), count(*) from people join who on parent = who.person_id
    """).fetchall()
    assert found / there >= 0.9


@pytest.mark.parametrize(
    ("grouping", "precision", "recall"),
    [("declared", 0.96, 0.2), ("address", 0.94, 0.4), ("family", 0.94, 0.5), ("combined", 0.91, 0.75)],
)
def test_households_are_the_true_ones(
    known: duckdb.DuckDBPyConnection, grouping: str, precision: float, recall: float
) -> None:
    """Of the pairs that live together, how many are found, and of those found, how many are true."""
    ((found, both, true),) = known.sql(
        """
        with lives as (
            select entity_id, household_id as true_id from who join true_memberships using (person_id)
        ), placed as (
            select entity_id, household_id, true_id from household_members join lives using (entity_id)
            where grouping = $grouping
        ), sizes as (
            select 'found' as what, count(*) as size from placed group by household_id
            union all select 'both', count(*) from placed group by household_id, true_id
            union all select 'true', count(*) from lives group by true_id
        )
        select sum(size * (size - 1) / 2) filter (what = 'found'), sum(size * (size - 1) / 2) filter (what = 'both'),
            sum(size * (size - 1) / 2) filter (what = 'true')
        from sizes
        """,
        params={"grouping": grouping},
    ).fetchall()
    assert both / found >= precision
    assert both / true >= recall
