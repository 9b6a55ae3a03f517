select
    contract_id || ' ' || delivery_id as key,
    (contract_id, delivery_id, sha256) not in (
        select (contract_id, delivery_id, sha256) from delivery_log where status = 'taken in'
    ) as is_unexpected
from deliveries
union all
select release_id as key, not has_manifest as is_unexpected from releases
