-- Judgements that differ from those of the release before, and by which deliveries; then all that was logged before.
with changed as (
    select
        entity_id, programme, version, rule_id, now.period, period_start, before.status as old_status, now.status as new_status,
        before.value as old_value, now.value as new_value, now.evidence
    from {compliance} as now
    join {old_compliance} as before using (entity_id, programme, version, rule_id, period_start)
    where now.status <> before.status
), brought as (
    select
        entity_id, programme, version, rule_id, period_start, list_sort(list(distinct contract_id || ' ' || delivery_id)) as deliveries,
        max(as_of_date) as as_of_date
    from (select entity_id, programme, version, rule_id, period_start, unnest(evidence) as event_id from changed)
    join (select event_id, contract_id, delivery_id, as_of_date from {events}) using (event_id)
    where (contract_id, delivery_id) not in (select (contract_id, delivery_id) from {old_deliveries})
    group by entity_id, programme, version, rule_id, period_start
)
select
    * exclude (evidence) replace (coalesce(deliveries, []) as deliveries),
    case
        when new_status = 'non_compliant' then 'found'
        when old_status = 'non_compliant' and new_status <> 'not_reported' then 'mended'
        when new_status = 'not_reported' then 'withdrawn'
        when old_status = 'not_reported' then 'told_late'
        else 'changed'
    end as correction,
    {since} as since_release_id
from changed
left join brought using (entity_id, programme, version, rule_id, period_start)
union all by name
select * from {log}
