with residents as (
    select unnest([municipality, region, country]) as code, unnest(['municipality', 'region', 'country']) as level
    from residences
), unlisted as (
    select code, min(level) as level
    from residents
    where code is not null and code not in (select code from listed_territories)
    group by code
)
select code, level, name, parent_code, country, true as is_listed from listed_territories
union all
select code, level, null as name, null as parent_code, null as country, false as is_listed from unlisted
