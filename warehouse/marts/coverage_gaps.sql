-- Each guarantee that applies to each person: met by what, unmet, or unknown. It is unmet only where every answer that
-- could meet it comes from a source that is complete for the person's territory, and the person was seen of late.
with today as (
    select max(as_of_date) as today from deliveries
), answers as (
    select
        entity_id,
        case
            when kind in ('enrolment', 'contribution') then coalesce(end_date, today) >= today - interval 3 months and coalesce(start_date, today) <= today
            when kind = 'benefit' then start_date >= today - interval 3 months
            else coalesce(start_date, try_strptime(period, ['%Y-%m', '%Y%m'])::date) >= today - interval 12 months
        end as is_current,
        kind as answer, source
    from person_events, today
    where kind in ('enrolment', 'benefit', 'contribution', 'attendance', 'checkup') and entity_id is not null
    union all
    select entity_id, true, 'known_to_' || sector, linked_spine.source
    from linked_spine
    join (select distinct source, sector from listed_sources where role = 'persons' and list_contains(purposes, 'coverage')) using (source)
    where sector in ('health', 'education')
), given as (
    select entity_id, answer, list_sort(list(distinct source)) as sources from answers where is_current group by entity_id, answer
), people as (
    select
        entity_id, coalesce(birth_date, make_date(birth_year, 7, 1)) as born, municipality, region, country,
        coalesce(is_seen, false) as is_seen
    from residences
    left join seen using (entity_id), today
    where death_date is null
), guarantees as (
    select programme, version, rule_id, title, age_min, age_max_exclusive, met_by, status as rule_status, citation
    from rules where kind = 'guarantee'
), asked as (
    select people.*, guarantees.*
    from people, guarantees, today
    where (age_min is null and age_max_exclusive is null)
    or (coalesce(born + to_years(age_min) <= today, age_min is null) and coalesce(born + to_years(age_max_exclusive) > today, age_max_exclusive is null))
), possible as (
    select programme, version, rule_id, unnest(met_by) as answer, len(met_by) as answers from guarantees
), told_places as (
    -- where no answer could be missed that would meet the guarantee
    select programme, version, rule_id, country, region, municipality
    from possible
    join silences using (answer)
    where purpose = 'coverage'
    group by all
    having count(*) = any_value(answers)
), silent as (
    select entity_id, asked.programme, asked.version, asked.rule_id
    from asked
    join told_places as told on told.programme = asked.programme and told.version = asked.version and told.rule_id = asked.rule_id
        and told.country is not distinct from asked.country and told.region is not distinct from asked.region
        and told.municipality is not distinct from asked.municipality
), met as (
    select asked.entity_id, programme, version, rule_id, list_sort(list(answer)) as met_by, list_sort(list_distinct(flatten(list(sources)))) as met_sources
    from asked
    join possible using (programme, version, rule_id)
    join given using (entity_id, answer)
    group by asked.entity_id, programme, version, rule_id
)
select
    entity_id, programme, version, rule_id as guarantee,
    case when met.met_by is not null then 'met' when silent.entity_id is not null and is_seen then 'unmet' else 'unknown' end as status,
    coalesce(met.met_by, []) as met_by, coalesce(met_sources, []) as sources,
    case
        when met.met_by is not null then 'an answer is on record'
        when not is_seen then 'no office but the civil registry has seen the person in ten years'
        when silent.entity_id is null then 'no answer is on record, and not every source that might know one is complete'
        else 'complete sources know of no answer'
    end as reason,
    rule_status, citation
from asked
left join met using (entity_id, programme, version, rule_id)
left join silent using (entity_id, programme, version, rule_id)
