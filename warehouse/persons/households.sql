-- The households and their members, of `grouped` (grouping, number of the household, resident).
create or replace temp table members as
with evidence_of as (
    select grouping, resident, bit_or(evidence) as evidence
    from (
        select grouping, one as resident, evidence from ties where one <> other
        union all
        select grouping, other as resident, evidence from ties where one <> other
    )
    group by grouping, resident
)

select grouped.*, coalesce(evidence, 0) as evidence
from grouped
left join evidence_of using (grouping, resident);

create or replace temp table heads as
with counted as (
    select
        number, any_value(grouping) as grouping, count(*) as size, bit_or(evidence) as evidence,
        -- The oldest, then the first by id: the year in the high bits, the resident in the low ones.
        (min(coalesce(birth_year, 9999)::bigint << 32 | resident) & 4294967295)::integer as resident,
        min(municipality) as some_municipality, min(region) as some_region
    from members
    join residents using (resident)
    group by number
)

select
    'h' || left(sha256(grouping || chr(31) || entity_id), 20) as household_id, number, grouping, size, evidence, resident,
    entity_id as head_entity_id, coalesce(municipality, some_municipality) as municipality, coalesce(region, some_region) as region
from counted
join residents using (resident);
