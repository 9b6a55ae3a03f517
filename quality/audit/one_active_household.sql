select entity_id as key, count(distinct household_key) > 1 as is_unexpected
from known_records
semi join living using (entity_id)
where household_key is not null
group by entity_id, source
