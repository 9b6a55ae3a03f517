select event_id, entity_id, record_id, person_events.source, person_events.as_of_date, employer, start_date, end_date,
    records.occupation_isco as occupation, titles.label as occupation_title, scheme, country, amount, currency
from person_events
left join records using (record_id)
left join code_lists as titles on titles.code_list = 'isco_08' and titles.code = records.occupation_isco
where kind = 'work'
