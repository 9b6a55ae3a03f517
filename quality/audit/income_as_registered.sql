with declared as (
    select entity_id, max(income) as monthly from known_records where income > 0 group by entity_id
),
registered as (
    select entity_id, period, sum(amount) / case when length(period) = 4 then 12 else 1 end as monthly
    from events join spine using (record_id)
    where kind = 'tax' and amount > 0
    group by entity_id, period
),
latest as (select entity_id, arg_max(monthly, period) as monthly from registered group by entity_id)
select entity_id as key, latest.monthly > declared.monthly * (1 + limit_of_check() / 100.0) as is_unexpected
from declared join latest using (entity_id)
