-- A household's income per head, known in two ways that are kept apart: what it declared, and what administrations know
-- of its members. The one may be understated, the other knows no informal work; neither is put right by the other.
with heard as materialized (
    from answered
), today as (
    select max(as_of_date) as today, date_trunc('month', max(as_of_date))::date as month_start from deliveries
), declared as (
    select
        income.entity_id, 'declared' as basis, coalesce(income.currency, 'XXX') as currency, income.answer as monthly_income,
        residents.answer::bigint as members, residents.answer::bigint as members_told, least(income.told_on, residents.told_on) as oldest_date,
        income.told_on as latest_date, [income.source] as sources
    from heard as income
    join heard as residents using (entity_id)
    where income.question = 'household_income' and residents.question = 'residents' and residents.answer >= 1
), wages as (
    select entity_id, currency, sum(amount) as amount, max(as_of_date) as told_on, list(distinct source) as sources
    from person_events, today
    where kind = 'work' and entity_id is not null and amount > 0 and start_date <= today and coalesce(end_date >= month_start, true)
    group by entity_id, currency
), taxed as (
    select entity_id, currency, amount / 12 as amount, coalesce(start_date, as_of_date) as told_on, [source] as sources
    from person_events, today
    where kind = 'tax' and entity_id is not null and amount > 0
    and try_cast(period as integer) >= year(today) - 2
    qualify row_number() over (partition by entity_id, currency order by period desc, start_date desc, event_id) = 1
), paid as (
    select entity_id, currency, sum(amount) / 12 as amount, max(start_date) as told_on, list(distinct source) as sources
    from person_events, today
    where kind = 'benefit' and entity_id is not null and amount > 0 and start_date > today - interval 12 months and start_date <= today
    group by entity_id, currency
), earned as (
    -- a wage and the tax declared on it are one income: the greater of the two
    select entity_id, currency, max(amount) as amount, min(told_on) as oldest, max(told_on) as latest, flatten(list(sources)) as sources
    from (from wages union all from taxed)
    group by entity_id, currency
), of_members as (
    select entity_id, coalesce(currency, 'XXX') as currency, sum(amount) as amount, min(oldest) as oldest, max(latest) as latest, flatten(list(sources)) as sources
    from (from earned union all select entity_id, currency, amount, told_on, told_on, sources from paid)
    group by entity_id, currency
), homes as (
    select household_id, entity_id, count(*) over (partition by household_id) as members
    from household_members where grouping = 'combined'
), of_homes as (
    select
        household_id, currency, sum(amount) as monthly_income, any_value(members) as members, count(distinct entity_id) as members_told,
        min(oldest) as oldest_date, max(latest) as latest_date, list_sort(list_distinct(flatten(list(sources)))) as sources
    from homes
    join of_members using (entity_id)
    group by household_id, currency
), known as (
    from declared
    union all
    select
        entity_id, 'administrative' as basis, currency, monthly_income, of_homes.members, members_told, oldest_date, latest_date, sources
    from homes
    join of_homes using (household_id)
)
select
    entity_id, basis, currency, round(monthly_income, 2) as monthly_income, members, members_told,
    round(monthly_income / members, 2) as per_capita, oldest_date, latest_date,
    date_diff('month', oldest_date, today)::integer as age_months, sources
from known, today
where entity_id in (select entity_id from golden_persons where death_date is null)
