-- Each dimension of deprivation of each living person of the country whose method it is. What no source tells is
-- unknown: never 'not deprived'. Silence tells only where a complete source covers the person's territory.
with heard as materialized (
    from answered
), today as (
    select max(as_of_date) as today from deliveries
), asked as (
    select
        programme, version, rule_id, country, coalesce(dimension, rule_id) as dimension, age_min, age_max_exclusive, minors, metric, comparator,
        threshold, status as rule_status, citation
    from rules, today
    where kind = 'deprivation' and coalesce(valid_from <= today, true) and coalesce(valid_to >= today, true)
), dimensions as (
    select
        programme, version, dimension, if(bool_and(rule_status = 'verified'), 'verified', 'unverified') as rule_status,
        string_agg(distinct citation, '; ' order by citation) as citation
    from asked
    group by programme, version, dimension
), residents as (
    select household_id, entity_id from household_members where grouping = 'combined'
), homes as (
    select household_id, bool_or(coalesce(birth_date, make_date(birth_year, 7, 1)) + interval 18 years > today) as has_minors
    from household_members
    join golden_persons using (entity_id), today
    where grouping = 'combined'
    group by household_id
), people as (
    select
        persons.entity_id, coalesce(birth_date, make_date(birth_year, 7, 1)) as born, country, region, municipality,
        -- The level completed: of one that was completed in part, the level below.
        try_cast(education_level[1] as integer) - if(education_level in ('242', '252', '342', '352'), 1, 0) as schooling,
        has_minors, coalesce(is_seen, false) as is_seen
    from residences as persons
    left join residents using (entity_id)
    left join homes using (household_id)
    left join seen using (entity_id), today
    where death_date is null and country in (select country from asked)
), silent as (
    select entity_id, answer
    from people
    join silences on silences.country is not distinct from people.country and silences.region is not distinct from people.region
        and silences.municipality is not distinct from people.municipality
    where is_seen and purpose = 'poverty' and answer in ('contribution', 'known_to_education')
), insured as (
    select entity_id, list_sort(list(distinct source)) as sources, max(as_of_date) as told_on, max(coalesce(end_date, today)) as insured_until
    from person_events, today
    where kind = 'contribution' and entity_id is not null
    and coalesce(end_date, today) >= today - interval 3 months and coalesce(start_date, today) <= today
    group by entity_id
), parents as (
    select entity_id as child, related_entity_id as parent, born + interval 25 years > today as is_dependent
    from relationships join (select entity_id, born from people) using (entity_id), today
), kin as (
    -- Who is insured through whom: parents through a child, and one parent through the other, where they share a home
    -- (as Mexico's Ley del Seguro Social asks in article 84); a child until 25 through a parent, wherever it lives.
    select child as entity_id, parent as insurer, false as asks_home from parents where is_dependent
    union all
    select parent, child, true from parents
    union all
    select other.parent, one.parent, true
    from parents as one
    join parents as other on one.child = other.child and one.parent <> other.parent
), covered as (
    select kin.entity_id, sources, told_on, insured_until, not asks_home or coalesce(own.household_id = others.household_id, false) as is_certain
    from kin
    join insured on insured.entity_id = insurer
    left join residents as own on own.entity_id = kin.entity_id
    left join residents as others on others.entity_id = insurer
), entitled as (
    select entity_id, sources, told_on, insured_until from insured
    union all
    select entity_id, sources, told_on, insured_until from covered where is_certain
), perhaps_entitled as (
    -- The registry does not know of every home that is shared: silence says nothing of these.
    select distinct entity_id from covered where not is_certain
), pensioned as (
    select entity_id, list_sort(list(distinct source)) as sources, max(person_events.as_of_date) as told_on
    from person_events
    join listed_programmes using (source, programme)
    join people using (entity_id), today
    where kind = 'enrolment' and social_protection_function = '1' and born + interval 65 years <= today
    and coalesce(end_date, today) >= today
    group by entity_id
), secure as (
    select entity_id, list_sort(list_distinct(flatten(list(sources)))) as sources, min(told_on) as told_on
    from (select entity_id, sources, told_on from entitled union all from pensioned)
    group by entity_id
), at_school as (
    select entity_id, list_sort(list(distinct source)) as sources
    from (
        select entity_id, source from heard where question = 'attends_school' and answer >= 1
        union all
        select entity_id, source from linked_spine
        where source in (select source from listed_sources where sector = 'education' and role = 'persons' and list_contains(purposes, 'poverty'))
    )
    group by entity_id
), schooled as (
    select
        people.entity_id, at_school.sources,
        case
            when born is null then null
            when born + interval 3 years > today then 0
            when born + interval 16 years > today and at_school.entity_id is not null then 0
            -- Lower secondary takes three years from the age of 12 on: before 15 it is told of who is in the middle of it.
            when born + interval 16 years > today and born + interval 15 years <= today and schooling >= 2 then 0
            when born + interval 16 years > today and (told.answer < 1 or silent.entity_id is not null) then 1
            when born + interval 16 years > today then null
            when schooling is null then null
            when schooling >= if(born < date '1982-01-01', 1, 2) then 0
            else 1
        end as value,
        coalesce(told.told_on, today) as told_on
    from people
    cross join today
    left join at_school using (entity_id)
    left join (from heard where question = 'attends_school') as told using (entity_id)
    left join silent on silent.entity_id = people.entity_id and silent.answer = 'known_to_education'
), told as (
    select entity_id, question as metric, answer as value, told_on, [source] as sources
    from heard
    where question in (select metric from asked) and question <> 'without_health_access'
    union all
    select residents.entity_id, 'persons_per_room', residents.answer / rooms.answer, least(residents.told_on, rooms.told_on), [residents.source]
    from heard as residents
    join heard as rooms using (entity_id)
    where residents.question = 'residents' and rooms.question = 'rooms' and rooms.answer >= 1
    union all
    select entity_id, 'without_health_access', min(value), min(told_on), list_sort(list_distinct(flatten(list(sources))))
    from (
        select entity_id, answer as value, told_on, [source] as sources from heard where question = 'without_health_access'
        union all
        -- medical care goes on for eight weeks after the last day of work (the same law, article 109)
        select entity_id, 0, told_on, sources from entitled, today where insured_until >= today - interval 8 weeks
    )
    group by entity_id
    union all
    select entity_id, 'years_of_schooling_lag', value, told_on, coalesce(sources, []) from schooled where value is not null
    union all
    select
        people.entity_id, 'without_social_security', if(secure.entity_id is null, 1, 0), coalesce(secure.told_on, today), coalesce(secure.sources, [])
    from people
    cross join today
    left join secure using (entity_id)
    left join silent on silent.entity_id = people.entity_id and silent.answer = 'contribution'
    left join perhaps_entitled on perhaps_entitled.entity_id = people.entity_id
    where secure.entity_id is not null or (silent.entity_id is not null and perhaps_entitled.entity_id is null)
), judged as (
    select
        people.entity_id, asked.programme, asked.version, asked.dimension, asked.rule_id, told.told_on, told.sources,
        case
            when minors is not null and has_minors is null and told.value is not null then null
            when minors is not null and minors <> has_minors then null
            when born is not null and (coalesce(born + to_years(age_min) > today, false) or coalesce(born + to_years(age_max_exclusive) <= today, false)) then 0
            when told.value is null then null
            when comparator = 'at_least' then (told.value >= threshold)::integer
            when comparator = 'above' then (told.value > threshold)::integer
            when comparator = 'at_most' then (told.value <= threshold)::integer
            when comparator = 'below' then (told.value < threshold)::integer
            else (told.value = threshold)::integer
        end as is_deprived,
        coalesce(minors <> has_minors, false) as is_for_others, told.value is null and unit = 'household' and leavers.entity_id is not null as has_left
    from people
    join asked using (country)
    cross join today
    left join told using (entity_id, metric)
    left join questions on question = if(metric = 'persons_per_room', 'rooms', metric)
    left join leavers on leavers.entity_id = people.entity_id
), settled as (
    select
        entity_id, programme, version, dimension,
        case when max(is_deprived) = 1 then 'deprived' when count(is_deprived) = count(*) then 'not_deprived' else 'unknown' end as status,
        list(rule_id order by rule_id) filter (is_deprived = 1) as deprived_by, min(told_on) as told_on,
        flatten(list(sources) filter (sources is not null)) as sources, coalesce(bool_or(has_left), false) as has_left
    from judged
    where not is_for_others
    group by entity_id, programme, version, dimension
)
select
    entity_id, programme, version, dimension, status, coalesce(deprived_by, []) as deprived_by,
    case
        when status = 'deprived' then 'what sources tell, or the silence of a complete one, is what the rule names'
        when status = 'not_deprived' then 'sources tell otherwise, or the rule is for another age'
        when has_left then 'the person has left the home that was asked'
        else 'no source tells, and none that might is complete'
    end as reason,
    told_on, coalesce(list_sort(list_distinct(sources)), []) as sources, rule_status, citation
from settled
join dimensions using (programme, version, dimension)
