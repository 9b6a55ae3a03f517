select event_id, entity_id, record_id, source, as_of_date, employer, start_date, end_date, scheme, country, amount, currency
from person_events
where kind = 'work'
