-- One ordered pair of sources: how many persons of the one the other knows too.
with known as (select distinct source, entity_id from spine)
select one.source, other.source as other_source, count(*) as persons, count(*) / any_value(all_persons) as share
from known as one
join known as other using (entity_id)
join (select source, count(*) as all_persons from known group by source) as sizes on one.source = sizes.source
where one.source <> other.source
group by one.source, other.source
