-- What was said of each changing field, in runs of one value. Of two values said on one day the more trusted counts.
with said as ({said}),

daily as (
    select entity_id, field, said_on, unnest(arg_min({{'value': value, 'source_number': source_number}}, (trust, value, source_number)))
    from said
    group by entity_id, field, said_on
),

turns as (
    select *, lag(value) over (partition by entity_id, field order by said_on) as value_before from daily
)

select
    entity_id, field, value, source,
    row_number() over spell as ordinal,
    nullif(said_on, {untold}) as start_date,
    lead(said_on) over spell - 1 as end_date
from turns
join source_names using (source_number)
where value is distinct from value_before
window spell as (partition by entity_id, field order by said_on)
