-- The latest answer to each question about each person: their own, or that of the household that the same source puts
-- them in.
create or replace temp view answered as
with given as (
    select
        entity_id, record_id, source, unit as question, amount as answer, currency, event_id,
        coalesce(start_date, as_of_date) as told_on
    from person_events
    where kind = 'answer' and entity_id is not null and amount is not null
), homes as (
    select entity_id, household_key
    from records
    join linked_spine using (record_id)
    where household_key is not null
    qualify row_number() over (
        partition by entity_id, records.source order by coalesce(updated_date, records.as_of_date) desc nulls last, record_id
    ) = 1
), about as (
    select given.* exclude (record_id) from given join questions using (question)
    union all
    select homes.entity_id, given.* exclude (entity_id, record_id)
    from given
    join questions using (question)
    join records using (record_id)
    join homes using (household_key)
    where unit = 'household'
)
select entity_id, source, question, answer, currency, told_on
from about
qualify row_number() over (partition by entity_id, question order by told_on desc, source, event_id) = 1;
