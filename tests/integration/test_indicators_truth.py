"""Indicators and referrals of the sample, held against what is really so."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest
from held_against_truth import TODAY, opened_truth

WITHIN = 0.03


@pytest.fixture(scope="module")
def truth(sample_home: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """The truth, the tables as they are before few people are withheld, and `who`: the person of an entity."""
    with opened_truth(sample_home) as connection:
        yield connection


def counted(connection: duckdb.DuckDBPyConnection, indicator: str, dimension: str) -> dict[str, int]:
    """How many stand so, by the parts of a dimension, over all countries."""
    return dict(
        connection.sql(f"""
            select part, sum(people)::bigint from indicators
            where level = 'country' and status = 'yes' and indicator = '{indicator}' and dimension = '{dimension}'
            group by part
        """).fetchall()
    )


def test_children_without_income_security_are_as_many_as_there_are(truth: duckdb.DuckDBPyConnection) -> None:
    """By sex; of those whom any office but the civil registry and labour knows."""
    found = counted(truth, "unmet int.social_protection_floor@2012 children", "sex")
    true = dict(
        truth.sql(f"""
            select sex, count(*) from true_persons
            where death_date is null and birth_date + interval 18 years > {TODAY}
            and person_id in (select person_id from known where not starts_with(source, 'civil_registry')
                and source <> 'labour')
            and person_id not in (select person_id from true_events
                where kind in ('enrolment', 'attendance')
                and coalesce(end_date, {TODAY}) >= {TODAY} - interval 3 months)
            group by sex
        """).fetchall()
    )
    assert set(true) == {"female", "male"}
    for sex, people in true.items():
        assert found[sex] == pytest.approx(people, rel=WITHIN), sex


def test_indigenous_people_on_the_roll_are_as_many_as_there_are(truth: duckdb.DuckDBPyConnection) -> None:
    found = truth.sql("""
        select sum(people)::bigint from indicators
        where level = 'country' and indicator = 'linked' and dimension = 'ethnicity' and part = 'indigenous'
    """).fetchall()[0][0]
    ((true,),) = truth.sql("""
        select count(distinct person_id) from known join true_persons using (person_id)
        where source = 'social_development' and is_indigenous and death_date is null
    """).fetchall()
    assert true > 20
    assert found == pytest.approx(true, rel=WITHIN)


def test_nobody_is_called_a_migrant_who_was_born_here(truth: duckdb.DuckDBPyConnection) -> None:
    found = counted(truth, "linked", "migrant_status")["migrant"]
    ((true,),) = truth.sql(
        "select count(*) from true_persons where birth_country <> 'MX' and death_date is null and curp is not null"
    ).fetchall()
    assert 0 < found <= true, "a valid number alone tells of a birth abroad"


def test_referrals_name_records_of_the_institution_and_of_the_person(truth: duckdb.DuckDBPyConnection) -> None:
    ((foreign, rows),) = truth.sql("""
        select count(*) filter (where spine.entity_id is distinct from referrals.entity_id
            or spine.source <> referrals.source or listed.institution is distinct from referrals.institution), count(*)
        from referrals
        left join spine using (record_id)
        left join (select distinct source, institution from sources) as listed on listed.source = referrals.source
    """).fetchall()
    assert rows > 500
    assert foreign == 0


def test_who_is_referred_for_a_pension_has_none(truth: duckdb.DuckDBPyConnection) -> None:
    ((right, rows),) = truth.sql("""
        select count(*) filter (where person_id not in (
            select person_id from true_events where kind = 'enrolment' and detail = 'pension_mayores')), count(*)
        from (
            select distinct entity_id from referrals
            where kind = 'not_enrolled' and starts_with(programme, 'mx.pension_mayores')
        ) join who using (entity_id)
    """).fetchall()
    assert rows > 20
    assert right / rows >= 0.97
