select
    contract_id, any_value(source) as source, any_value(role) as role, any_value(kind) as kind,
    any_value(territory) as territory, any_value(complete_since) as complete_since,
    max(deliveries.as_of_date) as complete_until
from listed_sources
join deliveries using (contract_id)
where is_complete
group by contract_id
