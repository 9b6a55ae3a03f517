select event_id, entity_id, record_id, source, as_of_date, programme, start_date as event_date, period, amount, currency, unit,
    coalesce(listed_programmes.benefit_type, case when amount > 0 then '1' end) as benefit_type
from person_events
left join listed_programmes using (source, programme)
where kind = 'benefit'
