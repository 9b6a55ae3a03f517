with latest as (
    select institution, max(deliveries.as_of_date) as last_as_of_date
    from deliveries
    join listed_sources using (contract_id)
    group by institution
)
select
    institution, min(sector) as sector, min(level_of_government) as level_of_government,
    coalesce(min(code), '8') as institution_type,
    list_sort(list_distinct(flatten(list(commitments)))) as commitments,
    count(*) as contract_count,
    min(last_as_of_date) as last_as_of_date
from listed_sources
left join latest using (institution)
left join code_lists as codes on code_list = 'institution_type' and registry_value = level_of_government
group by institution
