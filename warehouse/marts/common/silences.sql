-- Where silence tells: for each purpose, the answers whose absence means something at a place, because every source that
-- might give one there is declared complete and has delivered. One source that is not complete may know what no other does.
create or replace temp view silences as
with answering as (
    select
        if(role = 'persons', 'known_to_' || sector, kind) as answer, unnest(purposes) as purpose, territory,
        is_complete and coalesce(complete_since <= (select max(as_of_date) from deliveries), true)
            and contract_id in (select contract_id from deliveries) as tells
    from listed_sources
), places as (
    select distinct country, region, municipality from residences
)
select purpose, answer, country, region, municipality
from places
join answering on territory is null or territory in (country, region) or starts_with(municipality, territory)
    or (country is null and regexp_full_match(territory, '[A-Z]{2}'))
group by purpose, answer, country, region, municipality
having bool_and(tells);
