-- What queries see of a release: its published tables under the names of the stages they came from. Only the year of a
-- birth is published; its middle stands for the day. Nobody's address is.
create temp view golden_persons as
select * exclude (death_year), null::varchar as address, make_date(birth_year, 7, 1) as birth_date, make_date(death_year, 7, 1) as death_date from released.persons;
create temp view residences as from golden_persons;
create temp view listed_sources as from released.sources;
create temp view listed_programmes as from released.programmes;
create temp view linked_spine as select record_id, source, entity_id from released.spine;
create temp view records as
select record_id, source, contract_id, as_of_date, updated_date, household_id as household_key, null::varchar as municipality_std, null::varchar as address_std
from released.source_records
left join (select entity_id, household_id from released.household_members where grouping = 'declared') using (entity_id);
create temp view delivering as
select source, kind, purposes, any_value(contract_id) as contract_id from released.sources where kind is not null group by all;
create temp view person_events as
select
    event_id, entity_id, record_id, source, contract_id, as_of_date, kind, programme, start_date, end_date, unit, period, amount, currency, present,
    enrolled_days, reason
from (
    select *, 'enrolment' as kind, null as unit, null as period, null::double as amount, null as currency, null::double as present, null::double as enrolled_days
    from released.enrolments
    union all by name
    select * exclude (event_date, question, answer), 'answer' as kind, event_date as start_date, question as unit, answer as amount from released.answers
    union all by name
    select * exclude (start_date, end_date), 'attendance' as kind, start_date from released.attendance
    union all by name
    select * exclude (event_date, service), 'checkup' as kind, event_date as start_date, service as unit from released.checkups
)
left join delivering using (source, kind)
where case kind
    when 'enrolment' then true
    when 'answer' then coalesce(list_contains(purposes, 'poverty'), false)
    else coalesce(list_contains(purposes, 'co_responsibility'), false)
end;
