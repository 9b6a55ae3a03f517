-- The members of each household and the household itself, of `grouped` (grouping, entity_id, number).
create or replace temp table members as
with evidence_of as (
    select grouping, entity_id, list_sort(list(distinct evidence)) as evidence
    from (
        select grouping, one as entity_id, evidence from ties where one <> other
        union all
        select grouping, other as entity_id, evidence from ties where one <> other
    )
    group by grouping, entity_id
),

headed as (
    select
        grouped.*, residents.birth_year, residents.municipality, residents.region,
        first_value(entity_id) over (
            partition by grouping, number order by birth_year nulls last, entity_id
        ) as head_entity_id
    from grouped
    join residents using (entity_id)
)

select
    headed.*, coalesce(evidence, []) as evidence,
    'h' || left(sha256(grouping || chr(31) || head_entity_id), 20) as household_id
from headed
left join evidence_of using (grouping, entity_id)
