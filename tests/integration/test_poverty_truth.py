"""Income, deprivations and lines of programmes, held against how the sample's people really live."""

from pathlib import Path

import duckdb
import pytest
from held_against_truth import LEAST, TODAY, quality

HOME = "true_memberships join true_households using (household_id)"
MINORS = f"""(
    select household_id, count(*) filter (birth_date + interval 18 years > {TODAY}) > 0 as has_minors
    from true_memberships join true_persons using (person_id) group by household_id
)"""
DEPRIVED = {
    "food": f"{HOME} join {MINORS} using (household_id) where food_insecurity >= if(has_minors, 4, 3)",
    "basic_services": f"{HOME} where missing_services >= 1",
    "housing_quality": f"{HOME} where poor_materials >= 1 or residents / rooms > 2.5",
}


def told_of(dimension: str) -> str:
    """The people of whom the registry tells something of a dimension, up to where a test says what."""
    return f"(select person_id from deprivations join who using (entity_id) where dimension = '{dimension}' and status "


@pytest.mark.parametrize("status", ["deprived", "not_deprived"])
@pytest.mark.parametrize("dimension", DEPRIVED)
def test_want_is_found_where_somebody_asked(truth: duckdb.DuckDBPyConnection, dimension: str, status: str) -> None:
    told = told_of(dimension)
    wanting = f"(select person_id from {DEPRIVED[dimension]})"
    precision, recall = quality(
        truth,
        f"from {told} = '{status}')",
        f"""select person_id from true_memberships where person_id in {told} <> 'unknown')
            and (person_id in {wanting}) = {status == "deprived"}""",
    )
    assert precision >= LEAST
    assert recall >= LEAST


SECURE = f"""(
    with insured as (
        select distinct person_id from true_events
        where kind = 'contribution' and coalesce(end_date, {TODAY}) >= {TODAY} - interval 3 months
    ), kin as (
        select
            person_id as one, unnest([mother_id, father_id]) as other,
            birth_date + interval 25 years > {TODAY} as is_young
        from true_persons
    ), together as (
        select own.person_id as one, others.person_id as other
        from true_memberships as own join true_memberships as others using (household_id)
    )
    from insured
    union
    select one from kin join insured on person_id = other where is_young
    union
    select other from kin join insured on person_id = one join together using (one, other)
    union
    select unnest([if(father_id in (from insured), mother_id, null), if(mother_id in (from insured), father_id, null)])
    from true_persons join together on one = father_id and other = mother_id
    union
    select person_id from true_events join true_persons using (person_id)
    where kind = 'enrolment' and detail = 'pension_mayores' and birth_date + interval 65 years <= {TODAY}
)"""
"""By own work, that of a parent until 25, of a child or the other parent in the same home, or by a social pension."""


def test_who_has_no_social_security_is_found(truth: duckdb.DuckDBPyConnection) -> None:
    told = told_of("social_security")
    precision, recall = quality(
        truth,
        f"from {told} = 'deprived')",
        f"""select person_id from true_persons
            where person_id in {told} <> 'unknown') and person_id not in (from {SECURE} where person_id is not null)""",
    )
    assert precision >= LEAST
    assert recall >= LEAST


CHILDREN = f"""
    select person_id, amount from true_events join true_persons using (person_id)
    where kind = 'answer' and detail = 'attends_school'
    and birth_date + interval 3 years <= {TODAY} and birth_date + interval 15 years > {TODAY}
"""


@pytest.mark.parametrize(("status", "attends"), [("deprived", 0), ("not_deprived", 1)])
def test_who_does_not_go_to_school_is_found(truth: duckdb.DuckDBPyConnection, status: str, attends: int) -> None:
    """Of the children whom somebody asked about, from 3 to 14: few do not go."""
    told = told_of("educational_lag")
    precision, recall = quality(
        truth,
        f"from {told} = '{status}') where person_id in (select person_id from ({CHILDREN}))",
        f"select person_id from ({CHILDREN}) where amount = {attends} and person_id in {told} <> 'unknown')",
        least=10,
    )
    assert precision >= LEAST
    assert recall >= LEAST


RIGHT = f"""(
    with insured as (
        select distinct person_id from true_events
        where kind = 'contribution' and coalesce(end_date, {TODAY}) >= {TODAY} - interval 8 weeks
    )
    from insured
    union
    select true_persons.person_id from true_persons join insured on insured.person_id in (mother_id, father_id)
    where birth_date + interval 25 years > {TODAY}
)"""
"""Who may use the insurance of their own work, or of a parent's until 25, whatever the household's members have."""


def test_who_has_no_right_to_a_health_service_is_found(truth: duckdb.DuckDBPyConnection, sample_home: Path) -> None:
    """Against what each one said, for one answer in a hundred is entered the wrong way round."""
    events = sample_home / "lake" / "standard" / "social_development.questionnaire" / "events.parquet"
    told = told_of("health_access")
    precision, recall = quality(
        truth,
        f"from {told} = 'deprived')",
        f"""select person_id from '{events}' join known using (record_id)
            where unit = 'without_health_access' and amount = 1 and person_id in {told} <> 'unknown')
            and person_id not in (from {RIGHT})""",
    )
    assert precision >= LEAST
    assert recall >= LEAST


def test_who_falls_within_the_line_of_the_score_is_found(truth: duckdb.DuckDBPyConnection) -> None:
    told = "(select person_id from targeting join who using (entity_id) where rule_id = 'poverty_score' and status "
    precision, recall = quality(
        truth,
        f"from {told} = 'within')",
        f"select person_id from {HOME} where poverty_score <= -0.358 and person_id in {told} <> 'unknown')",
    )
    assert precision >= LEAST
    assert recall >= LEAST


def test_declared_income_is_what_was_earned_or_the_half_that_some_declare(truth: duckdb.DuckDBPyConnection) -> None:
    ((right, half, all_),) = truth.sql(
        f"""
        select count(*) filter (abs(per_capita - household_income / residents) < 1),
            count(*) filter (abs(per_capita - household_income / residents / 2) < 1), count(*)
        from incomes_per_capita join who using (entity_id) join ({HOME}) using (person_id)
        where basis = 'declared' and household_income > 0
    """.replace(f"({HOME})", f"(from {HOME})")
    ).fetchall()
    assert all_ > 500
    assert (right + half) / all_ >= LEAST
    assert right / all_ >= 0.8


def test_administrative_income_is_told_to_be_a_part(truth: duckdb.DuckDBPyConnection) -> None:
    """Of nobody does it pass for the whole: the members of whom no source tells are counted."""
    ((too_many, some),) = truth.sql("""
        select count(*) filter (members_told > members), count(*) filter (members_told < members)
        from incomes_per_capita where basis = 'administrative'
    """).fetchall()
    assert too_many == 0
    assert some > 100
