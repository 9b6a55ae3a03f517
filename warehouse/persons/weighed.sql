-- Contested fields: each value with its standing by the field's criteria, the best and by what it beats the next.
create or replace temp table weighed as
with said as (
    select
        entity_id, field, value,
        bool_or(is_valid) as is_valid,
        min(trust) as trust,
        max(said_on) as said_on,
        count(*) as claims,
        list_sort(list(distinct source)) as sources,
        arg_min(source, (trust, date '2999-12-31' - said_on, source)) as source
    from contested_claims
    join source_names using (source_number)
    group by entity_id, field, value
),

ranked as (
    select
        said.*, criteria,
        list_transform(criteria, lambda criterion: case criterion
            when 'validity' then (not is_valid)::bigint
            when 'agreement' then -len(sources)
            when 'trust' then trust
            when 'recency' then -epoch_us(said_on)
        end) as standing
    from said
    join field_criteria using (field)
),

placed as (
    select
        *,
        row_number() over best_first as place,
        lead(standing) over best_first as next_standing,
        count(*) over contest as value_count,
        sum(claims) over contest as claim_count,
        list(sources) over contest as all_sources
    from ranked
    window
        best_first as (partition by entity_id, field order by standing, value),
        contest as (partition by entity_id, field)
)

select
    entity_id, field, value, source, value_count, claim_count,
    coalesce(
        list_filter(criteria, lambda criterion, i: standing[i] <> next_standing[i])[1], 'order'
    ) as reason,
    sources as sources_for,
    list_sort(list_filter(list_distinct(flatten(all_sources)), lambda each: not list_contains(sources, each))) as sources_against
from placed
where place = 1;
