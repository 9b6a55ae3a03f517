-- Claims of clusters on the ids that live: how many records they share, those with an identifier first, and since
-- when the longest-standing of them bears the id (0: as far back as it was first seen).
create or replace temp table common_records as
with joined as (select record_id, max(left_in) as joined_in from old_memberships group by record_id),

shared_records as (
    select
        c.cluster_id,
        o.entity_id,
        count(*) filter (c.is_identified) as identified,
        count(*) as shared,
        any_value(e.minted_in) as minted_in,
        min(coalesce(j.joined_in, 0)) as joined_in
    from clustered as c
    join old_spine as o using (record_id)
    join old_entities as e using (entity_id)
    left join joined as j using (record_id)
    group by c.cluster_id, o.entity_id
)

select
    *,
    count(*) over (partition by cluster_id) > 1 or count(*) over (partition by entity_id) > 1 as is_contested
from shared_records;

-- Claims on the ids that sleep: how many of the last records to bear the id a cluster holds.
create or replace temp table remembered_records as
with last_members as (
    select record_id, entity_id
    from old_memberships
    join old_entities using (entity_id)
    where status <> 'active'
    qualify left_in = max(left_in) over (partition by entity_id)
)

select
    c.cluster_id,
    m.entity_id,
    count(*) filter (c.is_identified) as identified,
    count(*) as shared,
    any_value(e.minted_in) as minted_in,
    0 as joined_in
from clustered as c
join last_members as m using (record_id)
join old_entities as e using (entity_id)
group by c.cluster_id, m.entity_id;
