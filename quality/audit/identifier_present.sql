with identified as (select distinct entity_id from national_identifiers),
grouped as (
    select
        least(age // 10 * 10, 80) as band,
        coalesce(region, regexp_extract(municipality, '^([0-9]{2})[0-9]{3}$', 1), '') as territory,
        count(*) as people,
        100.0 * count(identified.entity_id) / count(*) as percent
    from living left join identified using (entity_id)
    where age >= 0
    group by all
)
select
    'age ' || band || ' on, territory ' || coalesce(nullif(territory, ''), 'unknown') as key,
    percent < limit_of_check() as is_unexpected
from grouped
where people >= 30
