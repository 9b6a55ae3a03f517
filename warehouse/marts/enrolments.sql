select event_id, entity_id, record_id, source, as_of_date, programme, start_date, end_date,
    case
        when golden_persons.death_date is not null then '2'
        when end_date is null or end_date >= as_of_date then '1'
    end as enrolment_status,
    reason
from person_events
left join golden_persons using (entity_id)
where kind = 'enrolment'
