with people as (
    select entity_id, birth_date from golden_persons where death_date is null and birth_date is not null
), today as (
    select max(as_of_date) as today from deliveries
)
select entity_id, scheme, transition, age, date_diff('month', today, birth_date + to_years(age))::integer as months_until
from people, today, age_transitions
where birth_date + to_years(age) > today and birth_date + to_years(age) <= today + interval 6 months
