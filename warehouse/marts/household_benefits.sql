-- The benefits that reach each household together, whoever in it draws them.
with today as (
    select max(as_of_date) as today from deliveries
), homes as (
    select household_id, entity_id from household_members where grouping = 'combined'
), enrolled as (
    select household_id, source, programme, count(distinct entity_id) as members
    from person_events
    join homes using (entity_id), today
    where kind = 'enrolment' and programme is not null and coalesce(start_date <= today, true) and coalesce(end_date >= today, true)
    group by household_id, source, programme
), paid as (
    select
        household_id, source, programme, coalesce(currency, 'XXX') as currency, count(distinct entity_id) as members, sum(amount) as amount,
        max(start_date) as last_date
    from person_events
    join homes using (entity_id), today
    where kind = 'benefit' and programme is not null and start_date > today - interval 12 months and start_date <= today
    group by household_id, source, programme, coalesce(currency, 'XXX')
)
select
    household_id, source, programme, coalesce(paid.currency, 'XXX') as currency, coalesce(enrolled.members, 0) as enrolled_members,
    coalesce(paid.members, 0) as paid_members, amount, last_date,
    (select count(distinct (source, programme)) from (select household_id, source, programme from enrolled union select household_id, source, programme from paid) as stack
        where stack.household_id = coalesce(enrolled.household_id, paid.household_id)) as programme_count
from enrolled
full join paid using (household_id, source, programme)
