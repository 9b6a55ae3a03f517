with given as (
    select entity_id, scheme, identifier_std, bool_or(is_valid) as is_valid,
        count(*) as record_count, list_sort(list(distinct source)) as sources
    from record_identifiers
    join linked_spine using (record_id)
    group by entity_id, scheme, identifier_std
), shared as (
    select scheme, identifier_std from given where is_valid group by scheme, identifier_std having count(*) > 1
)
select
    entity_id, scheme, is_valid, record_count, sources, codes.code as identifier_type,
    row_number() over (
        partition by entity_id, scheme order by is_valid desc, record_count desc, identifier_std
    ) as ordinal,
    case when regexp_matches(scheme, '^[a-z]{2}\.') then upper(left(scheme, 2)) end as country,
    shared.scheme is not null as is_shared
from given
left join shared using (scheme, identifier_std)
left join code_lists as codes on codes.code_list = 'identifier_type' and codes.registry_value = scheme
