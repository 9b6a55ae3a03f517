-- What was said of each changing field, in runs of one value. Of two values said on one day the more trusted counts.
with said as ({said}),

daily as (
    select entity_id, field, said_on, unnest(arg_min({{'value': value, 'source_number': source_number}}, (trust, value, source_number)))
    from said
    group by entity_id, field, said_on
),

turns as (
    select *, lag(value) over (partition by entity_id, field order by said_on) as value_before from daily
),

runs as (
    select
        entity_id, field, value, source_number, row_number() over spell as ordinal, said_on, lead(said_on) over spell - 1 as end_date
    from turns
    where value is distinct from value_before
    window spell as (partition by entity_id, field order by said_on)
    union all
    select entity_id, field, value, source_number, 1 as ordinal, said_on, null as end_date from ({steady})
)

select entity_id, field, value, source, ordinal, nullif(said_on, {untold}) as start_date, end_date
from runs
join source_names using (source_number)
