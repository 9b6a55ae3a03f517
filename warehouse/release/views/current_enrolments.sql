-- One enrolment that goes on, with the person's age and place and the programme's name.
select enrolments.*, programmes.name as programme_name, age, sex, municipality, region
from enrolments
join living_persons using (entity_id)
left join programmes using (source, programme)
where end_date is null
