-- Co-responsibilities of those enrolled, by rule and period. Only the silence of a source that is complete for the
-- person's territory, and that delivered every month of the period, is taken for absence, and only where no other source
-- there may know what it does not; any other is not_reported.
with today as (
    select max(as_of_date) as today from deliveries
), happened as (
    select
        entity_id, kind as evidence, contract_id, event_id, unit as service, present, enrolled_days, reason,
        coalesce(start_date, try_strptime(period, ['%Y-%m', '%Y%m'])::date) as day
    from person_events
    where kind in (select evidence from rules where kind = 'co_responsibility') and entity_id is not null
), told as (
    select distinct evidence, contract_id, territory, complete_since, date_trunc('month', day)::date as month
    from happened
    join listed_sources using (contract_id)
    where is_complete and day is not null
), binding as (
    select
        programme, version, rule_id, code, age_min, age_max_exclusive, sex as bound_sex, evidence, measure, comparator, threshold,
        period as period_kind, period_months, grace, services, exempt_reasons, exempt_education_from, effect,
        coalesce(valid_from, date '0001-01-01') as valid_from, coalesce(valid_to, date '9999-12-31') as valid_to,
        citation, status as rule_status
    from rules
    join programme_codes using (programme, version)
    where kind = 'co_responsibility' and measure is not null
), months as (
    select distinct period_months, period_kind, (date_trunc('year', today) - interval 2 year + to_months(step::integer))::date as period_start
    from today, binding, range(0, 36) as steps(step)
    where step % period_months = 0
), periods as (
    select *, (period_start + to_months(period_months))::date - 1 as period_end
    from months, today
    where (period_start + to_months(period_months))::date - 1 <= today
    and period_start > today - to_months(12 + period_months - 1)
), rule_periods as (
    select *, period_start = max(period_start) over (partition by programme, version, rule_id, code) as is_latest
    from binding
    join periods using (period_kind, period_months)
    where period_start >= valid_from and period_end <= valid_to
), silent_contracts as (
    select programme, version, rule_id, code, period_start, contract_id, territory
    from rule_periods
    join told using (evidence)
    where month between period_start and period_end and coalesce(complete_since, period_start) <= period_start
    group by all
    having count(distinct month) = any_value(period_months)
), followed as (
    select
        entity_id, programme as code, start_date, coalesce(end_date, date '9999-12-31') as end_date,
        max(coalesce(end_date, date '9999-12-31')) over before as ended_before
    from person_events
    where kind = 'enrolment' and entity_id is not null
    window before as (
        partition by entity_id, programme order by start_date, coalesce(end_date, date '9999-12-31'), event_id
        rows between unbounded preceding and 1 preceding
    )
), enrolled as (
    -- Enrolments that follow on one another are one, so that a renewal grants no new grace; in a gap there is no duty.
    select
        entity_id, code, min(start_date) as start_date, max(end_date) as end_date,
        row_number() over (partition by entity_id, code order by min(start_date) desc nulls last) = 1 as is_last
    from (
        select *, count_if(coalesce(start_date > ended_before + 1, true)) over (
            partition by entity_id, code order by start_date, end_date rows unbounded preceding
        ) as spell
        from followed
    )
    group by entity_id, code, spell
), people as (
    select
        -- of whom the year of birth alone is known was born between two days
        entity_id, coalesce(birth_date, make_date(birth_year, 1, 1)) as born, coalesce(birth_date, make_date(birth_year, 12, 31)) as born_by, sex, death_date, municipality, region, country,
        try_cast(education_level[1] as integer) as education
    from residences
), duties as (
    select
        enrolled.entity_id, rule_periods.*, people.municipality, people.region, people.country,
        coalesce(education >= exempt_education_from, false) as is_exempt, born is not distinct from born_by and born is not null as has_birth_date,
        bound_sex is not null and sex is null as lacks_sex,
        period_start < enrolled.start_date + to_months(grace) as is_in_grace,
        case
            when born is null or enrolled.start_date is null then null
            else enrolled.start_date <= period_start and enrolled.end_date >= period_end
                and case when age_min is null or born_by + to_years(age_min) <= period_start then true when born + to_years(age_min) > period_start then false end
                and case
                    when age_max_exclusive is null or born + to_years(age_max_exclusive) > period_end then true
                    when born_by + to_years(age_max_exclusive) <= period_end then false
                end
                and (bound_sex is null or sex = bound_sex)
                and coalesce(death_date > period_end, true)
        end as applies
    from enrolled
    join people using (entity_id)
    join rule_periods using (code)
    where (enrolled.start_date <= period_start and enrolled.end_date >= period_end) or (is_latest and is_last)
), measured as (
    select
        entity_id, programme, version, rule_id, code, period_start,
        case any_value(measure)
            when 'ratio' then sum(present) / nullif(sum(enrolled_days), 0)
            when 'missed' then sum(enrolled_days - present)
            else count(*)
        end as value,
        count(distinct date_trunc('month', day)) >= any_value(period_months) as is_whole,
        bool_or(list_contains(exempt_reasons, reason)) as is_excused,
        count(*) as evidence_count, list_sort(list(event_id))[:12] as evidence
    from duties
    join happened using (entity_id, evidence)
    where applies and day between period_start and period_end and (len(services) = 0 or list_contains(services, service))
    group by all
), silent as (
    select distinct entity_id, programme, version, rule_id, code, period_start
    from duties
    join silent_contracts using (programme, version, rule_id, code, period_start)
    join silences as telling on telling.answer = evidence and telling.purpose = 'co_responsibility'
        and telling.country is not distinct from duties.country and telling.region is not distinct from duties.region
        and telling.municipality is not distinct from duties.municipality
    where applies and (
        territory is null or territory in (duties.country, duties.region) or starts_with(duties.municipality, territory)
        or (duties.country is null and regexp_full_match(territory, '[A-Z]{2}'))
    )
), judged as (
    select
        duties.*, silent.entity_id is not null as silence_tells, coalesce(evidence_count, 0) as evidence_count,
        measured.evidence as evidence_rows, coalesce(is_excused, false) as is_excused,
        if(measure = 'count', coalesce(value, 0), value) as value,
        case comparator
            when 'at_least' then if(measure = 'count', coalesce(value, 0), value) >= threshold - 1e-9
            when 'above' then if(measure = 'count', coalesce(value, 0), value) > threshold
            when 'at_most' then value <= threshold + 1e-9
            when 'below' then value < threshold
            else value = threshold
        end as is_met,
        coalesce(is_whole, false) or silent.entity_id is not null as is_whole
    from duties
    left join measured using (entity_id, programme, version, rule_id, code, period_start)
    left join silent using (entity_id, programme, version, rule_id, code, period_start)
    where applies or is_latest
), settled as (
    select
        *,
        case
            when applies is null then 'not_reported'
            when not applies then 'not_applicable'
            when is_exempt then 'exempt'
            when is_in_grace then 'in_grace'
            when measure = 'count' and comparator in ('at_least', 'above') and is_met then 'compliant'
            when measure = 'count' and silence_tells then 'non_compliant'
            when measure = 'count' then 'not_reported'
            when is_met and is_whole then 'compliant'
            when is_excused and (is_whole or measure = 'missed') then 'exempt'
            when evidence_count = 0 and silence_tells then 'non_compliant'
            when not is_met and (is_whole or measure = 'missed') then 'non_compliant'
            else 'not_reported'
        end as status
    from judged
)
select
    entity_id, programme, version, rule_id,
    case period_kind
        when 'month' then strftime(period_start, '%Y-%m')
        when 'year' then strftime(period_start, '%Y')
        else format('{}-{}{}', year(period_start), upper(period_kind[1]), (month(period_start) - 1) // period_months + 1)
    end as period,
    period_start, period_end, status, if(applies, value, null) as value, comparator, threshold,
    evidence_count, coalesce(evidence_rows, []) as evidence,
    case status
        when 'not_reported' then case
            when applies is null and lacks_sex then 'no source tells the sex, which the rule asks for'
            when applies is null and not has_birth_date then 'no source tells the date of birth'
            when applies is null then 'no source tells since when the person is enrolled'
            when evidence_count > 0 then 'only a part of the period was reported, and the source is not declared complete'
            else 'no institution reported, and no source is declared complete for the period'
        end
        when 'not_applicable' then 'age, sex, enrolment or death put the person outside the rule in this period'
        when 'exempt' then if(is_exempt, 'the schooling that ends the duty is reached', 'the reason given excuses')
        when 'in_grace' then format('the rule binds {} months after enrolment', grace)
        when 'non_compliant' then if(evidence_count = 0, 'a complete source does not know the person in this period', 'the evidence is under what the rule asks')
        when 'compliant' then 'the evidence is what the rule asks'
    end as reason,
    if(status = 'non_compliant', effect, null) as flag, rule_status, citation
from settled
qualify row_number() over (partition by entity_id, programme, version, rule_id, period_start order by status = 'not_applicable', code) = 1
