"""What the sectors see together, held against what really happened to the sample's people."""

import duckdb
import pytest
from held_against_truth import LEAST, TODAY, quality


@pytest.mark.parametrize("status", ["compliant", "non_compliant"])
def test_compliance_is_what_happened_where_it_was_reported(truth: duckdb.DuckDBPyConnection, status: str) -> None:
    precision, recall = quality(
        truth,
        f"""select person_id, period from compliance join who using (entity_id)
            where rule_id = 'attendance_6_17' and status = '{status}'""",
        f"""select person_id, period
            from true_persons
            join (
                select person_id, min(start_date) as since from true_events
                where kind = 'enrolment' and detail = 'familias' group by person_id
            ) using (person_id)
            join (select person_id, period, amount, (period || '-01')::date as month from true_events
                where kind = 'attendance') using (person_id)
            join reported using (person_id, period)
            where month >= since + interval 2 months and birth_date + interval 6 years <= month
            and birth_date + interval 18 years > last_day(month) and (amount >= 0.85) = {status == "compliant"}""",
    )
    assert precision >= LEAST
    assert recall >= LEAST


def test_what_was_not_reported_is_held_against_nobody(truth: duckdb.DuckDBPyConnection) -> None:
    ((judged, silent),) = truth.sql("""
        select count(*) filter (where status = 'non_compliant' and evidence_count = 0),
            count(*) filter (where status = 'not_reported')
        from compliance
    """).fetchall()
    assert judged == 0, "no source of the sample that a co-responsibility needs is declared complete"
    assert silent > 0


ANSWERS = {
    "children": ("interval 18 years", "'enrolment', 'attendance'"),
    "older_persons": ("interval 65 years", "'enrolment', 'contribution'"),
}


@pytest.mark.parametrize("guarantee", ANSWERS)
def test_gaps_are_those_that_there_are(truth: duckdb.DuckDBPyConnection, guarantee: str) -> None:
    """Of the living whom any office but the civil registry knows; all that might know is complete.

    Labour does not deliver for this purpose.
    """
    age, kinds = ANSWERS[guarantee]
    precision, recall = quality(
        truth,
        f"""select person_id from coverage_gaps join who using (entity_id)
            where guarantee = '{guarantee}' and status = 'unmet'""",
        f"""select person_id from true_persons
            where death_date is null and (birth_date + {age} > {TODAY}) = {guarantee == "children"}
            and person_id in (select person_id from known where not starts_with(source, 'civil_registry')
                and source <> 'labour')
            and person_id not in (select person_id from true_events
                where kind in ({kinds}) and coalesce(end_date, {TODAY}) >= {TODAY} - interval 3 months)""",
    )
    assert precision >= LEAST
    assert recall >= LEAST


STAYED = """(
    select person_id
    from true_memberships join who using (person_id) join source_records using (entity_id)
    where contract_id = 'social_development.beneficiaries'
    group by person_id having coalesce(max(updated_date) >= max(moved_date), true)
)"""
"""Who has not moved since the office that knows the score saw them last: it has the others in the home before."""


@pytest.mark.parametrize("status", ["eligible_not_enrolled", "eligible_enrolled"])
def test_who_is_poor_and_gets_nothing_is_found(truth: duckdb.DuckDBPyConnection, status: str) -> None:
    """Of those whose home has a score; the roll of enrolments is complete."""
    precision, recall = quality(
        truth,
        f"""select person_id from eligibility join who using (entity_id)
            where status = '{status}' and programme = 'mx.familias' and person_id in {STAYED}""",
        f"""select person_id from true_memberships join true_households using (household_id)
            where person_id in {STAYED} and poverty_score <= -0.358 and person_id in (
                select person_id from targeting join who using (entity_id)
                where rule_id = 'poverty_score' and status <> 'unknown')
            and (person_id in (select person_id from true_events where kind = 'enrolment' and detail = 'familias'))
                = {status == "eligible_enrolled"}""",
    )
    assert precision >= LEAST
    assert recall >= LEAST


def test_who_draws_what_the_home_is_not_poor_enough_for_is_found(each_truth: duckdb.DuckDBPyConnection) -> None:
    """Of those of whom the registry says one or the other; nobody is flagged in vain, wherever they have moved."""
    told = "(select person_id from eligibility join who using (entity_id) where programme = 'mx.familias' and status "
    drawing = """select person_id from true_memberships join true_households using (household_id)
        where poverty_score > -0.358 and person_id in (
            select person_id from true_events where kind = 'enrolment' and detail = 'familias')"""
    found, known = f"from {told} = 'enrolled_not_eligible')", f"not in {told} = 'enrolled_eligibility_unknown')"
    precision, _ = quality(each_truth, found, drawing)
    _, recall = quality(each_truth, found, f"{drawing} and person_id {known} and person_id in {STAYED}")
    assert precision >= LEAST
    assert recall >= LEAST
    _, told_of_all = quality(each_truth, found, drawing)
    assert told_of_all >= 0.5, "the registry says hardly anything"


def test_who_is_eligible_and_not_enrolled_is_found(truth: duckdb.DuckDBPyConnection) -> None:
    precision, recall = quality(
        truth,
        """select person_id from eligibility join who using (entity_id)
            where status = 'eligible_not_enrolled' and programme = 'mx.pension_mayores'""",
        f"""select person_id from true_persons
            where death_date is null and birth_date + interval 65 years <= {TODAY}
            and person_id in (select person_id from known where not starts_with(source, 'civil_registry')
                and source <> 'labour')
            and person_id not in (select person_id from true_events
                where kind = 'enrolment' and detail = 'pension_mayores')""",
    )
    assert precision >= LEAST
    assert recall >= LEAST


def test_periods_are_added_up_for_those_who_worked_abroad(truth: duckdb.DuckDBPyConnection) -> None:
    """Who has contributed in two States; the days of each are the true ones, the overlaps taken once."""
    precision, recall = quality(
        truth,
        """select distinct person_id, country from portability join who using (entity_id)
            where agreement = 'sample_country'""",
        """select distinct person_id, country from true_events
            where kind = 'contribution' and person_id in (
                select person_id from true_events where kind = 'contribution' group by person_id
                having count(distinct country) > 1)""",
    )
    assert precision >= LEAST
    assert recall >= LEAST


def test_informal_work_is_what_nobody_contributes_for(truth: duckdb.DuckDBPyConnection) -> None:
    """Of those whose job the labour ministry knows."""
    precision, recall = quality(
        truth,
        "select person_id from informality join who using (entity_id) where status = 'informal'",
        f"""select person_id from true_events
            where kind = 'work' and country = 'MX' and start_date <= {TODAY}
            and coalesce(end_date, {TODAY}) >= date '2026-10-01'
            and person_id in (select person_id from informality join who using (entity_id) where job_count > 0)
            and person_id not in (select person_id from true_events
                where kind = 'contribution' and coalesce(end_date, {TODAY}) >= date '2026-09-01')
            and person_id not in (select person_id from informality join who using (entity_id)
                where work_relationship = 'own_account' and pays_tax)""",
    )
    assert precision >= LEAST
    assert recall >= LEAST


def test_payments_after_death_are_found(truth: duckdb.DuckDBPyConnection) -> None:
    """Of those whose death is in the books."""
    found = truth.sql("""
        select distinct person_id from concurrences join who using (entity_id) where kind = 'paid_after_death'
    """).fetchall()
    true = truth.sql("""
        select distinct person_id from true_events join true_persons using (person_id)
        where kind = 'benefit' and start_date > death_date
        and person_id in (select person_id from known where source = 'civil_registry_deaths')
    """).fetchall()
    assert len(true) > 5
    assert len(set(found) & set(true)) / len(found) >= LEAST
    assert len(set(found) & set(true)) / len(true) >= LEAST


def test_benefits_that_a_rule_keeps_apart_are_found(truth: duckdb.DuckDBPyConnection) -> None:
    """The roll of enrolments is complete."""
    precision, recall = quality(
        truth,
        """select person_id from concurrences join who using (entity_id)
            where kind = 'incompatible' and subject = 'discapacidad and familias'""",
        """select person_id from true_events where kind = 'enrolment' and detail = 'familias' intersect
            select person_id from true_events where kind = 'enrolment' and detail = 'discapacidad'""",
    )
    assert precision >= LEAST
    assert recall >= LEAST


BOTH = {"alimentos": "canasta_basica", "pension_mayores": "complemento_vejez"}
"""What the nation and the regions give for one risk."""


def test_benefits_for_one_risk_of_nation_and_region_are_found(each_truth: duckdb.DuckDBPyConnection) -> None:
    """Both rolls of enrolments are complete."""
    precision, recall = quality(
        each_truth,
        "select person_id, subject from concurrences join who using (entity_id) where kind = 'same_benefit_elsewhere'",
        " union all ".join(
            f"""select person_id, 'risk {risk}: regional_welfare.{regional} and social_development.{national}'
                from true_events as one join true_events as other using (person_id)
                where one.detail = '{national}' and other.detail = '{regional}'
                and one.start_date <= coalesce(other.end_date, {TODAY})"""
            for (national, regional), risk in zip(BOTH.items(), (13, 1), strict=True)
        ),
    )
    assert precision >= LEAST
    assert recall >= LEAST


def test_homes_in_which_two_rolls_put_a_person_are_found(each_truth: duckdb.DuckDBPyConnection) -> None:
    """Who lived in two homes where the rolls wrote them down, and whose companions of one the other roll knows too."""
    precision, recall = quality(
        each_truth,
        "select person_id from concurrences join who using (entity_id) where kind = 'households_differ'",
        """with housed as (
                select person_id, source, household_id from true_homes join known using (source, record_key)
            ), beside as (
                select distinct one.*, other.person_id as companion from housed as one
                join housed as other using (source, household_id) where one.person_id <> other.person_id
            )
            select distinct one.person_id from beside as one join beside as other using (person_id)
            where one.source <> other.source and one.household_id <> other.household_id
            and (one.companion, other.source) in (select (person_id, source) from housed)
            and one.person_id not in (select person_id from beside as one join beside as other
                using (person_id, companion) where one.source <> other.source)
            and one.person_id not in (select person_id from housed as one join housed as other
                using (person_id, household_id) where one.source <> other.source)""",
        least=4,
    )
    assert precision >= LEAST
    assert recall >= LEAST


def test_births_that_check_ups_expect_are_found(truth: duckdb.DuckDBPyConnection) -> None:
    """Of women whom the health ministry's roll holds; one check-up in twenty is never recorded."""
    visits = f"""
        select person_id, max(start_date) as seen_on, max(end_date) as expected_on from true_events
        where kind = 'checkup' and end_date is not null group by person_id
        having expected_on > {TODAY} and expected_on <= {TODAY} + interval 6 months
    """
    precision, recall = quality(
        truth,
        "select person_id from transitions join who using (entity_id) where transition = 'birth'",
        f"""select person_id from ({visits}) join true_persons using (person_id)
            where death_date is null
            and person_id in (
                select person_id from known join checkups using (record_id) where service = 'control_prenatal')
            and person_id not in (
                select mother_id from true_persons as child join ({visits}) as mother on mother.person_id = mother_id
                where child.birth_date >= seen_on)""",
        least=5,
    )
    assert precision >= LEAST
    assert recall >= LEAST
