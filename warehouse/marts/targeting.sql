-- Lines of programmes by income, score or number of deprivations: who is within, who is outside, and of whom it is not
-- known. Declared income under a line that administrative income exceeds settles nothing: somebody must look.
with heard as materialized (
    select entity_id, question, answer from answered where question in ('rural', 'poverty_score')
), today as (
    select max(as_of_date) as today from deliveries
), areas as (
    select entity_id, if(answer >= 1, 'rural', 'urban') as area from heard where question = 'rural'
), people as (
    select entity_id, country, area from residences left join areas using (entity_id) where death_date is null
), lines as (
    select
        programme, version, rule_id, kind, country, metric, comparator, threshold, currency, line, includes, status as rule_status, citation
    from rules, today
    where kind in ('target', 'eligibility', 'benefit') and metric in ('income_per_capita', 'poverty_score', 'deprivations')
    and coalesce(valid_from <= today, true) and coalesce(valid_to >= today, true)
), incomes as (
    select
        entity_id, currency, max(per_capita) filter (basis = 'declared') as declared, max(per_capita) filter (basis = 'administrative') as administrative
    from incomes_per_capita
    group by entity_id, currency
), in_force as (
    select * exclude (valid_from)
    from poverty_lines, today
    where valid_from <= today
    qualify row_number() over (partition by country, line, area order by valid_from desc) = 1
), bounds as (
    -- whose area is unknown is below a line only where below it in both areas
    select
        country, known.area, line, currency, min(monthly) as least, max(monthly) as most, bool_and(status = 'verified') as is_verified,
        string_agg(distinct citation, '; ' order by citation) as citation
    from in_force
    join (values ('rural'), ('urban'), (null)) as known(area) on known.area is null or known.area = in_force.area
    group by country, known.area, line, currency
), drawn as (
    select
        lines.*, known.area, least, most, bounds.currency as bounds_currency, coalesce(bounds.is_verified, true) as is_verified,
        concat_ws('; ', lines.citation, bounds.citation) as cited
    from lines
    cross join (values ('rural'), ('urban'), (null)) as known(area)
    left join bounds on bounds.country = lines.country and bounds.line = lines.line and bounds.area is not distinct from known.area
), told_deprivations as (
    select entity_id, country, dimension, status, rule_status
    from deprivations
    join (select distinct programme, version, country from rules where kind = 'deprivation') using (programme, version)
), counted as (
    select
        entity_id, country, count(*) filter (status = 'deprived') as least, count(*) filter (status <> 'not_deprived') as most,
        bool_and(rule_status = 'verified') as is_verified
    from told_deprivations
    group by entity_id, country
), included as (
    select entity_id, country, dimension, bool_or(status = 'deprived') as is_deprived, bool_or(status = 'unknown') as is_unknown
    from told_deprivations
    where dimension in (select includes from lines)
    group by entity_id, country, dimension
), scores as (
    select entity_id, answer as score from heard where question = 'poverty_score'
), measured as (
    select
        people.entity_id, leavers.entity_id is not null as has_left, drawn.* exclude (least, most, is_verified), counted.most,
        case metric when 'deprivations' then counted.least when 'poverty_score' then score else incomes.declared end as value,
        case metric
            when 'poverty_score' then score
            when 'income_per_capita' then coalesce(greatest(incomes.declared, incomes.administrative), incomes.declared)
            else counted.most
        end as value_at_most,
        case
            when below.declared < drawn.least and coalesce(below.administrative < drawn.least, true) then true
            when below.declared >= drawn.most or (below.declared is null and below.administrative >= drawn.most) then false
        end as is_below,
        case
            when includes is null or is_deprived then true
            when not is_unknown or is_unknown is null then false
        end as has_included,
        rule_status = 'verified' and drawn.is_verified and (metric <> 'deprivations' or counted.is_verified) as is_verified
    from people
    join drawn on drawn.country = people.country and drawn.area is not distinct from people.area
    left join incomes on incomes.entity_id = people.entity_id and incomes.currency = drawn.currency
    left join incomes as below on below.entity_id = people.entity_id and below.currency = bounds_currency
    left join counted on counted.entity_id = people.entity_id and counted.country = people.country
    left join included on included.entity_id = people.entity_id and included.country = people.country and included.dimension = includes
    left join scores on scores.entity_id = people.entity_id
    left join leavers on leavers.entity_id = people.entity_id
), held as (
    select
        *,
        case
            when value is null or value_at_most is null then null
            when comparator = 'at_least' and value >= threshold then true
            when comparator = 'at_least' and value_at_most < threshold then false
            when comparator = 'above' and value > threshold then true
            when comparator = 'above' and value_at_most <= threshold then false
            when comparator = 'at_most' and value_at_most <= threshold then true
            when comparator = 'at_most' and value > threshold then false
            when comparator = 'below' and value_at_most < threshold then true
            when comparator = 'below' and value >= threshold then false
            when comparator = 'equals' and value = value_at_most then value = threshold
        end as is_within
    from measured
), joined as (
    select *, is_within and (line is null or is_below) and has_included as is_met from held
)
select
    entity_id, programme, version, rule_id, kind,
    case when is_met then 'within' when is_met is null then 'unknown' else 'outside' end as status,
    metric, value, value_at_most, comparator, threshold, line, is_below as is_below_line,
    case
        when is_met then 'all that the line asks is known to hold'
        when not is_met then 'something that the line asks is known not to hold'
        when value is null and has_left then 'the person has left the home that was asked'
        when value is null then 'no source tells what the line is about'
        when is_within is null and metric = 'income_per_capita' then 'declared and administrative income fall on either side of the line'
        when is_within is null then 'deprivations that nobody tells of would decide'
        when has_included is null then 'whether the deprivation that must be among them is there is not known'
        else 'income is not known, or its sources fall on either side of the line'
    end as reason,
    if(is_verified, 'verified', 'unverified') as rule_status, cited as citation
from joined
