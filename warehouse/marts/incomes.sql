select event_id, entity_id, record_id, source, as_of_date, period, start_date as event_date, amount, currency, scheme
from person_events
where kind = 'tax'
