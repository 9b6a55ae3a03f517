-- How many of its people an institution shares with each other one, and how the two stand to each other.
with institutions_told as (
    select institution, min(sector) as sector, min(level_of_government) as level from listed_sources group by institution
), known as (
    select distinct institution, entity_id
    from linked_spine
    join (select distinct source, institution from listed_sources) as listed using (source)
), sizes as (
    select institution, count(*) as person_count from known group by institution
), pairs as (
    select one.institution, other.institution as other_institution, count(*) as shared_count
    from known as one
    join known as other using (entity_id)
    where one.institution <> other.institution
    group by all
)
select
    one.institution, other.institution as other_institution,
    case
        when 'non_state' in (one.level, other.level) then 'non_state'
        when one.level = other.level then 'horizontal'
        else 'vertical'
    end as relation,
    one.sector, other.sector as other_sector, one.level as level_of_government, other.level as other_level_of_government,
    coalesce(shared_count, 0) as shared_count, round(coalesce(shared_count, 0) / person_count, 6) as share
from institutions_told as one
join institutions_told as other on one.institution <> other.institution
join sizes on sizes.institution = one.institution
left join pairs on pairs.institution = one.institution and other_institution = other.institution
