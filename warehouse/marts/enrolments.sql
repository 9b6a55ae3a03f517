select event_id, entity_id, record_id, source, as_of_date, programme, start_date, end_date, reason
from person_events
where kind = 'enrolment'
