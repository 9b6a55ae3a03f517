-- Programmes whose conditions are ages alone: who is eligible and not enrolled, and who is enrolled and not eligible.
with today as (
    select max(as_of_date) as today from deliveries
), programmes_by_age as (
    select programme, version, min(status) = 'verified' and max(status) = 'verified' as is_verified, string_agg(distinct citation, '; ') as citation
    from rules
    where kind = 'eligibility' and coalesce(valid_from <= (select today from today), true) and coalesce(valid_to >= (select today from today), true)
    group by programme, version
    having bool_and(metric = 'age' and age_min is not null)
), conditions as (
    select programme, version, max(age_min) as age_min, min(age_max_exclusive) as age_max_exclusive
    from rules
    join programmes_by_age using (programme, version)
    where kind = 'eligibility'
    group by programme, version
), codes as (
    select programme, version, code from programme_codes join conditions using (programme, version)
    where code in (select programme from person_events where kind = 'enrolment')
), enrolled as (
    select distinct entity_id, codes.programme, codes.version
    from person_events
    join codes on codes.code = person_events.programme
    where kind = 'enrolment' and entity_id is not null and coalesce(end_date >= (select today from today), true)
), judged as (
    select
        entity_id, programme, version, enrolled.entity_id is not null as is_enrolled,
        born + to_years(age_min) <= today and coalesce(born + to_years(age_max_exclusive) > today, true) as is_eligible,
        coalesce(last_seen >= today - interval 10 years, false) as is_seen
    from (
        select entity_id, coalesce(birth_date, make_date(birth_year, 7, 1)) as born from golden_persons where death_date is null
    ) as people
    cross join (select distinct programme, version from codes) as offered
    join conditions using (programme, version)
    cross join today
    left join enrolled using (entity_id, programme, version)
    left join seen using (entity_id)
)
select
    entity_id, programme, version,
    case
        when is_enrolled and is_eligible then 'eligible_enrolled'
        when is_enrolled and is_eligible is null then 'enrolled_eligibility_unknown'
        when is_enrolled then 'enrolled_not_eligible'
        when is_seen then 'eligible_not_enrolled'
        else 'eligible_not_seen'
    end as status,
    if(is_enrolled and not is_eligible, 'review', null) as flag,
    if(is_verified, 'verified', 'unverified') as rule_status, citation
from judged
join programmes_by_age using (programme, version)
where is_enrolled or is_eligible
