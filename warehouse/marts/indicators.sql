-- How many people stand how, by territory and by group, each indicator with yes and no alone: with three ways to stand,
-- two that are many would give away a third that is few. A person of whom a fact of the group is not known counts as
-- unknown there, so that the parts of a dimension add up to all. linked, identified and in_review tell of the registry
-- itself: where they differ between groups, so does the worth of what is said of them.
with today as (
    select max(as_of_date) as today, coalesce(strftime(max(as_of_date), '%Y-%m'), 'undated') as period from deliveries
), movers as (
    select entity_id from person_events where kind = 'migration' and entity_id is not null
    union
    select entity_id
    from record_identifiers
    join (select record_id, entity_id from linked_spine) as spine using (record_id)
    where is_valid and scheme = 'mx.curp' and substr(identifier_std, 12, 2) = 'NE'  -- nacido en el extranjero
), people as (
    select
        entity_id, coalesce(residences.country, 'unknown') as country, coalesce(region, coalesce(residences.country, 'no country') || ' unknown') as region,
        coalesce(municipality, coalesce(region, residences.country, 'no country') || ' municipality unknown') as municipality,
        coalesce(sex, 'unknown') as sex, coalesce(disability, 'unknown') as disability,
        coalesce(ethnicity, if(language = 'indigenous', 'indigenous', 'unknown')) as ethnicity,
        case
            when movers.entity_id is not null then 'migrant'
            when birth_places.country is null then 'unknown'
            when birth_places.country = residences.country or residences.country is null then 'native'
            else 'migrant'
        end as migrant_status,
        case
            when birth_year is null then 'unknown'
            when age < 6 then '0-5' when age < 18 then '6-17' when age < 30 then '18-29' when age < 65 then '30-64' else '65+'
        end as age
    from (
        select *, date_diff('year', coalesce(birth_date, make_date(birth_year, 7, 1)), today.today)
            - (strftime(today.today, '%m%d') < strftime(coalesce(birth_date, make_date(birth_year, 7, 1)), '%m%d'))::integer as age
        from residences, today
        where death_date is null
    ) as residences
    left join movers using (entity_id)
    left join (select code as birth_place, coalesce(country, code) as country from listed_territories) as birth_places using (birth_place)
), reviewed as (
    select distinct entity_id from linked_spine semi join (
        select record_id_l as record_id from review_queue union select record_id_r from review_queue
    ) as waiting using (record_id)
), identified as (
    select distinct entity_id
    from record_identifiers
    join (select record_id, entity_id from linked_spine) as spine using (record_id)
    where is_valid and not starts_with(scheme, 'local.')
), facts as (
    select entity_id, 'unmet ' || programme || '@' || version || ' ' || guarantee as indicator, null as period, if(status = 'unmet', 'yes', 'no') as status
    from coverage_gaps
    where status <> 'unknown'
    union all
    select entity_id, 'not known ' || programme || '@' || version || ' ' || guarantee, null, if(status = 'unknown', 'yes', 'no') from coverage_gaps
    union all
    select entity_id, 'not enrolled ' || programme || '@' || version, null, if(status = 'eligible_enrolled', 'no', 'yes')
    from eligibility
    where status in ('eligible_enrolled', 'eligible_not_enrolled')
    union all
    select entity_id, 'not compliant ' || programme || '@' || version || ' ' || rule_id, period, if(status = 'compliant', 'no', 'yes')
    from compliance
    where status in ('compliant', 'non_compliant')
    union all
    select entity_id, 'not reported ' || programme || '@' || version || ' ' || rule_id, period, if(status = 'not_reported', 'yes', 'no')
    from compliance
    where status in ('compliant', 'non_compliant', 'not_reported')
    union all
    select entity_id, 'informal', null, if(status = 'informal', 'yes', 'no') from informality where status in ('formal', 'informal')
    union all
    select entity_id, 'enrolled', null, if(entity_id in (
        select entity_id from person_events, today where kind = 'enrolment' and entity_id is not null and coalesce(end_date >= today, true)
    ), 'yes', 'no')
    from people
    union all
    select entity_id, 'linked', null, if(source_count > 1, 'yes', 'no') from golden_persons
    union all
    select entity_id, 'identified', null, if(entity_id in (select entity_id from identified), 'yes', 'no') from people
    union all
    select entity_id, 'in_review', null, if(entity_id in (select entity_id from reviewed), 'yes', 'no') from people
), crossed as (
    select
        indicator, coalesce(facts.period, today.period) as period, status, country, region, sex, age, ethnicity, disability, migrant_status, count(*) as people
    from facts
    join people using (entity_id), today
    group by all
), placed as (
    select indicator, today.period, status, region, municipality, sex, count(*) as people
    from facts
    join people using (entity_id), today
    where facts.period is null
    group by all
), cells as (
    select indicator, period, status, level, territory, "within", dimension, part, sum(people) as people
    from (
        select
            indicator, period, status, people, unnest(['country', 'region']) as level, unnest([country, region]) as territory,
            country as "within", parts
        from (select *, [
            {'name': 'all', 'part': 'all'}, {'name': 'sex', 'part': sex}, {'name': 'age', 'part': age}, {'name': 'ethnicity', 'part': ethnicity},
            {'name': 'disability', 'part': disability}, {'name': 'migrant_status', 'part': migrant_status}
        ] as parts from crossed)
    ) as territories, lateral (select told.name as dimension, told.part as part from (select unnest(parts) as told))
    group by all
    union all
    select indicator, period, status, 'municipality', municipality, region, dimension, part, sum(people)
    from (select *, unnest(['all', 'sex']) as dimension, unnest(['all', sex]) as part from placed)
    group by all
)
select
    indicator, period, level, territory, "within", dimension, part, status, people::bigint as people,
    round(people / sum(people) over (partition by indicator, period, territory, dimension, part), 6) as share
from cells
union all
select indicator, period, level, territory, "within", dimension, part, status, people, share
from indicators_before, (select period as this_period from today)
where indicators_before.period < this_period and (indicator, indicators_before.period) not in (select (indicator, period) from crossed)
