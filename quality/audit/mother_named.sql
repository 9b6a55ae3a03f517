with told as (
    select
        entity_id,
        bool_or(mother_name_std is not null) as is_named,
        bool_or(mother_name_std = concat_ws(' ', given_names_std, surname_1_std, surname_2_std)) as is_own
    from known_records group by entity_id
)
select entity_id as key, not is_named or coalesce(is_own, false) as is_unexpected
from living join told using (entity_id)
where age between 0 and limit_of_check() - 1
