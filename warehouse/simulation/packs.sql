-- What one pack, taken to be in force, gives to whom: rules and programme_codes hold that pack alone.
with today as (
    select max(as_of_date) as today from deliveries
), people as (
    select entity_id, birth_date as born, sex
    from residences
    where death_date is null and (country = {country} or {country} = 'INT')
), homes as (
    select entity_id, any_value(household_id) as household_id from household_members where grouping = 'combined' group by entity_id
), enrolled as (
    select distinct entity_id
    from person_events
    join programme_codes on code = person_events.programme, today
    where kind = 'enrolment' and entity_id is not null and coalesce(end_date >= today, true)
), eldest as (
    select people.entity_id, min(born) over (partition by coalesce(household_id, people.entity_id)) as eldest_born
    from people
    left join homes on homes.entity_id = people.entity_id
), conditions as (
    select * exclude (status) from rules where kind = 'eligibility'
), held as (
    select
        people.entity_id, conditions.rule_id,
        case
            when metric = 'age' and unit = 'household' then case comparator when 'at_least' then date_sub('year', eldest_born, today) >= threshold end
            when metric = 'age' and born is null then null
            when metric = 'age' then coalesce(born + to_years(age_min) <= today, true) and coalesce(born + to_years(age_max_exclusive) > today, true)
                and case comparator
                    when 'at_least' then date_sub('year', born, today) >= threshold
                    when 'above' then date_sub('year', born, today) > threshold
                    when 'at_most' then date_sub('year', born, today) <= threshold
                    when 'below' then date_sub('year', born, today) < threshold
                    else date_sub('year', born, today) = threshold
                end
            else case targeted.status when 'within' then true when 'outside' then false end
        end as is_held
    from people
    join eldest using (entity_id)
    cross join conditions
    cross join today
    left join (select entity_id, rule_id, status from ({targeting})) as targeted on targeted.entity_id = people.entity_id and targeted.rule_id = conditions.rule_id
), judged as (
    select
        people.entity_id, household_id, born, sex,
        case
            when (select count(*) from conditions) = 0 then if(enrolled.entity_id is null, 'outside', 'within')
            when all_held then 'within'
            when none_failed then 'unknown'
            else 'outside'
        end as outcome
    from people
    left join homes using (entity_id)
    left join enrolled using (entity_id)
    left join (
        select entity_id, count(*) filter (is_held) = count(*) as all_held, count(*) filter (not is_held) = 0 as none_failed
        from held group by entity_id
    ) using (entity_id)
), entitled as (
    select *, coalesce(household_id, entity_id) as home from judged where outcome = 'within'
), amounts as (
    select * exclude (sex), sex as bound_sex, threshold / coalesce(period_months, 1) as monthly from rules where kind = 'benefit' and metric = 'benefit_amount'
), of_age as (
    select
        home, entity_id, unit, monthly, nth,
        row_number() over (partition by home, rule_id order by born, entity_id) as place
    from entitled
    cross join amounts
    cross join today
    where comparator = 'equals' and coalesce(sex = bound_sex, bound_sex is null)
    and (age_min is null or born + to_years(age_min) <= today) and (age_max_exclusive is null or born + to_years(age_max_exclusive) > today)
), added as (
    select home, sum(monthly) as monthly
    from of_age
    where place = coalesce(nth, if(unit = 'household', 1, place))
    group by home
), bounds as (
    select max(monthly) filter (comparator = 'at_least') as least, min(monthly) filter (comparator = 'at_most') as most from amounts
), paid as (
    select home, count(*) as members, least(greatest(coalesce(any_value(monthly), 0), coalesce(any_value(least), 0)), coalesce(any_value(most), 'infinity'::double)) as monthly
    from entitled
    left join added using (home), bounds
    group by home
)
select
    judged.entity_id, judged.outcome,
    case
        when (select count(*) from amounts) = 0 then null
        when judged.outcome = 'within' then monthly / members
        else 0
    end as monthly
from judged
left join paid on paid.home = coalesce(household_id, entity_id) and judged.outcome = 'within'
