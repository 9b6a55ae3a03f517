-- The ledger of this run: `inherited` (cluster_id, entity_id) says which cluster keeps which id.
create or replace temp table named_clusters as
with nameless as (
    select distinct cluster_id from clustered where cluster_id not in (select cluster_id from inherited)
),

candidates as (
    select cluster_id, 'p' || left(sha256(cluster_id), 20) as entity_id from nameless
)

-- The least record of a cluster may have given another person their id before; then the run's number tells them apart.
select
    cluster_id,
    case when entity_id in (select entity_id from old_entities) then 'p' || left(sha256(cluster_id || '#' || {run}), 20)
        else entity_id end as entity_id,
    true as is_new
from candidates
union all
select i.cluster_id, i.entity_id, o.status <> 'active' as is_new
from inherited as i
join old_entities as o using (entity_id);

create or replace temp table new_spine as
select c.source, c.record_key, c.record_id, e.entity_id
from clustered as c
join named_clusters as e using (cluster_id);

-- Whom a record no longer belongs to, from this run on.
create or replace temp table new_memberships as
select o.record_id, o.entity_id, {run} as left_in
from old_spine as o
left join new_spine as n using (record_id)
where n.entity_id is distinct from o.entity_id;

-- Where the records of each earlier person are now.
create or replace temp table flows as
select
    o.entity_id as old_id,
    n.entity_id as new_id,
    count(*) as records,
    any_value(c.is_new) as is_new
from old_spine as o
join new_spine as n using (record_id)
join named_clusters as c on n.entity_id = c.entity_id
group by o.entity_id, n.entity_id;

create or replace temp table fates as
with living as (select entity_id from named_clusters where not is_new),
gone as (
    select distinct entity_id from old_spine where entity_id not in (select entity_id from living)
        and entity_id not in (select entity_id from named_clusters)
),
heirs as (
    select old_id, arg_max(new_id, (records, new_id)) as new_id from flows group by old_id
)
select gone.entity_id, heirs.new_id as superseded_by
from gone left join heirs on gone.entity_id = heirs.old_id;

create or replace temp table new_entities as
select
    coalesce(c.entity_id, o.entity_id) as entity_id,
    coalesce(o.minted_in, {run}) as minted_in,
    case
        when c.entity_id is not null then 'active'
        when f.entity_id is null then o.status
        when f.superseded_by is null then 'retired'
        else 'merged'
    end as status,
    case
        when c.entity_id is not null then null
        when f.entity_id is null then o.superseded_by
        else f.superseded_by
    end as superseded_by
from old_entities as o
full join named_clusters as c on o.entity_id = c.entity_id
left join fates as f on o.entity_id = f.entity_id;

create or replace temp table new_events as
with sizes as (select entity_id, count(*) as records from new_spine group by entity_id),
last_sizes as (select entity_id, count(*) as records from old_spine group by entity_id)

select
    {run} as run,
    case when c.entity_id in (select entity_id from old_entities) then 'restored' else 'created' end as kind,
    c.entity_id,
    '' as other_entity_id,
    s.records as record_count
from named_clusters as c
join sizes as s using (entity_id)
where c.is_new
union all
select
    {run} as run,
    case when f.superseded_by is null then 'retired' else 'merged' end as kind,
    f.entity_id,
    coalesce(f.superseded_by, '') as other_entity_id,
    l.records as record_count
from fates as f
join last_sizes as l using (entity_id)
union all
select
    {run} as run,
    case when is_new then 'split' else 'moved' end as kind,
    old_id as entity_id,
    new_id as other_entity_id,
    records as record_count
from flows
where old_id <> new_id and old_id in (select entity_id from named_clusters);
