-- What each institution should do next for the people it knows. A need goes to every institution that can meet it and
-- knows the person; where none does, to one that knows the person and can go with them: social development, else the
-- municipality or civil society, else who saw the person last. The civil registry serves nobody and is never asked.
with rolls as (
    select source, min(institution) as institution, min(sector) as sector, min(level_of_government) as level
    from listed_sources
    where role = 'persons' and list_contains(purposes, 'coverage')
    group by source
    having min(sector) is distinct from 'civil_registry'
), known as (
    select
        entity_id, institution, min(sector) as sector, min(level) as level,
        arg_max(record_id, (coalesce(updated_date, as_of_date, date '0001-01-01'), record_id)) as record_id,
        arg_max(source, (coalesce(updated_date, as_of_date, date '0001-01-01'), record_id)) as source,
        max(coalesce(updated_date, as_of_date)) as last_seen
    from (select record_id, source, updated_date, as_of_date from records)
    join rolls using (source)
    join (select record_id, entity_id from linked_spine) as spine using (record_id)
    group by entity_id, institution
), runs as (
    select distinct programme_codes.programme, version, institution
    from programme_codes
    join (
        select source, programme as code from listed_programmes
        union
        select source, programme from person_events where kind = 'enrolment'
    ) as offered using (code)
    join listed_sources using (source)
), able as (
    select distinct 'unmet_guarantee' as kind, rules.programme, version, rule_id as subject, institution
    from (select programme, version, rule_id, unnest(met_by) as answer from rules where kind = 'guarantee') as rules
    join listed_sources on listed_sources.kind = answer or (role = 'persons' and 'known_to_' || sector = answer)
    union
    select 'not_enrolled', programme, version, programme, institution from runs
    union
    select 'non_compliant', programme, version, rule_id, institution
    from rules
    join runs using (programme, version)
    where rules.kind = 'co_responsibility'
    union
    select 'not_reported', rules.programme, version, rule_id, institution
    from rules
    join listed_sources on listed_sources.kind = evidence
    where rules.kind = 'co_responsibility'
), answerers as (
    select kind, programme, version, subject, list_sort(list(institution)) as answered_by
    from able
    group by kind, programme, version, subject
), needs as (
    select entity_id, 'unmet_guarantee' as kind, programme, version, guarantee as subject, []::varchar[] as periods, reason, rule_status, citation
    from coverage_gaps
    where status = 'unmet'
    union all
    select
        entity_id, 'not_enrolled', programme, version, programme, [], 'the conditions are met, and no enrolment is on record', rule_status, citation
    from eligibility
    where status = 'eligible_not_enrolled'
    union all
    select
        entity_id, status, programme, version, rule_id, list(period order by period_start desc)[:12],
        arg_max(reason, period_start), min(rule_status), min(citation)
    from compliance
    where status in ('not_reported', 'non_compliant')
    group by entity_id, status, programme, version, rule_id
), put as (
    select needs.*, coalesce(answered_by, []) as answered_by, institution, record_id, source, sector, level, last_seen,
        coalesce(list_contains(answered_by, institution), false) as can_answer
    from needs
    left join answerers using (kind, programme, version, subject)
    join known using (entity_id)
), chosen as (
    select *
    from put
    window need as (partition by entity_id, kind, programme, version, subject), nearest as (
        partition by entity_id, kind, programme, version, subject
        order by sector = 'social_development' desc nulls last, level in ('municipal', 'non_state') desc, last_seen desc, institution
    )
    qualify can_answer or (not bool_or(can_answer) over need and row_number() over nearest = 1)
), doubled as (
    select entity_id, concurrences.kind as found, concurrences.kind || ' ' || subject as subject,
        list_sort(list(distinct institution)) as answered_by, coalesce(min(rule_status), 'verified') as rule_status,
        coalesce(min(citation), 'what the records themselves show') as citation
    from (select entity_id, kind, subject, rule_status, citation, unnest(sources) as source from concurrences) as concurrences
    join (select distinct source, institution from listed_sources) as listed using (source)
    group by entity_id, kind, subject
)
select
    md5(concat_ws('|', record_id, kind, programme, version, subject)) as referral_id, entity_id, record_id, source, institution,
    kind, programme || '@' || version as programme, subject, if(can_answer, 'answer', 'accompany') as role, answered_by,
    periods, reason, rule_status, citation
from chosen
union all
select
    md5(concat_ws('|', record_id, 'concurrence', subject)), doubled.entity_id, record_id, source, institution,
    'concurrence', null, subject, 'answer', answered_by, []::varchar[], 'records show what should not stand side by side: ' || found,
    doubled.rule_status, doubled.citation
from doubled
join known on known.entity_id = doubled.entity_id and list_contains(answered_by, institution)
