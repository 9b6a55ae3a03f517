-- What each person of working age can do, has and seeks, beside the poverty score: for employment services to find those
-- who draw transfers. What nobody tells is null, and named.
with heard as materialized (
    from answered
), today as (
    select max(as_of_date) as today, date_trunc('month', max(as_of_date))::date as month_start from deliveries
), people as (
    select
        entity_id, nullif(occupation, '') as occupation, education_level, country,
        date_sub('year', coalesce(birth_date, make_date(birth_year, 7, 1)), today) as age
    from residences, today
    where death_date is null
), jobs as (
    select entity_id, max(amount) as wage, arg_max(currency, amount) as currency
    from person_events, today
    where kind = 'work' and entity_id is not null and start_date <= today and coalesce(end_date >= month_start, true)
    group by entity_id
), insured as (
    select distinct entity_id
    from person_events, today
    where kind = 'contribution' and entity_id is not null and start_date <= today and coalesce(end_date >= month_start, true)
), enrolled as (
    select entity_id, list_sort(list(distinct programme)) as programmes
    from person_events, today
    where kind = 'enrolment' and entity_id is not null and coalesce(end_date >= today, true)
    group by entity_id
), told as (
    select
        entity_id,
        max(answer >= 1) filter (question = 'trained') as is_trained,
        max(answer) filter (question = 'assets') as assets,
        max(answer >= 1) filter (question = 'seeks_work') as seeks_work,
        max(answer >= 1) filter (question = 'rural') as is_rural,
        max(answer) filter (question = 'poverty_score') as poverty_score,
        max(told_on) as told_on
    from heard
    group by entity_id
), minimum as (
    select country, currency, monthly, status, citation
    from minimum_wages, today
    where valid_from <= today
    qualify row_number() over (partition by country order by valid_from desc) = 1
), isco as (
    select code, label from code_lists where code_list = 'isco_08'
), isced as (
    select code, label from code_lists where code_list = 'isced_2011'
), profiles as (
    select
        people.*, told.* exclude (entity_id), wage, round(wage / monthly, 3) as minimum_wage_ratio, coalesce(programmes, []) as programmes,
        if(jobs.entity_id is not null or insured.entity_id is not null, true, null) as is_at_work, minimum.status, minimum.citation,
        isco.label as occupation_title, major.label as occupation_group, isced.label as education_title
    from people
    left join isco on isco.code = people.occupation
    left join isco as major on major.code = people.occupation[1]
    left join isced on isced.code = people.education_level
    left join told using (entity_id)
    left join jobs using (entity_id)
    left join insured using (entity_id)
    left join enrolled using (entity_id)
    left join minimum on minimum.country = people.country and minimum.currency = jobs.currency
    where age between 15 and 69
)
select
    entity_id, is_at_work, occupation, occupation_title, occupation_group, education_level, education_title, is_trained, assets, seeks_work, is_rural,
    case
        when is_at_work and (occupation[1] = '6' or is_rural) then true
        when is_at_work and occupation is not null and not is_rural then false
    end as is_rural_worker,
    minimum_wage_ratio, poverty_score, programmes,
    len(programmes) > 0 and coalesce(seeks_work, false) and is_at_work is null as is_for_employment_service,
    list_filter([
        if(is_at_work is null, 'work', null), if(occupation is null, 'occupation', null), if(education_level is null, 'education', null),
        if(is_trained is null, 'training', null), if(assets is null, 'assets', null), if(seeks_work is null, 'job_search', null),
        if(is_rural is null, 'area', null), if(poverty_score is null, 'poverty_score', null)
    ], lambda part: part is not null) as unknown,
    told_on, status as rule_status, citation
from profiles
