-- Benefits that should not stand side by side, each a flag for a person to look into.
with today as (
    select max(as_of_date) as today from deliveries
), enrolments as (
    select
        entity_id, record_id, source, programme, event_id, coalesce(start_date, date '0001-01-01') as start_date,
        coalesce(end_date, date '9999-12-31') as end_date
    from person_events
    where kind = 'enrolment' and entity_id is not null
), benefits as (
    select entity_id, record_id, source, programme, period, event_id, start_date, amount
    from person_events
    where kind = 'benefit' and entity_id is not null
), dead as (
    select entity_id, death_date from golden_persons where death_date is not null
), found as (
    select 'enrolled_twice' as kind, one.entity_id, one.programme as subject, list_sort(list(distinct one.event_id)) as evidence,
        list_sort(list(distinct one.source)) as sources
    from enrolments as one
    join enrolments as other using (entity_id, programme)
    where one.record_id <> other.record_id and one.start_date <= other.end_date and other.start_date <= one.end_date
    group by all
    union all
    select 'paid_twice', entity_id, programme || ' ' || period, list_sort(list(event_id)), list_sort(list(distinct source))
    from benefits
    where period is not null
    group by entity_id, programme, period
    having count(distinct record_id) > 1
    union all
    select 'paid_after_death', entity_id, programme, list_sort(list(event_id)), list_sort(list(distinct source))
    from benefits
    join dead using (entity_id)
    where start_date > death_date
    group by entity_id, programme
    union all
    select 'enrolled_after_death', entity_id, programme, list_sort(list(event_id)), list_sort(list(distinct source))
    from enrolments
    join dead using (entity_id), today
    where end_date > death_date and death_date < today
    group by entity_id, programme
    union all
    select 'two_households', entity_id, records.source, list_sort(list(distinct record_id)), list_sort(list(distinct records.source))
    from records
    join linked_spine using (record_id)
    where household_key is not null
    group by entity_id, records.source
    having count(distinct household_key) > 1
)
select kind, entity_id, coalesce(subject, '') as subject, evidence, sources, 'review' as flag from found
