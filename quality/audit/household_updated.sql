with telling as (
    select source from records where updated_date is not null and household_key is not null group by source
)
select
    min(record_id) as key,
    coalesce(max(updated_date) < audit_day() - to_months(limit_of_check()::integer), true) as is_unexpected
from records
semi join telling using (source)
where household_key is not null
group by household_key
