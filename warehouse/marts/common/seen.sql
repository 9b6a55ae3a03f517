-- When any office but the civil registry, which keeps everybody, last told of each person, and whether that is of late: who
-- was not seen in ten years may have left or died, so that silence tells nothing of them.
create or replace temp view seen as
select
    entity_id, max(coalesce(updated_date, records.as_of_date)) as last_seen,
    coalesce(max(coalesce(updated_date, records.as_of_date)) >= (select max(as_of_date) from deliveries) - interval 10 years, false) as is_seen
from records
join linked_spine using (record_id)
join (select source, any_value(sector) as sector from listed_sources where role = 'persons' group by source) as kept
    on kept.source = records.source
where sector <> 'civil_registry'
group by entity_id;
