-- The latest answer to each question about each person: their own, or that of the household that the same source puts
-- them in, unless they have left it since.
create or replace temp view answered as
with given as (
    select
        entity_id, record_id, source, unit as question, amount as answer, currency, event_id,
        coalesce(start_date, as_of_date) as told_on
    from person_events
    where kind = 'answer' and entity_id is not null and amount is not null
), asked as (
    select
        given.*, unit = 'household' as is_of_home, household_key,
        coalesce(municipality_std <> municipality, false) or coalesce(jaro_winkler_similarity(address_std, address) < 0.8, false) as has_moved
    from given
    join questions using (question)
    left join (select record_id, household_key, municipality_std, address_std from records) as known using (record_id)
    left join (select entity_id, municipality, address from golden_persons) as persons using (entity_id)
), about as (
    select entity_id, source, question, answer, currency, told_on, event_id
    from asked
    where not is_of_home or (household_key is null and not has_moved)
    union all
    select told_homes.entity_id, asked.source, question, answer, currency, told_on, event_id
    from asked
    join told_homes using (household_key)
    where is_of_home and not told_homes.is_left
)
select entity_id, source, question, answer, currency, told_on
from about
qualify row_number() over (partition by entity_id, question order by told_on desc, source, event_id) = 1;
