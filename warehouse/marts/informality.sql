-- Those known to work in the reference month. A job is informal where no contribution is on record for the month
-- and the one before it, and the silence of social security means something; own-account work where neither tax nor
-- social security knows it; help in the family's business always.
with today as (
    select max(as_of_date) as today from deliveries
), month as (
    select date_trunc('month', today)::date as month_start, today, date_trunc('month', today)::date - interval 1 month as tolerated_from from today
), jobs as (
    select entity_id, arg_max(employer, start_date) as employer, max(amount) as wage, arg_max(currency, amount) as currency, count(*) as job_count,
        list_sort(list(distinct source)) as sources
    from person_events, month
    where kind = 'work' and entity_id is not null and start_date <= today and coalesce(end_date >= month_start, true)
    group by entity_id
), contributors as (
    -- of a contribution without days its period is told
    select entity_id, list_sort(list(distinct source)) as sources
    from (select *, try_strptime(period, ['%Y-%m', '%Y%m'])::date as period_start from person_events), month
    where kind = 'contribution' and entity_id is not null and coalesce(start_date, period_start) <= today
    and coalesce(end_date, last_day(period_start), today) >= tolerated_from
    group by entity_id
), taxpayers as (
    select distinct entity_id from linked_spine
    join (select distinct source from listed_sources where sector = 'finance' and role = 'persons' and list_contains(purposes, 'informality')) using (source)
), complete as (
    select
        country, region, municipality, bool_or(answer = 'contribution') as social_security, bool_or(answer = 'known_to_finance') as tax
    from silences
    where purpose = 'informality'
    group by country, region, municipality
), wages as (
    select country, currency, monthly, status, citation
    from minimum_wages, today
    where valid_from <= today
    qualify row_number() over (partition by country order by valid_from desc) = 1
), workers as (
    select
        coalesce(jobs.entity_id, contributors.entity_id) as entity_id, jobs.entity_id is not null as has_job, wage, jobs.currency, job_count,
        contributors.entity_id is not null as contributes, taxpayers.entity_id is not null as pays_tax,
        list_sort(list_distinct(coalesce(jobs.sources, []) || coalesce(contributors.sources, []))) as sources
    from jobs
    full join contributors using (entity_id)
    left join taxpayers on taxpayers.entity_id = coalesce(jobs.entity_id, contributors.entity_id)
), judged as (
    select
        workers.*, coalesce(employment_status, 'employee') as work_relationship, residences.country,
        case
            when contributes then 'formal'
            when employment_status = 'contributing_family_worker' then 'informal'
            when employment_status = 'own_account' and pays_tax then 'formal'
            when employment_status = 'own_account' and tax and social_security then 'informal'
            when employment_status = 'own_account' then 'unknown'
            when social_security then 'informal'
            else 'unknown'
        end as status
    from workers
    join residences using (entity_id)
    left join complete on complete.country is not distinct from residences.country and complete.region is not distinct from residences.region
        and complete.municipality is not distinct from residences.municipality
)
select
    entity_id, strftime(month_start, '%Y-%m') as period, judged.status, work_relationship, contributes, pays_tax, coalesce(job_count, 0) as job_count,
    case
        when contributes then 'contributions are on record'
        when judged.status = 'unknown' then 'no contribution is on record, and the source is not declared complete'
        when work_relationship = 'contributing_family_worker' then 'help in the business of the family is informal'
        when work_relationship = 'own_account' and pays_tax then 'the work is known to the tax authority'
        when work_relationship = 'own_account' then 'neither tax nor social security knows the work'
        else 'nobody has contributed for the job'
    end as reason,
    round(wage / monthly, 3) as minimum_wage_ratio, sources,
    case when wages.status = 'verified' then 'verified' else 'unverified' end as rule_status,
    concat_ws('; ', '17th and 21st ICLS, as read for a registry', wages.citation) as citation
from judged
cross join month
left join wages on wages.country = judged.country and wages.currency = judged.currency
