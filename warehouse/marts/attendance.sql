select event_id, entity_id, record_id, source, as_of_date,
    period, present, enrolled_days, present / nullif(enrolled_days, 0) as attendance_rate, reason
from person_events
where kind = 'attendance'
