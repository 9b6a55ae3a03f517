-- One contract: how many days old what is in use of it is today, and whether a newer delivery is overdue or was refused.
select
    contract_id, source, institution, as_of_date,
    date_diff('day', as_of_date, current_date) as age_days,
    overdue_from,
    delivery_id is null or coalesce(current_date >= overdue_from, false) as is_overdue,
    refused_count
from freshness
