select
    pseudonym(household_key) as id,
    list_sort(list(distinct pseudonym(entity_id))) as members
from records
join linked_spine using (record_id)
where household_key is not null and entity_id not in (select id from withheld_ids)
group by household_key
order by id
