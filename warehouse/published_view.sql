-- What queries see of a release: its published tables under the names of the stages they came from. Only the year of a
-- birth is published; its middle stands for the day.
create temp view golden_persons as
select * exclude (death_year), make_date(birth_year, 7, 1) as birth_date, make_date(death_year, 7, 1) as death_date from released.persons;
create temp view residences as from golden_persons;
create temp view listed_sources as from released.sources;
create temp view listed_programmes as from released.programmes;
create temp view linked_spine as select record_id, source, entity_id from released.spine;
create temp view records as
select record_id, source, contract_id, as_of_date, updated_date, household_id as household_key
from released.source_records
left join (select entity_id, household_id from released.household_members where grouping = 'declared') using (entity_id);
create temp view person_events as
select event_id, entity_id, record_id, source, as_of_date, 'enrolment' as kind, programme, start_date, end_date, null as unit, null::double as amount, null as currency
from released.enrolments
union all
select event_id, entity_id, record_id, source, as_of_date, 'answer', null, event_date, null, question, answer, null
from released.answers
where source in (select source from released.sources where kind = 'answer' and list_contains(purposes, 'poverty'));
