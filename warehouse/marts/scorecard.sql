-- How well each institution, level of government and sector coordinates, month by month: the month that the latest
-- delivery describes is measured, the months before are kept as earlier releases told them.
with today as (
    select max(as_of_date) as today, strftime(max(as_of_date), '%Y-%m') as period from deliveries
), arrived as (
    select contract_id, as_of_date, min(arrived_at)::date as arrived_on
    from arrivals
    where status = 'taken in' and as_of_date is not null
    group by contract_id, as_of_date
), followed as (
    select
        *, lead(as_of_date) over (partition by contract_id order by as_of_date) as next_day, (select max(arrived_at)::date from arrivals) as last_look
    from arrived
    join today on as_of_date > today - interval 12 months and as_of_date <= today
), punctual as (
    select
        institution,
        case
            when next_day is not null then greatest(0, (next_day - as_of_date - 1) // every_days)
            when last_look > today + latency_days then greatest(0, (today - as_of_date) // every_days)
            else 0
        end as missed_count,
        arrived_on <= as_of_date + latency_days as is_on_time
    from followed
    join promises using (contract_id)
    where every_days is not null
), faulty as (
    select contract_id, count(*) filter (where len(faults) > 0) as fault_count
    from (select contract_id, faults from records union all select contract_id, faults from events)
    group by contract_id
), identified as (
    select distinct record_id from record_identifiers where is_valid and not starts_with(scheme, 'local.')
), filled as (
    select
        institution,
        count_if(gives_name and given_names_std is not null and surname_1_std is not null)
            + count_if(gives_birth_date and birth_date is not null)
            + count_if(gives_identifier and identified.record_id is not null) + count_if(gives_address and address_std is not null) as filled_count,
        count_if(gives_name) + count_if(gives_birth_date) + count_if(gives_identifier) + count_if(gives_address) as promised_count
    from records
    join promises using (contract_id)
    left join identified using (record_id)
    group by institution
), placed as (
    select distinct record_id, entity_id, linked_spine.source, institution
    from linked_spine
    join (select distinct source, institution from listed_sources) as listed using (source)
), seen_by as (
    select entity_id, count(distinct source) as sources, count(distinct institution) as institutions from placed group by entity_id
), linked as (
    select institution, count(*) filter (where sources > 1) as linked_count, count(*) as record_count
    from placed
    join seen_by using (entity_id)
    group by institution
), shared as (
    select institution, count(*) filter (where institutions > 1) as shared_count, count(*) as person_count
    from (select distinct institution, entity_id from placed)
    join seen_by using (entity_id)
    group by institution
), returned as (
    select
        contract_id, delivery_id, as_of_date, delivers,
        lead(delivery_id) over sequence as next_delivery, lead(as_of_date) over sequence as next_day
    from (
        select contract_id, delivery_id, as_of_date, min(arrived_at) as first_at from arrivals where status = 'taken in' group by all
    )
    join promises using (contract_id)
    window sequence as (partition by contract_id order by as_of_date, first_at, delivery_id)
), asked as (
    select institution, corrections.*, next_delivery
    from corrections
    join returned using (contract_id, delivery_id)
    join promises using (contract_id)
    where next_delivery is not null and (returned.delivers = 'snapshot' or next_day is not distinct from returned.as_of_date)
), answered as (
    select asked.institution, count(*) filter (where again.row_key is null) as answered_count, count(*) as asked_count
    from asked
    left join (select distinct contract_id, delivery_id, row_key, "column", problem from corrections) as again
        on again.contract_id = asked.contract_id and again.delivery_id = next_delivery and again.row_key = asked.row_key
        and again."column" is not distinct from asked."column" and again.problem = asked.problem
    group by asked.institution
), closed as (
    select
        sent.institution, count(*) filter (where outcome <> 'under_way' or referrals.referral_id is null) as closed_count, count(*) as sent_count
    from sent_referrals as sent
    left join referrals using (referral_id)
    group by sent.institution
), measured as (
    select institution, 'timeliness' as measure, count_if(is_on_time) as numerator, (count(*) + sum(missed_count))::bigint as denominator
    from punctual
    group by institution
    union all
    select institution, 'completeness', filled_count, promised_count from filled
    union all
    select institution, 'validity', greatest(0, sum(accepted_count) - sum(coalesce(fault_count, 0)))::bigint, sum(delivered_count)::bigint
    from (
        select contract_id, sum(rows_accepted) as accepted_count, sum(rows_delivered) as delivered_count from deliveries group by contract_id
    )
    join promises using (contract_id)
    left join faulty using (contract_id)
    group by institution
    union all
    select institution, 'link_rate', linked_count, record_count from linked
    union all
    select institution, 'known_to_others', shared_count, person_count from shared
    union all
    select institution, 'corrections_answered', answered_count, asked_count from answered
    union all
    select institution, 'referrals_closed', closed_count, sent_count from closed
), institutions_told as (
    select institution, min(sector) as sector, min(level_of_government) as level_of_government from listed_sources group by institution
), units as (
    select 'institution' as scope, institution as name, sector, level_of_government, measure, numerator, denominator, coalesce(own.goal, of_level.goal, of_all.goal) as goal
    from measured
    join institutions_told using (institution)
    left join (select measure, institution, goal from goals where institution is not null) as own using (measure, institution)
    left join (select measure, level_of_government, goal from goals where level_of_government is not null and institution is null) as of_level
        using (measure, level_of_government)
    left join (select measure, goal from goals where level_of_government is null and institution is null) as of_all using (measure)
    where denominator > 0
), weighed as (
    -- few people, or all people but few: by shares of a hundredth alone is such a count not told where there are many, and of few nothing is
    select
        *, measure in ('link_rate', 'known_to_others', 'referrals_closed')
            and (numerator between 1 and least_people - 1 or denominator - numerator between 1 and least_people - 1) as is_small
    from units
    cross join small_cell
), scoped as (
    select scope, name, sector, level_of_government, measure, numerator, denominator, goal, is_small from weighed
    union all
    select 'level of government', level_of_government, null, level_of_government, measure, sum(numerator)::bigint, sum(denominator)::bigint,
        sum(goal * denominator) / sum(denominator), bool_or(is_small)
    from weighed
    group by level_of_government, measure
    union all
    select 'sector', sector, sector, null, measure, sum(numerator)::bigint, sum(denominator)::bigint, sum(goal * denominator) / sum(denominator),
        bool_or(is_small)
    from weighed
    where sector is not null
    group by sector, measure
), valued as (
    select
        scope, name, sector, level_of_government, measure, if(is_small, null, numerator) as numerator, if(is_small, null, denominator) as denominator,
        round(numerator / denominator, if(is_small, 2, 6)) as value, round(goal, 6) as goal
    from scoped
    cross join small_cell
    where not is_small or denominator >= 100 * least_people
), summed_up as (
    select * from valued
    union all
    select
        scope, name, any_value(sector), any_value(level_of_government), 'goals reached', count_if(value >= goal - 1e-9), count(*),
        round(avg(least(1, value / goal)), 6), 1
    from valued
    group by scope, name
), before as (
    select scope, name, measure, max(scorecard_before.period) as previous_period, arg_max(value, scorecard_before.period) as previous_value
    from scorecard_before, today
    where scorecard_before.period < today.period
    group by scope, name, measure
)
select
    scope, name, measure, today.period, sector, level_of_government, numerator, denominator, value, goal, value >= goal - 1e-9 as is_reached,
    rank() over (partition by scope, measure order by value desc) as rank, count(*) over (partition by scope, measure) as ranked_count,
    previous_period, previous_value,
    case
        when previous_value is null then null
        when value > previous_value + 0.005 then 'better'
        when value < previous_value - 0.005 then 'worse'
        else 'same'
    end as trend
from summed_up
cross join today
left join before using (scope, name, measure)
where today.period is not null -- where no delivery is dated, there is no month to measure
union all
select
    scope, name, measure, scorecard_before.period, sector, level_of_government, numerator, denominator, value, goal, is_reached, rank, ranked_count,
    previous_period, previous_value, trend
from scorecard_before, today
where scorecard_before.period < today.period
