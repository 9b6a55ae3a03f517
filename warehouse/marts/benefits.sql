select event_id, entity_id, record_id, source, as_of_date, programme, start_date as event_date, period, amount, currency, unit
from person_events
where kind = 'benefit'
