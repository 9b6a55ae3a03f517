-- One living person at work for whom no contribution period reaches into the last twelve months.
with contributing as (
    select distinct entity_id from contributions cross join present
    where coalesce(end_date, present.as_of_date) >= present.as_of_date - interval 12 months
)
select distinct entity_id, age, sex, municipality, region
from work
join living_persons using (entity_id)
where end_date is null and entity_id not in (select entity_id from contributing where entity_id is not null)
