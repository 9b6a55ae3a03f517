select
    activity.entity_id as key,
    coalesce(persons.death_date + limit_of_check()::integer < last_active, false) as is_unexpected
from activity
join persons using (entity_id)
where last_active > audit_day() - interval 12 month
    and exists (select 1 from persons as told where told.death_date is not null)
