-- A household of the grouping that is asked for, with the score that the poverty register told of it last.
with scored as (
    select entity_id, told_on, answer as score, source
    from answered
    where question = 'poverty_score'
        and source in (select source from listed_sources where list_contains(purposes, 'poverty'))
)
select
    pseudonym(household_id) as id, any_value(group_type) as group_type,
    any_value(municipality) as municipality, any_value(region) as region,
    any_value(pseudonym(head_entity_id)) filter (head_entity_id not in (select id from withheld_ids)) as head,
    list(pseudonym(entity_id) order by pseudonym(entity_id)) as members,
    arg_max({'score': score, 'source': scored.source}, (told_on, scored.source, score)) filter (score is not null) as poverty
from households
join household_members using (household_id)
left join scored using (entity_id)
where households.grouping = getvariable('grouping') and entity_id not in (select id from withheld_ids)
group by household_id
order by id
