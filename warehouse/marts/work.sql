select event_id, entity_id, record_id, person_events.source, person_events.as_of_date, employer, start_date, end_date,
    records.occupation, scheme, country, amount, currency
from person_events
left join records using (record_id)
where kind = 'work'
