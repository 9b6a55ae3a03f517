-- One thing known of one person, from every sector: what it is, how it stands, since when and until when, and who says so.
with enrolled as (
    select
        entity_id, coalesce(programmes.name, enrolments.programme) as item,
        if(end_date is null or end_date >= present.as_of_date, 'enrolled', 'ended') as status, reason as detail, start_date as since, end_date as until, [source] as sources
    from enrolments
    cross join present
    left join programmes using (source, programme)
), paid as (
    select
        entity_id, coalesce(any_value(programmes.name), programme) as item, 'paid' as status,
        format('{} {}, {} in all', count(*), if(count(*) = 1, 'payment', 'payments'), coalesce(round(sum(amount))::bigint::varchar || ' ' || any_value(currency), 'in kind')) as detail,
        min(event_date) as since, max(event_date) as until, list(distinct source) as sources
    from benefits
    left join programmes using (source, programme)
    group by entity_id, programme, currency
), worked as (
    select
        entity_id, concat_ws(' ', 'job', country) as item, if(end_date is null, 'goes on', 'ended') as status,
        concat_ws(', ', 'employer ' || employer, occupation_title, round(amount)::bigint || ' ' || currency) as detail, start_date as since, end_date as until, [source] as sources
    from work
), contributed as (
    select
        entity_id, concat_ws(' ', country, scheme) as item,
        if(bool_or(end_date is null) or max(end_date) >= any_value(present.as_of_date) - interval 3 months, 'contributes', 'ended') as status,
        format('{} {}', count(*), if(count(*) = 1, 'period', 'periods')) as detail, min(start_date) as since,
        if(bool_or(end_date is null), null, max(end_date)) as until, list(distinct source) as sources
    from contributions
    cross join present
    group by entity_id, country, scheme
), schooled as (
    select
        entity_id, 'school attendance' as item, printf('%d %%', round(100 * arg_max(attendance_rate, period))::bigint) as status,
        format('{} {} reported, the last {}', count(*), if(count(*) = 1, 'period', 'periods'), max(period)) as detail, min(start_date) as since, max(end_date) as until,
        list(distinct source) as sources
    from attendance
    group by entity_id
), served as (
    select
        entity_id, coalesce(service, 'check-up') as item, 'given' as status, if(count(*) = 1, 'once', format('{} times', count(*))) as detail,
        min(event_date) as since, max(event_date) as until, list(distinct source) as sources
    from (from checkups union all by name from vaccinations)
    group by entity_id, service
), declared as (
    select
        entity_id, coalesce(scheme, 'income declared') as item, 'declared' as status,
        concat_ws(' ', round(amount)::bigint, currency, 'for ' || period) as detail, event_date as since, null::date as until, [source] as sources
    from incomes
), duties as (
    select
        entity_id, programme || '@' || version || ' ' || rule_id as item, status,
        concat_ws('; ', period, reason, if(value is not null, format('{:.3g}, asked {} {:g}', value, replace(comparator, '_', ' '), threshold), null)) as detail,
        period_start as since, period_end as until, []::varchar[] as sources, rule_status, citation
    from compliance
    where status <> 'not_applicable'
), seen as (
    select
        entity_id, contract_id as item, 'knows the person' as status,
        if(len(faults) > 0, 'not readable: ' || array_to_string(faults, ', '), null) as detail, updated_date as since, as_of_date as until, [source] as sources
    from source_records
), disputed as (
    select
        entity_id, field as item, 'sources contradict each other' as status, format('decided by {}', reason) as detail, null::date as since, null::date as until,
        list_distinct(sources_for || sources_against) as sources
    from conflicts
)
select entity_id, 'programme' as section, item, status, detail, since, until, sources, null as rule_status, null as citation from enrolled
union all select entity_id, 'benefit', item, status, detail, since, until, sources, null, null from paid
union all select entity_id, 'compliance', item, status, detail, since, until, sources, rule_status, citation from duties
union all
select entity_id, 'guarantee', programme || '@' || version || ' ' || guarantee, status, concat_ws('; ', reason, nullif(array_to_string(met_by, ', '), '')), null, null, sources, rule_status, citation
from coverage_gaps
union all
select entity_id, 'entitlement', programme || '@' || version, status, reason, null, null, [], rule_status, citation from eligibility
union all
select entity_id, 'approaching', transition, case months_until when 0 then 'within a month' when 1 then 'in 1 month' else printf('in %d months', months_until) end, coalesce(printf('at the age of %d', age), 'as a check-up expects'), null, null, [], null, null from transitions
union all select entity_id, 'work', item, status, detail, since, until, sources, null, null from worked
union all
select entity_id, 'work', 'informality in ' || period, status, reason, null, null, sources, rule_status, citation from informality
union all select entity_id, 'contribution', item, status, detail, since, until, sources, null, null from contributed
union all
select
    entity_id, 'contribution', format('pension of {} under {}', country, agreement), basis, array_to_string(explanation, ' '), null, null, [], rule_status, citation
from portability
where is_most_favourable
union all select entity_id, 'service', item, status, detail, since, until, sources, null, null from schooled
union all select entity_id, 'service', item, status, detail, since, until, sources, null, null from served
union all select entity_id, 'income', item, status, detail, since, until, sources, null, null from declared
union all
select
    entity_id, 'poverty', 'income by head, ' || basis, format('{:.0f} {} a month', per_capita, currency),
    format('{:.0f} among {}, told of {} of them', monthly_income, members, members_told), oldest_date, latest_date, sources, null, null
from incomes_per_capita
union all
select entity_id, 'poverty', programme || '@' || version || ' ' || dimension, status, reason, told_on, null, sources, rule_status, citation from deprivations
union all
select entity_id, 'poverty', programme || '@' || version || ' ' || rule_id, status, reason, null, null, [], rule_status, citation
from targeting
where status <> 'unknown'
union all
select entity_id, 'flag', replace(kind, '_', ' ') || ' ' || subject, flag, null, null, null, sources, null, null from concurrences
union all
select
    entity_id, 'next step', concat_ws(' ', programme, subject), kind, concat_ws('; ', institution || ' is asked to ' || role, reason, nullif(array_to_string(periods, ', '), '')),
    null, null, [source], rule_status, citation
from referrals
union all select entity_id, 'source', item, status, detail, since, until, sources, null, null from seen
union all select entity_id, 'conflict', item, status, detail, since, until, sources, null, null from disputed
