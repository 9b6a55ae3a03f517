select event_id, entity_id, record_id, source, as_of_date, start_date as event_date, unit as question, amount as answer
from person_events
where kind = 'answer'
