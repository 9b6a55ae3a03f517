-- Programmes whose conditions are ages and lines of income, score or deprivations: who is eligible and not enrolled, and who
-- is enrolled and not eligible. Where a condition is not known to hold or not to hold, nobody is told to be the one or the other.
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
    join codes on codes.code = person_events.programme, today
    where kind = 'enrolment' and entity_id is not null and coalesce(start_date <= today, true) and coalesce(end_date >= today, true)
), enrolled_homes as (
    -- with how many others of the home that was asked a person is enrolled
    select entity_id, programme, version, count(*) over (partition by household_key, programme, version) - 1 as others
    from enrolled
    join told_homes using (entity_id)
    where source in (select source from listed_sources where kind = 'answer')
), whole_homes as (
    select programme, version from enrolled_homes group by programme, version having max(others) > 0
), alone as (
    -- Where a programme enrols whole homes, one who is enrolled alone may be so with another home than the one asked.
    select entity_id, programme, version
    from enrolled
    join whole_homes using (programme, version)
    left join enrolled_homes using (entity_id, programme, version)
    group by entity_id, programme, version
    having coalesce(max(others), 0) = 0
), people as (
    -- of whom the year of birth alone is known was born between two days
    select entity_id, coalesce(birth_date, make_date(birth_year, 1, 1)) as born, coalesce(birth_date, make_date(birth_year, 12, 31)) as born_by
    from golden_persons
    where death_date is null
), homes as (
    select
        people.*, min(born_by) over home as eldest_born_by, min(born) over home as eldest_born,
        household_id is not null and not bool_or(born is null) over home as is_home_known
    from people
    left join household_members on household_members.entity_id = people.entity_id and grouping = 'combined'
    window home as (partition by coalesce(household_id, people.entity_id))
), drawn as (
    select
        entity_id, programme, version,
        case when bool_or(status = 'outside') then false when bool_and(status = 'within') then true end as is_within,
        bool_or(status = 'outside' and unit = 'person') as is_outside_alone,
        string_agg(distinct reason, '; ' order by reason) filter (status = 'outside') as outside_reason,
        string_agg(distinct reason, '; ' order by reason) filter (status = 'unknown') as unknown_reason
    from targeting
    join (select programme, version, rule_id, unit from conditions) using (programme, version, rule_id)
    where kind = 'eligibility'
    group by entity_id, programme, version
), held as (
    select
        entity_id, programme, version, enrolled.entity_id is not null as is_enrolled, coalesce(is_seen, false) as is_seen, is_verified, citation,
        outside_reason, unknown_reason,
        coalesce(alone.entity_id is not null and not is_within and not is_outside_alone, false) as is_of_another_home,
        case
            when age_min is null or (born_by + to_years(age_min) <= today and coalesce(born + to_years(age_max_exclusive) > today, true)) then true
            when born + to_years(age_min) > today or born_by + to_years(age_max_exclusive) <= today then false
        end as is_of_age,
        case
            when elders_age is null or eldest_born_by + to_years(elders_age::integer) <= today then true
            when is_home_known and eldest_born + to_years(elders_age::integer) > today then false
        end as has_elder,
        not has_line or case when is_of_another_home then null else is_within end as is_in_line
    from homes
    cross join (select distinct programme, version from codes) as offered
    join programmes_judged using (programme, version)
    cross join today
    left join enrolled using (entity_id, programme, version)
    left join drawn using (entity_id, programme, version)
    left join alone using (entity_id, programme, version)
    left join seen using (entity_id)
), judged as (
    select *, is_of_age and has_elder and is_in_line as is_eligible from held
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
    case
        when is_eligible and is_enrolled then 'all conditions are known to hold'
        when is_eligible and is_seen then 'all conditions are known to hold, and no enrolment is on record'
        when is_eligible then 'all conditions are known to hold, and no office but the civil registry has seen the person in ten years'
        when not is_of_age then 'the age is another than the programme asks'
        when not has_elder then 'nobody in the home is as old as the programme asks'
        when not is_in_line then outside_reason
        else concat_ws(
            '; ', if(is_of_age is null, 'no source tells the date of birth', null),
            if(has_elder is null, 'whether anybody in the home is old enough is not known', null),
            if(is_of_another_home, 'nobody else of the home that was asked is enrolled: the person may have left it', null),
            if(is_in_line is null and not is_of_another_home, coalesce(unknown_reason, 'no source tells what the line is about'), null)
        )
    end as reason,
    if(is_enrolled and not is_eligible, 'review', null) as flag,
    if(is_verified, 'verified', 'unverified') as rule_status, citation
from judged
where is_enrolled or is_eligible
