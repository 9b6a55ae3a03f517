with known as (
    select institution, count(distinct entity_id) as person_count
    from linked_spine
    join listed_sources using (source)
    group by institution
), latest as (
    select institution, max(deliveries.as_of_date) as last_as_of_date
    from deliveries
    join listed_sources using (contract_id)
    group by institution
)
select
    institution, any_value(sector) as sector, any_value(level_of_government) as level_of_government,
    coalesce(any_value(code), '8') as institution_type,
    list_sort(list_distinct(flatten(list(commitments)))) as commitments,
    count(*) as contract_count,
    coalesce(any_value(person_count), 0) as person_count,
    any_value(last_as_of_date) as last_as_of_date
from listed_sources
left join known using (institution)
left join latest using (institution)
left join code_lists as codes on code_list = 'institution_type' and registry_value = level_of_government
group by institution
