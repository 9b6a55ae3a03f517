with people as (
    select entity_id, coalesce(birth_date, make_date(birth_year, 7, 1)) as born from golden_persons where death_date is null
), today as (
    select max(as_of_date) as today from deliveries
)
select entity_id, scheme, stage, status as rule_status, citation
from people, today, stages
where born + to_years(age_min) <= today and coalesce(born + to_years(age_max_exclusive) > today, true)
