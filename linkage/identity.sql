-- How many records each new cluster shares with each person of the last run; those with an identifier weigh first.
create or replace temp table common_records as
with shared_records as (
    select
        c.cluster_id,
        o.entity_id,
        count(*) filter (f.identifiers is not null) as identified,
        count(*) as shared,
        any_value(e.minted_in) as minted_in
    from {clusters} as c
    join old_spine as o using (record_id)
    join {nodes} as n using (record_id)
    join {features} as f using (node)
    join old_entities as e using (entity_id)
    group by c.cluster_id, o.entity_id
)

select
    *,
    count(*) over (partition by cluster_id) > 1 or count(*) over (partition by entity_id) > 1 as is_contested
from shared_records;
