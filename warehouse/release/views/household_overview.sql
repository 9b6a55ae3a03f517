-- One household of the combined grouping: its size, its children and old, and what its members receive.
with paid as (select entity_id, sum(amount) as amount from benefits group by entity_id)
select
    household_id, households.size, households.municipality, households.region,
    count(*) filter (age < 18) as minors, count(*) filter (age >= 65) as elderly,
    count(*) filter (entity_id in (select entity_id from current_enrolments)) as enrolled_members,
    coalesce(sum(amount), 0) as benefit_amount
from households
join household_members as members using (household_id)
join living_persons using (entity_id)
left join paid using (entity_id)
where households.grouping = 'combined'
group by all
