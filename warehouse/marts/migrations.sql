select event_id, entity_id, record_id, source, as_of_date, start_date, end_date, country, reason
from person_events
where kind = 'migration'
