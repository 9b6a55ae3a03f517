-- One living person as all sectors together see them: how much each knows, and what they receive.
with
schooling as (select entity_id, avg(attendance_rate) as attendance_rate, max(period) as last_school_period from attendance group by entity_id),
care as (select entity_id, count(*) as checkup_count, max(event_date) as last_checkup_date from checkups group by entity_id),
labour as (select entity_id, count(*) filter (end_date is null) as open_spells from work group by entity_id),
pension as (select entity_id, count(distinct country) as contribution_countries, max(end_date) as last_contribution_date from contributions group by entity_id),
benefit as (select entity_id, count(*) as benefit_count, sum(amount) as benefit_amount, max(event_date) as last_benefit_date from benefits group by entity_id),
programme as (select entity_id, list_sort(list(distinct programme)) as programmes from enrolments where end_date is null group by entity_id)
select
    living_persons.entity_id, age, life_stage, sex, municipality, region, source_count,
    attendance_rate, last_school_period, checkup_count, last_checkup_date,
    coalesce(open_spells, 0) > 0 as is_at_work, contribution_countries, last_contribution_date,
    coalesce(programmes, []) as programmes, benefit_count, benefit_amount, last_benefit_date
from living_persons
left join schooling using (entity_id)
left join care using (entity_id)
left join labour using (entity_id)
left join pension using (entity_id)
left join benefit using (entity_id)
left join programme using (entity_id)
