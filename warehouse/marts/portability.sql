-- Contribution periods over countries, added up under each agreement. A day counts once: for the compulsory claim
-- before the voluntary and the equivalent one, then for the country that the agreement names first.
with dated as (
    -- of a contribution without days its month is told
    select
        entity_id, country, scheme, unit, days, coalesce(start_date, month) as start_date,
        coalesce(end_date, if(start_date is null, last_day(month), null), as_of_date) as end_date
    from (select *, try_strptime(period, ['%Y-%m', '%Y%m'])::date as month from person_events)
    where kind = 'contribution' and entity_id is not null and country is not null
), periods as (
    select *, end_date - start_date + 1 as length from dated where end_date >= start_date
), undated as (
    select entity_id, country, count(*) as undated_count
    from dated
    where coalesce(end_date < start_date, true)
    group by entity_id, country
), migrants as (
    select entity_id from periods group by entity_id having count(distinct country) > 1
), third_countries as (
    select distinct mine.agreement, theirs.country
    from agreements
    join agreement_parties as mine using (agreement)
    join agreement_parties as bridge on bridge.country = mine.country and bridge.agreement <> mine.agreement
    join agreement_parties as theirs on theirs.agreement = bridge.agreement
    where agreements.third_countries
    and (mine.agreement, theirs.country) not in (select (agreement, country) from agreement_parties)
), counting as (
    select agreement, country, position, true as is_party from agreement_parties
    union all
    select agreement, country, null, false from third_countries
), claims as (
    select
        agreement, entity_id, country, position, is_party, start_date, end_date, coalesce(rank, 0) as rank,
        least(1.0, coalesce(days * coalesce(unit_days, 1.0) / length, 1.0)) as density,
        past_periods = 'if_later' and end_date < in_force as is_past,
        max(start_date) filter (where is_party) over (partition by agreement, entity_id) >= in_force as has_later
    from periods
    join migrants using (entity_id)
    join counting using (country)
    join agreements using (agreement)
    left join agreement_kinds using (agreement, scheme)
    left join agreement_units using (agreement, unit)
), counted_claims as (
    select * from claims where not coalesce(is_past and not has_later, false)
), shared as (
    select agreement, entity_id from counted_claims group by agreement, entity_id
    having count(distinct country) > 1 and bool_or(is_party)
), days as (
    select agreement, entity_id, start_date as first_day from counted_claims join shared using (agreement, entity_id)
    union
    select agreement, entity_id, end_date + 1 from counted_claims join shared using (agreement, entity_id)
), pieces as (
    select agreement, entity_id, first_day, lead(first_day) over (partition by agreement, entity_id order by first_day) as next_day
    from days
), claimed as (
    select
        agreement, entity_id, first_day, country, any_value(position) as position, any_value(is_party) as is_party,
        min(rank) as rank, any_value(next_day - first_day) * max(density) as days
    from pieces
    join counted_claims using (agreement, entity_id)
    where start_date <= first_day and end_date >= next_day - 1
    group by agreement, entity_id, first_day, country
), ordered as (
    select *, row_number() over (
        partition by agreement, entity_id, first_day order by is_party desc, rank, position, country
    ) = 1 as is_counted
    from claimed
), by_country as (
    select
        agreement, entity_id, country, any_value(is_party) as is_party, sum(days) as own_days,
        coalesce(sum(days) filter (where is_counted), 0) as counted_days
    from ordered
    group by agreement, entity_id, country
), totals as (
    select
        *,
        sum(counted_days) filter (where is_party) over (partition by agreement, entity_id) as party_days,
        coalesce(sum(counted_days) filter (where not is_party) over (partition by agreement, entity_id), 0) as third_days
    from by_country
), judged as (
    select
        totals.*, law.minimum_days, law.counted_days as counted_cap, law.pension_age, short_period_days,
        agreements.status = 'verified' and law.status = 'verified' as is_verified,
        concat_ws('; ', agreements.citation, law.citation) as citation,
        case
            when law.minimum_days is null then 'law_unknown'
            when own_days >= law.minimum_days then 'own_law'
            when own_days < short_period_days then 'refused_short_period'
            when party_days >= law.minimum_days then 'totalised'
            when party_days + third_days >= law.minimum_days then 'totalised_with_third_countries'
            else 'short_of_minimum'
        end as basis
    from totals
    join agreements using (agreement)
    left join pension_laws as law using (country)
    where is_party
), shares as (
    select
        *,
        case basis when 'own_law' then own_days when 'totalised_with_third_countries' then party_days + third_days else party_days end
            as totalised_days,
        case
            when basis = 'own_law' then 1.0
            when starts_with(basis, 'totalised') then least(1.0, counted_days / least(totalised_days, coalesce(counted_cap, totalised_days)))
        end as pro_rata_share
    from judged
)
select
    entity_id, agreement, shares.country, basis,
    round(own_days, 3) as own_days, round(counted_days, 3) as counted_days, round(totalised_days, 3) as totalised_days,
    minimum_days, round(greatest(0, minimum_days - totalised_days), 3) as missing_days, round(pro_rata_share, 9) as pro_rata_share,
    birth_date + to_years(pension_age) <= (select max(as_of_date) from deliveries) as has_pension_age,
    row_number() over (partition by entity_id, shares.country order by pro_rata_share desc nulls last, basis, agreement) = 1 as is_most_favourable,
    list_filter([
        format('{} counts {} days of its own, each day once.', shares.country, round(own_days)::bigint),
        if(undated_count > 0, format('Of {} of its periods no source tells the days: they are not counted.', undated_count), null),
        if(counted_days < own_days, format('{} of them are claimed by another State as well and count there.', round(own_days - counted_days)::bigint), null),
        case basis
            when 'law_unknown' then 'What its law asks is not known here.'
            when 'own_law' then format('Its law asks {}: it pays by its own law, without adding up.', minimum_days)
            when 'refused_short_period' then format('Less than {} days: it may refuse, and the other States count them.', short_period_days)
        end,
        if(basis not in ('law_unknown', 'own_law'), format('All parties together: {} days; its law asks {}.', round(party_days)::bigint, minimum_days), null),
        if(basis = 'totalised_with_third_countries', format('{} days in third States with an agreement are added.', round(third_days)::bigint), null),
        if(basis = 'short_of_minimum', format('{} days are missing.', round(minimum_days - party_days)::bigint), null),
        if(starts_with(basis, 'totalised'), format('It pays {} of {} days of the theoretical pension: {:.4f}.',
            round(counted_days)::bigint, round(least(totalised_days, coalesce(counted_cap, totalised_days)))::bigint, pro_rata_share), null),
        if(is_verified, null, 'Unverified: agreement or law were not read; no promise rests on this.')
    ], lambda line: line is not null) as explanation,
    if(is_verified, 'verified', 'unverified') as rule_status, citation
from shares
left join undated using (entity_id, country)
left join golden_persons using (entity_id)
