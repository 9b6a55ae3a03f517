with confirmed as (
    select entity_id, birth_year from known_records
    group by entity_id, birth_year
    having count(distinct source) > 1
)
select living.entity_id as key, age > limit_of_check() and confirmed.entity_id is null as is_unexpected
from living
left join confirmed using (entity_id, birth_year)
where living.birth_year is not null
