-- The home in which each source has each person by its latest record, and whether the person is known to have left it: the
-- latest address that any source tells of them is another, and nobody else of that home has it too. Above .8 one address is
-- written in two ways.
create or replace temp view told_homes as
with latest as (
    select
        entity_id, records.source, household_key, coalesce(updated_date, records.as_of_date) as seen_on, municipality, address,
        coalesce(municipality_std <> municipality, false) or coalesce(jaro_winkler_similarity(address_std, address) < 0.8, false) as has_moved
    from records
    join linked_spine using (record_id)
    left join (select entity_id, municipality, address from golden_persons) as persons using (entity_id)
    where household_key is not null
    qualify row_number() over (
        partition by entity_id, records.source order by coalesce(updated_date, records.as_of_date) desc nulls last, record_id
    ) = 1
)
select
    entity_id, source, household_key, seen_on, has_moved and count(*) over (partition by household_key, municipality, address) = 1 as is_left
from latest;
