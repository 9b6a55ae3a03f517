with months as (
    select *, try_strptime(period, ['%Y-%m', '%Y%m'])::date as first_day from person_events where kind = 'attendance'
)
select event_id, entity_id, record_id, source, as_of_date, period,
    coalesce(start_date, first_day) as start_date, coalesce(end_date, last_day(first_day)) as end_date,
    present, enrolled_days, present / nullif(enrolled_days, 0) as attendance_rate, reason
from months
