-- Programmes whose conditions are ages and lines of income, score or deprivations: who is eligible and not enrolled, and who
-- is enrolled and not eligible. Where a line is not known to hold or not to hold, nobody is told to be the one or the other.
with today as (
    select max(as_of_date) as today from deliveries
), conditions as (
    select
        *, metric = 'age' and unit = 'person' and age_min is not null as is_age, metric = 'age' and unit = 'household' and comparator = 'at_least' as is_elders,
        metric in ('income_per_capita', 'poverty_score', 'deprivations') as is_line
    from rules, today
    where kind = 'eligibility' and coalesce(valid_from <= today, true) and coalesce(valid_to >= today, true)
), programmes_judged as (
    select
        programme, version, max(age_min) filter (is_age) as age_min, min(age_max_exclusive) filter (is_age) as age_max_exclusive,
        max(threshold) filter (is_elders) as elders_age, bool_or(is_line) as has_line, bool_and(status = 'verified') as is_verified,
        string_agg(distinct citation, '; ' order by citation) as citation
    from conditions
    group by programme, version
    having bool_and(is_age or is_elders or is_line)
), codes as (
    select programme, version, code from programme_codes join programmes_judged using (programme, version)
    where code in (select programme from person_events where kind = 'enrolment')
), enrolled as (
    select distinct entity_id, codes.programme, codes.version
    from person_events
    join codes on codes.code = person_events.programme
    where kind = 'enrolment' and entity_id is not null and coalesce(end_date >= (select today from today), true)
), people as (
    select entity_id, coalesce(birth_date, make_date(birth_year, 7, 1)) as born from golden_persons where death_date is null
), homes as (
    select people.entity_id, min(born) over (partition by coalesce(household_id, people.entity_id)) as eldest_born, household_id is not null as has_home
    from people
    left join household_members on household_members.entity_id = people.entity_id and grouping = 'combined'
), drawn as (
    select
        entity_id, programme, version,
        case when bool_or(status = 'outside') then false when bool_and(status = 'within') then true end as is_within
    from targeting
    where kind = 'eligibility'
    group by entity_id, programme, version
), judged as (
    select
        entity_id, programme, version, enrolled.entity_id is not null as is_enrolled, coalesce(is_seen, false) as is_seen, is_verified, citation,
        case when age_min is null then true else born + to_years(age_min) <= today and coalesce(born + to_years(age_max_exclusive) > today, true) end
        and case
            when elders_age is null or eldest_born + to_years(elders_age::integer) <= today then true
            when has_home then false
        end
        and (not has_line or is_within) as is_eligible
    from people
    join homes using (entity_id)
    cross join (select distinct programme, version from codes) as offered
    join programmes_judged using (programme, version)
    cross join today
    left join enrolled using (entity_id, programme, version)
    left join drawn using (entity_id, programme, version)
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
where is_enrolled or is_eligible
