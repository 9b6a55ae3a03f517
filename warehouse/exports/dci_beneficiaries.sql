with paid as (
    select entity_id, programme, list({'type': '1', 'amount': amount, 'currency': currency} order by start_date, event_id)
        as benefits
    from person_events
    where kind = 'benefit' and amount is not null
    group by entity_id, programme
)
select
    row_pseudonym(event_id) as id, pseudonym(enrolled.entity_id) as member, enrolled.programme, start_date,
    case
        when golden_persons.death_date is not null then '2'
        when end_date is null or end_date >= as_of_date then '1'
    end as status,
    end_date, benefits
from person_events as enrolled
join golden_persons using (entity_id)
left join paid on paid.entity_id = enrolled.entity_id and paid.programme = enrolled.programme
where kind = 'enrolment' and enrolled.programme is not null
    and enrolled.entity_id not in (select id from withheld_ids)
order by id
