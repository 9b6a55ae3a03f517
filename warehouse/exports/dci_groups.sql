select
    pseudonym(household_id) as id, any_value(group_type) as group_type,
    any_value(municipality) as municipality, any_value(region) as region,
    any_value(pseudonym(head_entity_id)) filter (head_entity_id not in (select id from withheld_ids)) as head,
    list(pseudonym(entity_id) order by pseudonym(entity_id)) as members
from households
join household_members using (household_id)
where households.grouping = getvariable('grouping') and entity_id not in (select id from withheld_ids)
group by household_id
order by id
