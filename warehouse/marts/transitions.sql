-- What each person reaches in the next six months: an age at which rights or duties change, or the birth of a child, as the
-- latest check-up in the pregnancy expects it, unless a child was born since.
with people as (
    select entity_id, birth_date from golden_persons where death_date is null
), today as (
    select max(as_of_date) as today from deliveries
), seen_pregnant as (
    select
        entity_id, birth_transitions.scheme, transition, max(start_date) as seen_on,
        arg_max(end_date, (start_date, event_id)) as expected_on
    from person_events
    join birth_transitions on list_contains(services, unit)
    where kind = 'checkup' and entity_id is not null and end_date is not null
    group by entity_id, birth_transitions.scheme, transition
), born as (
    select related_entity_id as entity_id, max(birth_date) as last_birth
    from relationships
    join golden_persons using (entity_id)
    group by related_entity_id
)
select entity_id, scheme, transition, age, date_diff('month', today, birth_date + to_years(age))::integer as months_until
from people, today, age_transitions
where birth_date + to_years(age) > today and birth_date + to_years(age) <= today + interval 6 months
union all
select entity_id, scheme, transition, null, date_diff('month', today, expected_on)::integer
from seen_pregnant
join people using (entity_id)
left join born using (entity_id), today
where expected_on > today and expected_on <= today + interval 6 months and coalesce(last_birth < seen_on, true)
